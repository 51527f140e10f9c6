import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type { Proportion } from '@selfheal/kernel/numbers/proportion.ts';
import { FilePath, type ReportedTest } from '@selfheal/reports/normal-form/normal-form.ts';
import * as z from 'zod';
import { rankTests } from '../../domain/flaky-tests/flaky-ranking.ts';
import { reportedTestKey, resultsOf, type TestHistory } from '../../domain/flaky-tests/test-history.ts';
import type { Selection } from '../../domain/test-selection/select-tests.ts';
import { missRate, NO_MISSES, SelectionMisses, withRun } from '../../domain/test-selection/selection-misses.ts';
import { readHistories } from '../flaky-tests/test-history.ts';
import { type DocumentKind, type StateDeps, updateDocument } from '../quality-state/update-document.ts';

const MISSES: DocumentKind<SelectionMisses> = { schema: SelectionMisses, empty: NO_MISSES, what: 'record of misses' };
const MISSES_DOCUMENT = 'test-selection/misses';

const SelectionFile = z.object({
  version: z.literal(1),
  mode: z.enum(['selected', 'full']),
  sampled: z.array(FilePath).max(100_000),
});
/** What a selection leaves for the step after the tests: which were drawn to measure what it misses. */
export type SelectionFile = z.infer<typeof SelectionFile>;

export const selectionFileOf = ({ mode, run }: Selection): SelectionFile => ({
  version: 1,
  mode,
  sampled: run.flatMap(({ file, sampled }) => (sampled ? [file] : [])),
});

/** Throws `InvalidInput` for a file that "test select" did not write. */
export function parseSelectionFile(text: string, name: string): SelectionFile {
  const cannot = `${name}: this is no selection. Pass the file that "selfheal test select --out" wrote.`;
  try {
    return SelectionFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new InvalidInput(cannot, { cause });
  }
}

export interface RecordedMisses {
  /** Drawn tests that failed in this run because of the change, by file. */
  readonly missed: readonly string[];
  readonly rate: Proportion | null;
  readonly runs: number;
}

/**
 * Records what the drawn tests of a run showed. A failure counts as a miss unless the history calls the test flaky, or it already failed in its
 * newest run of the default branch.
 */
export async function recordMisses(
  deps: StateDeps,
  selection: SelectionFile,
  run: { readonly id: number; readonly attempt: number },
  tests: readonly ReportedTest[],
): Promise<RecordedMisses> {
  const drawn = new Set(selection.sampled);
  const histories = (await readHistories(deps.state, null)).map(({ history }) => history);
  const known = new Set(histories.flatMap((history) => excused(history)));
  const failed = tests.filter(
    (test) =>
      test.file !== null &&
      drawn.has(test.file) &&
      (test.outcome === 'failed' || test.outcome === 'error') &&
      !known.has(reportedTestKey(test)),
  );
  const missed = [...new Set(failed.flatMap(({ file }) => file ?? []))].sort().slice(0, 100);
  const { value } = await updateDocument(deps, MISSES_DOCUMENT, MISSES, (before) =>
    withRun(before, { run: run.id, attempt: run.attempt, sampled: drawn.size, missed }),
  );
  return { missed, rate: missRate(value), runs: value.runs.length };
}

/** Tests whose failure says nothing about the change. */
function excused(history: TestHistory): string[] {
  const flaky = rankTests(history).flatMap(({ key, judged }) => (judged.kind === 'flaky' ? [key] : []));
  const failing = Object.entries(history.tests).flatMap(([key, test]) => {
    const results = resultsOf(test, history);
    const newest = history.runs
      .flatMap(({ onDefaultBranch }, at) => (onDefaultBranch ? (results[at] ?? []) : []))
      .at(-1);
    return newest === 'failed' || newest === 'failed-with-many' ? [key] : [];
  });
  return [...flaky, ...failing];
}
