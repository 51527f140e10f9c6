import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { FEATURE_COUNT, lineFeatures, readLines } from '@selfheal/log-reading/logs/line-features.ts';
import type { LineRanker } from '@selfheal/log-reading/logs/line-ranker.ts';
import { scoreLine } from '@selfheal/log-reading/logs/line-score.ts';
import { messageOf, WORD_BUCKETS, type WordWeights, wordBuckets } from '@selfheal/log-reading/logs/line-words.ts';
import { growTrees, type TreeRows, type TreeSettings } from './grow-trees.ts';

/** A line that the excerpt considers, and what people said of it. */
interface MarkedLine {
  readonly number: number;
  readonly text: string;
  /** A person needs it to understand the failure. */
  readonly isNeeded: boolean;
  /** It says by itself what went wrong. */
  readonly isCause: boolean;
}

/** A log with marked lines. */
export interface TrainingLog {
  /** Folder of data; logs of one source are never on both sides of a measurement. */
  readonly source: string;
  /** Repository or system within it. */
  readonly group: string;
  /** Whether single lines were marked as the cause, not only a part of the log. */
  readonly hasCauses: boolean;
  readonly lines: readonly MarkedLine[];
}

const SETTINGS: TreeSettings = {
  trees: 110,
  leaves: 12,
  learningRate: 0.08,
  minLeaf: 1.5,
  penalty: 3,
  featureShare: 0.5,
};
const CAUSE_SETTINGS: TreeSettings = { ...SETTINGS, trees: 77 };
/** Lines of a log that are learned from, apart from the marked ones: those with the strongest keywords, and any. */
const MAX_ALARMING = 60;
const MAX_DRAWN = 100;
/** A word counts when it occurs in the learned lines of so many groups. */
const MIN_GROUPS = 3;
const MAX_WORD_WEIGHT = 3;
/** Occurrences that each word is given on both sides beforehand. */
const SMOOTHING = 0.3;
/** Words are weighed by other groups than those of the log they are used on, in so many parts. */
const PARTS = 4;

interface Sample {
  readonly log: TrainingLog;
  /** Indexes of its learned lines. */
  readonly learned: readonly number[];
  readonly buckets: readonly Uint16Array[];
}

/** All marked lines, those of the others that look most like failures, and more of them at random. */
function sampleOf(log: TrainingLog, random: () => number): Sample {
  const marked: number[] = [];
  const others: { at: number; score: number; draw: number }[] = [];
  log.lines.forEach((line, at) => {
    if (line.isNeeded || line.isCause) marked.push(at);
    else others.push({ at, score: scoreLine(line.text).score, draw: random() });
  });
  const alarming = [...others].sort((a, b) => b.score - a.score || a.draw - b.draw).slice(0, MAX_ALARMING);
  const drawn = [...others].sort((a, b) => a.draw - b.draw).slice(0, MAX_DRAWN);
  const learned = [...marked, ...new Set([...alarming, ...drawn].map(({ at }) => at))];
  return { log, learned, buckets: learned.map((at) => wordBuckets(messageOf(log.lines[at]?.text ?? ''))) };
}

/** Weights of words by how much more frequent they are in needed lines (multinomial naive Bayes, each log counting the same). */
function weighWords(samples: readonly Sample[]): WordWeights {
  const needed = new Float32Array(WORD_BUCKETS);
  const other = new Float32Array(WORD_BUCKETS);
  const groups = new Map<number, Set<string>>();
  for (const { log, learned, buckets } of samples) {
    const count = learned.filter((at) => log.lines[at]?.isNeeded).length;
    const shares = { needed: 1 / Math.max(4, count), other: 1 / Math.max(20, learned.length - count) };
    learned.forEach((line, at) => {
      const isNeeded = log.lines[line]?.isNeeded === true;
      const side = isNeeded ? needed : other;
      for (const bucket of buckets[at] ?? []) {
        side[bucket] = (side[bucket] ?? 0) + (isNeeded ? shares.needed : shares.other);
        const known = groups.get(bucket);
        if (known === undefined) groups.set(bucket, new Set([log.group]));
        else known.add(log.group);
      }
    });
  }
  const sum = (side: Float32Array): number => side.reduce((all, one) => all + one, 0);
  const scale = sum(needed) / Math.max(1e-9, sum(other));
  const weights = new Float32Array(WORD_BUCKETS);
  for (const [bucket, { size }] of groups) {
    if (size < MIN_GROUPS) continue;
    const ratio = ((needed[bucket] ?? 0) + SMOOTHING) / ((other[bucket] ?? 0) * scale + SMOOTHING);
    weights[bucket] = Math.max(-MAX_WORD_WEIGHT, Math.min(MAX_WORD_WEIGHT, Math.log(ratio)));
  }
  return weights;
}

