import type { Candidate } from '#shared/domain/plan/candidates.ts';
import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';

/** The re-run of a failed run, surely helpful and of low risk. */
export function aCandidate(change: Partial<Candidate> = {}): Candidate {
  return {
    label: 'rerun-failed-jobs',
    actionId: 'rerun-failed-jobs',
    family: 'github',
    risk: 'low',
    impact: NO_IMPACT,
    selfApproval: true,
    parameters: { repository: 'acme/shop', runId: 1001, attempt: 1 },
    targetKey: 'github:acme/shop/run/1001',
    description: 'Re-runs the failed jobs.',
    confidence: 0.9,
    reason: 'It looks transient.',
    ...change,
  };
}
