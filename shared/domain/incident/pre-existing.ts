import type { Telemetry } from '../evidence/telemetry.ts';

const DECIDED = new Set(['success', 'failure', 'timed_out', 'startup_failure']);

/**
 * Whether the same workflow fails on the default branch too, by its newest run that ended in success or failure: true, false, or null
 * when that could not be checked (no such run, or no run at all behind the incident).
 */
export function preExistingOf(telemetry: Telemetry | null): boolean | null {
  if (telemetry?.facts.kind !== 'github-run') return null;
  const newest = telemetry.facts.defaultBranchConclusions.find((conclusion) => DECIDED.has(conclusion));
  return newest === undefined ? null : newest !== 'success';
}
