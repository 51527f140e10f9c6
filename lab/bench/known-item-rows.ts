import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { makeRecall, type Recall, type Remembered } from '#shared/domain/knowledge/search/recall.ts';
import { termsOfLines, termsOfQuestion, weighed, writeTerms } from '#shared/domain/knowledge/search/terms.ts';
import { makeFailure } from './made-failures.ts';
import { bytesInUse, perSecond, type Row } from './row.ts';

const LINES = 20;
/** Lines of a failure that a query quotes, of another failure that it is mixed with, and how they are damaged. */
const QUOTED_LINES = 3;
const FOREIGN_LINES = 3;
const LOST_WORDS = 0.3;
const CHANGED_NUMBERS = 0.5;
const MISTYPED_LETTERS = 0.03;
const QUERIES = 1000;
const FOUND = 10;
const NOW = new Date('2026-02-01T00:00:00.000Z');

interface Goals {
  readonly documents: number;
  readonly queriesPerSecond: number;
  readonly p99Milliseconds: number;
  readonly recall: number;
  readonly documentsPerSecond: number;
  readonly megabytes: number;
}

const SMALL: Goals = {
  documents: 10_000,
  queriesPerSecond: 3000,
  p99Milliseconds: 4,
  recall: 0.93,
  documentsPerSecond: 40_000,
  megabytes: 100,
};
const LARGE: Goals = {
  documents: 100_000,
  queriesPerSecond: 600,
  p99Milliseconds: 20,
  recall: 0.93,
  documentsPerSecond: 40_000,
  megabytes: 300,
};

/** The terms of a failure as they are stored. */
export const storedTerms = (seed: number): string =>
  writeTerms(termsOfLines(makeFailure(seed, LINES).sources.flatMap(({ lines }) => lines.map(weighed))));

/**
 * A noisy excerpt of a stored failure: a few of its lines with words lost, numbers changed and letters mistyped, among
 * lines of another failure.
 */
export function noisyExcerpt(seed: number): string {
  const random = numbersFrom(seed * 7919 + 13);
  const linesOf = (of: number): string[] =>
    makeFailure(of, LINES).sources.flatMap(({ lines }) => lines.map(({ text }) => text));
  const one = (lines: readonly string[]): string => lines[Math.floor(random() * lines.length)] ?? '';
  const errors = linesOf(seed).slice(-14);
  const foreign = linesOf(1_000_000 + seed);
  const damaged = (line: string): string =>
    line
      .replace(/\d+/g, (number) => (random() < CHANGED_NUMBERS ? String(Math.floor(random() * 1000)) : number))
      .split(/(?<=[ /.])/)
      .filter(() => random() > LOST_WORDS)
      .join('')
      .replace(/[a-z]/g, (letter) =>
        random() < MISTYPED_LETTERS ? String.fromCharCode(97 + Math.floor(random() * 26)) : letter,
      );
  return [
    ...Array.from({ length: QUOTED_LINES }, () => damaged(one(errors))),
    ...Array.from({ length: FOREIGN_LINES }, () => one(foreign)),
  ].join('\n');
}

export const idOf = (seed: number): string => `gh-${String(seed).padStart(24, '0')}`;

function remember(recall: Recall<Remembered>, terms: string, seed: number): void {
  const fingerprints = [String(seed).padStart(16, '0')];
  recall.put({ id: idOf(seed), class: 'test_failure', fingerprints, terms, at: '2026-01-02T03:04:05.000Z' });
}

const ask = (recall: Recall<Remembered>, text: string) =>
  recall.find({ class: 'unknown', fingerprint: null, terms: termsOfQuestion(text), now: NOW }, { limit: FOUND });

/** Known-item search: is the failure that an excerpt was taken from among the first ten? */
export async function knownItemRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const goals of [SMALL, LARGE]) rows.push(rowOf(goals));
  return rows;
}

function rowOf(goals: Goals): Row {
  const { documents } = goals;
  const stored = Array.from({ length: documents }, (_, seed) => storedTerms(seed));
  const seeds = Array.from({ length: QUERIES }, (_, at) => Math.floor((at * documents) / QUERIES));
  const queries = seeds.map(noisyExcerpt);
  const before = bytesInUse();
  let recall = makeRecall<Remembered>();
  const indexed = perSecond(
    documents,
    () => {
      recall = makeRecall();
      for (const [seed, terms] of stored.entries()) remember(recall, terms, seed);
    },
    documents === SMALL.documents ? 3 : 1,
  );
  const megabytes = (bytesInUse() - before) / 1e6;
  const hits = queries.filter((text, at) => ask(recall, text).some(({ item }) => item.id === idOf(seeds[at] ?? -1)));
  const asked = perSecond(QUERIES, () => {
    for (const text of queries) ask(recall, text);
  });
  const p99 = p99Milliseconds(recall, queries);
  const found = hits.length / QUERIES;
  const rounded = (value: number): string => Math.round(value).toLocaleString('en');
  return {
    measure: `known-item search by noisy excerpts among ${rounded(documents)} failures: recall@10; queries per second of one core; p99; indexed per second; memory`,
    goal: `${goals.recall}; ${rounded(goals.queriesPerSecond)}; ${goals.p99Milliseconds} ms; ${rounded(goals.documentsPerSecond)}; ${goals.megabytes} MB`,
    measured: `${found.toFixed(3)}; ${rounded(asked)}; ${p99.toFixed(1)} ms; ${rounded(indexed)}; ${megabytes.toFixed(0)} MB`,
    met:
      found >= goals.recall &&
      asked >= goals.queriesPerSecond &&
      p99 <= goals.p99Milliseconds &&
      indexed >= goals.documentsPerSecond &&
      megabytes <= goals.megabytes,
  };
}

function p99Milliseconds(recall: Recall<Remembered>, queries: readonly string[]): number {
  const times = queries.map((text) => {
    const { user, system } = process.cpuUsage();
    ask(recall, text);
    const after = process.cpuUsage();
    return (after.user + after.system - user - system) / 1000;
  });
  return times.sort((a, b) => a - b)[Math.ceil(0.99 * times.length) - 1] ?? Number.NaN;
}
