import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { BASELINES, BASELINES_DOCUMENT, type Baselines, type NewRun, withRun } from '../../domain/gates/baseline.ts';
import { metricProblem } from '../../domain/gates/metric-kind.ts';
import { type StateDeps, updateDocument } from '../quality-state/update-document.ts';

export interface RunToRecord extends NewRun {
  readonly branch: string;
  readonly defaultBranch: string;
  /** Whether its code is a proposal, or may be one: then its branch may have the name of the default branch and is another one. */
  readonly isProposal: boolean;
  /** How the run ended so far (`success`, `failure`, `cancelled`). */
  readonly conclusion: string;
  /** Sentences about scans that did not finish: a baseline without them would hold too few vulnerabilities. */
  readonly unfinishedScans: readonly string[];
}

export type RecordedBaseline =
  | { readonly kind: 'recorded' | 'known-already'; readonly baselines: Baselines }
  /** Not a successful run of the default branch, or its scan did not finish; `reason` says it in sentences. */
  | { readonly kind: 'left-out'; readonly reason: string };

/** Records what a successful run of the default branch measured. Throws `InvalidInput` for impossible values, `Retryable`, `CorruptRecord`. */
export async function recordBaseline(deps: StateDeps, given: RunToRecord): Promise<RecordedBaseline> {
  const { branch, defaultBranch, isProposal, conclusion, unfinishedScans, ...run } = given;
  if (isProposal) return leftOut(`the run tests a proposal, or its event does not say that it tests ${defaultBranch}`);
  if (branch !== defaultBranch) return leftOut(`${branch} is not the default branch ${defaultBranch}`);
  if (conclusion !== 'success') return leftOut(`the run ended with ${conclusion}`);
  const [unfinished] = unfinishedScans;
  if (unfinished !== undefined) return { kind: 'left-out', reason: `The baseline was left as it is. ${unfinished}` };
  const problems = Object.entries(run.metrics).flatMap(([name, value]) => metricProblem(name, value) ?? []);
  const [problem] = problems;
  if (problem !== undefined) throw new InvalidInput(problem);
  if (Object.keys(run.metrics).length === 0)
    throw new InvalidInput('The run measured nothing: name a report or a metric.');
  const { value, changed } = await updateDocument(deps, BASELINES_DOCUMENT, BASELINES, (known) =>
    withRun(known, branch, run),
  );
  return { kind: changed ? 'recorded' : 'known-already', baselines: value };
}

const leftOut = (reason: string): RecordedBaseline => ({
  kind: 'left-out',
  reason: `The baseline was left as it is: ${reason}. Only successful runs of the default branch change it.`,
});
