import { isFailure } from '../incident/run-conclusion.ts';
import type { JobHistory, Telemetry } from '../logs/telemetry.ts';

/** Whether the job failed in its newest run on the default branch; null when it never ran there. */
function failsThere({ defaultBranch }: JobHistory): boolean | null {
  const newest = defaultBranch[0];
  return newest === undefined ? null : !newest.passed;
}

/**
 * Whether it fails on the default branch too: every failed job that runs there failed in its newest run there. Where no job is known,
 * the workflow's newest run that ended in success or failure decides. Null when that could not be checked (no such run, or no run at
 * all behind the incident).
 */
export function preExistingOf(telemetry: Telemetry | null): boolean | null {
  if (telemetry?.facts.kind !== 'github-run') return null;
  const jobs = telemetry.facts.jobHistories.map(failsThere).filter((one) => one !== null);
  if (jobs.length > 0) return jobs.every((fails) => fails);
  const newest = telemetry.facts.defaultBranchConclusions.find(
    (conclusion) => conclusion === 'success' || isFailure(conclusion),
  );
  return newest === undefined ? null : newest !== 'success';
}