/** Rows for one question; in each log the yes and the no count the same, and large sources less for each log. */
function rowsFor(
  samples: readonly Sample[],
  features: readonly Float32Array[],
  question: 'isNeeded' | 'isCause',
): TreeRows {
  const logsOf = new Map<string, number>();
  for (const { log } of samples) logsOf.set(log.source, (logsOf.get(log.source) ?? 0) + 1);
  const rows: { values: Float32Array; answer: boolean; weight: number }[] = [];
  samples.forEach(({ log, learned }, which) => {
    const yes = learned.filter((at) => log.lines[at]?.[question]).length;
    if (yes === 0) return;
    const ofLog = 9 * (logsOf.get(log.source) ?? 1) ** -0.4;
    for (const [at, line] of learned.entries()) {
      const answer = log.lines[line]?.[question] === true;
      const weight = ofLog * (answer ? 10 / Math.max(3, yes) : 20 / Math.max(1, learned.length - yes));
      rows.push({
        values: (features[which] as Float32Array).subarray(at * FEATURE_COUNT, (at + 1) * FEATURE_COUNT),
        answer,
        weight,
      });
    }
  });
  const table = new Float32Array(rows.length * FEATURE_COUNT);
  rows.forEach(({ values }, at) => {
    table.set(values, at * FEATURE_COUNT);
  });
  return {
    features: table,
    width: FEATURE_COUNT,
    answers: Uint8Array.from(rows, ({ answer }) => Number(answer)),
    weights: Float32Array.from(rows, ({ weight }) => weight),
  };
}

/**
 * Learns to rank lines. The words that a log's features use were weighed without the log's group (stacking: D. Wolpert, "Stacked
 * generalization", 1992), so that the trees trust them as far as they hold elsewhere. Deterministic.
 */
export function trainRanker(logs: readonly TrainingLog[]): LineRanker {
  const random = numbersFrom(1);
  const samples = logs
    .filter(({ lines }) => lines.some(({ isNeeded }) => isNeeded))
    .map((log) => sampleOf(log, random));
  const groups = [...new Set(samples.map(({ log }) => log.group))].sort();
  const partOf = new Map(groups.map((group, at) => [group, at % PARTS]));
  const features: Float32Array[] = [];
  for (let part = 0; part < PARTS; part++) {
    const weights = weighWords(samples.filter(({ log }) => partOf.get(log.group) !== part));
    samples.forEach(({ log, learned }, at) => {
      if (partOf.get(log.group) !== part) return;
      const all = lineFeatures(log.lines, readLines(log.lines), weights);
      const kept = new Float32Array(learned.length * FEATURE_COUNT);
      learned.forEach((line, row) => {
        kept.set(all.subarray(line * FEATURE_COUNT, (line + 1) * FEATURE_COUNT), row * FEATURE_COUNT);
      });
      features[at] = kept;
    });
  }
  const withCauses = samples.flatMap((sample, at) => (sample.log.hasCauses ? [[sample, features[at]] as const] : []));
  return {
    words: weighWords(samples),
    needed: growTrees(rowsFor(samples, features, 'isNeeded'), SETTINGS),
    cause: growTrees(
      rowsFor(
        withCauses.map(([sample]) => sample),
        withCauses.map(([, rows]) => rows as Float32Array),
        'isCause',
      ),
      CAUSE_SETTINGS,
    ),
  };
}
