import { RunRecord } from '@selfheal/pull-request-quality/domain/ci-metrics/run-record.ts';

/** A successful run of the default branch that measured nothing besides its times. */
export const aRunRecord = (change: Partial<RunRecord> = {}): RunRecord =>
  RunRecord.parse({
    run: 1,
    attempt: 1,
    at: '2026-11-20T12:00:00.000Z',
    workflow: 'CI',
    isDefaultBranch: true,
    pullRequest: null,
    status: 'success',
    durationSeconds: 600,
    queueSeconds: 5,
    jobs: [],
    coverage: null,
    vulnerabilities: null,
    fixConfidence: null,
    hasFlakyTests: null,
    reactions: null,
    ...change,
  });
