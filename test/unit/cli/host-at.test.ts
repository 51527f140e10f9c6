import { jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import { describe, expect, it } from 'vitest';
import { hostAt } from '#apps/cli/replay/host-at.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { PastRun } from '#shared/ports/past-runs.ts';

const at = (hour: number) => `2026-11-01T${String(hour).padStart(2, '0')}:00:00Z`;
const aRun = (id: number, hour: number, change: Partial<PastRun['run']> = {}): PastRun =>
  ({
    run: {
      id,
      attempt: 1,
      workflowId: 7,
      headSha: 'a',
      conclusion: 'success',
      createdAt: at(hour),
      startedAt: at(hour),
      updatedAt: at(hour),
      ...change,
    },
    event: 'push',
    place: 'main',
    onDefaultBranch: true,
  }) as PastRun;
const own = aRun(5, 12, { conclusion: 'failure', createdAt: at(11) });
const all = [aRun(9, 20), aRun(8, 13, { headSha: 'b' }), own, aRun(4, 10), aRun(3, 9, { headSha: 'b' })];
const jobs = [
  { runId: 5, attempt: 1, name: jobNameOf('build'), conclusion: 'failure', completedAt: at(12) },
  { runId: 5, attempt: 2, name: jobNameOf('build'), conclusion: 'success', completedAt: at(14) },
];
const host = hostAt({ listJobAttempts: async () => jobs } as unknown as CodeHost, own, all);

describe('GitHub as a past failure left it', () => {
  it('shows no later run, attempt or result', async () => {
    const ids = (runs: readonly { id: number }[]) => runs.map(({ id }) => id);
    expect(ids(await host.listDefaultBranchRuns('acme/shop', 7, 10))).toEqual([4, 3]);
    expect(ids(await host.listCommitRuns('acme/shop', { workflowId: 7, headSha: 'a', event: 'push' }, 10))).toEqual([
      5, 4,
    ]);
    expect((await host.listJobAttempts('acme/shop', 5)).map(({ attempt }) => attempt)).toEqual([1]);
    expect(await host.getRun('acme/shop', 5)).toMatchObject({ attempt: 1, conclusion: 'failure' });
    expect(await host.hasNewerRun('acme/shop', 5)).toBe(false);
  });

  it('knows a newer run that had begun before the failure ended', async () => {
    const pushed = aRun(6, 13, { createdAt: '2026-11-01T11:30:00Z' });
    expect(await hostAt({} as CodeHost, own, [pushed, ...all]).hasNewerRun('acme/shop', 5)).toBe(true);
  });
});
