import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { readDocument } from '@selfheal/pull-request-quality/app/quality-state/update-document.ts';
import {
  BASELINES,
  BASELINES_DOCUMENT,
  baselineFor,
  type RecordedRun,
} from '@selfheal/pull-request-quality/domain/gates/baseline.ts';
import {
  type QualityMetricsFile,
  qualityMetricsFile,
} from '@selfheal/pull-request-quality/domain/gates/quality-metrics-file.ts';
import type { QualityState } from '@selfheal/pull-request-quality/ports/quality-state.ts';
import { withState } from '../input/state-place.ts';

/** The runs of a branch, or of the default branch when the branch has none. Throws `UsageError` for a state that a person has to mend, or that cannot be reached. */
export async function runsOfBranch(
  state: QualityState,
  branch: string | null,
): Promise<{ readonly branch: string; readonly runs: readonly RecordedRun[]; readonly revision: number }> {
  const { value } = await withState(() => readDocument(state, BASELINES_DOCUMENT, BASELINES));
  const view = baselineFor(value, branch ?? value.defaultBranch ?? 'main', null);
  return { branch: view.branch, runs: view.runs, revision: value.revision };
}

/** The baseline of a branch as a file, as it was after the run `asOf`. */
export async function exportedBaseline(
  state: QualityState,
  branch: string | null,
  terminal: Pick<Terminal, 'now'>,
  asOf: number | null = null,
): Promise<QualityMetricsFile> {
  const found = await runsOfBranch(state, branch);
  return qualityMetricsFile(found.branch, found.runs, { at: new Date(terminal.now()).toISOString(), asOf });
}
