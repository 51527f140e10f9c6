import { runTimesOf, runTimesWords } from '@selfheal/pull-request-quality/domain/ci-metrics/run-times.ts';
import { describe, expect, it } from 'vitest';
import { aRunRecord } from './a-run-record.ts';

const proposed = aRunRecord({
  run: 99,
  isDefaultBranch: false,
  pullRequest: 7,
  durationSeconds: 750,
  queueSeconds: 20,
  attempt: 2,
});

describe('the times of a run of a pull request', () => {
  it('[B92] [B93] stand beside the median of the last ten successful runs of the default branch', () => {
    const known = [
      ...Array.from({ length: 12 }, (_, at) => aRunRecord({ run: at + 1, durationSeconds: 100 * at })),
      proposed,
    ];
    const times = runTimesOf(proposed, known);
    expect(times).toEqual({
      durationSeconds: 750,
      queueSeconds: 20,
      reruns: 1,
      baseline: { runs: 10, durationSeconds: 650, queueSeconds: 5 },
    });
    expect(runTimesWords(times)).toBe(
      'build 12 min 30 s (10 min 50 s on the default branch, median of 10 runs), queue 20 s (5 s), 1 re-run',
    );
  });

  it.each([
    ['a run of another workflow', { workflow: 'release' }],
    ['a run of another branch', { isDefaultBranch: false }],
    ['a run that failed', { status: 'failure' }],
  ] as const)('are not compared with %s', (_, change) => {
    const times = runTimesOf(proposed, [aRunRecord(change)]);
    expect(times.baseline).toBeNull();
    expect(runTimesWords(times)).toContain('no run of the default branch is known yet');
  });

  it('are not said when GitHub did not tell when the jobs ran', () => {
    expect(runTimesWords(runTimesOf({ ...proposed, durationSeconds: null }, [aRunRecord()]))).toBe('');
  });
});
