import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { dataDirectoryOf, loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { PastIncident, rememberedIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import { makeRecall, type Recall } from '#shared/domain/knowledge/search/recall.ts';
import { isEntry, isIncident, type Memory, rememberedEntry } from '#shared/domain/knowledge/search/remembered-entry.ts';
import { termsOfLines, weighed, writeTerms } from '#shared/domain/knowledge/search/terms.ts';
import { makeFailure } from './made-failures.ts';
import { bytesInUse, type Row } from './row.ts';

const INDEX_SIZE = 10_000;
const MAX_INDEX_SIZE = 20_000;
const QUERIES = 500;
const WARM_UP = 50;
const MAX_MILLISECONDS = 50;
const FOUND = 30;
/** The number of lines that the workflow gathers. */
const EVIDENCE_LINES = 150;
/** Enough lines for all terms that are kept of an incident. */
const LINES_BEHIND_TERMS = 40;
/** Lines of a log that a diagnosis quotes. */
const QUOTED_LINES = 6;
const NOW = new Date('2026-02-01T00:00:00.000Z');

export const linesOf = ({ sources }: Evidence) => sources.flatMap(({ lines }) => lines.map(weighed));

/** A past incident as it is read from the table. */
function pastIncident(seed: number): PastIncident {
  const evidence = makeFailure(seed, LINES_BEHIND_TERMS);
  return PastIncident.parse({
    version: 1,
    id: evidence.incidentId,
    endedAt: evidence.gatheredAt,
    class: 'test_failure',
    fingerprint: String(seed).padStart(16, '0'),
    title: 'A made failure',
    resolution: 'Mend it.',
    outcome: 'suggested',
    helped: null,
    terms: writeTerms(termsOfLines(linesOf(evidence))),
  });
}

/** A knowledge entry as it is learned from an incident: its root cause quotes the first error lines. */
function learnedEntry(seed: number): KnowledgeEntry {
  const lines = linesOf(makeFailure(seed, LINES_BEHIND_TERMS))
    .slice(-QUOTED_LINES)
    .map(({ text }) => text);
  return KnowledgeEntry.parse({
    version: 1,
    id: `learned-${seed}`,
    title: lines[0]?.slice(0, 200) ?? 'A made failure',
    origin: 'incident',
    class: 'test_failure',
    fingerprints: [String(seed).padStart(16, '0')],
    keywords: [],
    rootCause: lines.join('\n').slice(0, 2000),
    resolution: 'Mend it.',
    prevention: '',
    confidence: 0.5,
    successes: 1,
    failures: 0,
    updatedAt: NOW.toISOString(),
  });
}

/** Makes an indexed item; every fifth is a knowledge entry, the others are past incidents. */
export function memoryOf(seed: number): () => Memory {
  if (seed % 5 === 4) {
    const entry = learnedEntry(seed);
    return () => rememberedEntry(entry);
  }
  const past = pastIncident(seed);
  return () => rememberedIncident(past);
}

async function milliseconds(recall: Recall<Memory>): Promise<number[]> {
  const { signatures } = await loadSignatures(dataDirectoryOf({}));
  const { model } = await loadFailureModel(dataDirectoryOf({}));
  const times: number[] = [];
  for (let query = 0; query < WARM_UP + QUERIES; query++) {
    // Half of the failures are new, half are in the index.
    const evidence = makeFailure(query % 2 === 0 ? query : MAX_INDEX_SIZE + query, EVIDENCE_LINES);
    const started = performance.now();
    const { class: failureClass, fingerprint } = classify(evidence, { signatures, model });
    const terms = termsOfLines(linesOf(evidence));
    const answers = recall.ask({ class: failureClass, fingerprint, terms, now: NOW });
    answers.best({ limit: FOUND, maxAgeDays: 365, keep: isIncident });
    answers.best({ limit: FOUND, keep: isEntry });
    if (query >= WARM_UP) times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b);
}

/** Time to classify an incident and search 10,000 items, and time and memory to build an index of 20,000. */
export async function recallRows(): Promise<Row[]> {
  const before = bytesInUse();
  const recall = makeRecall<Memory>();
  let building = 0;
  const fill = (until: number) => {
    for (let seed = recall.size; seed < until; seed++) {
      const make = memoryOf(seed);
      const started = performance.now();
      recall.put(make());
      building += performance.now() - started;
    }
  };
  fill(INDEX_SIZE);
  const times = await milliseconds(recall);
  const [median, p99] = [0.5, 0.99].map((share) => times[Math.ceil(share * times.length) - 1] ?? Number.NaN);
  fill(MAX_INDEX_SIZE);
  const megabytes = (bytesInUse() - before) / 1e6;
  return [
    {
      measure: `one incident's classification and recall among ${INDEX_SIZE} past ones and entries, p99 of ${QUERIES} (median)`,
      goal: `${MAX_MILLISECONDS} ms`,
      measured: `${p99?.toFixed(0)} ms (${median?.toFixed(0)} ms)`,
      met: (p99 ?? Number.POSITIVE_INFINITY) <= MAX_MILLISECONDS,
    },
    {
      measure: `index of ${MAX_INDEX_SIZE} past incidents and entries: build time; memory`,
      goal: '10 s; 400 MB',
      measured: `${(building / 1000).toFixed(1)} s; ${megabytes.toFixed(0)} MB`,
      met: building <= 10_000 && megabytes <= 400,
    },
  ];
}
