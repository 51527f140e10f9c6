import { describe, expect, it } from 'vitest';
import { readOverview } from '#shared/app/incidents/overview.ts';
import type { Prediction } from '#shared/domain/quality/prediction.ts';
import type { IncidentPage } from '#shared/ports/incident-lists.ts';
import { aConfiguration, anIncident, aPrediction } from '#test/builders/index.ts';
import { fakeClock } from '#test/fakes/index.ts';

const NOW = new Date('2026-11-23T12:00:00.000Z');
const at = (hoursAgo: number) => new Date(NOW.getTime() - hoursAgo * 3_600_000).toISOString();

let made = 0;
/** An attempt that was opened so many hours ago, and what became of it some seconds later. */
function opened(
  hoursAgo: number,
  ending?: { status: 'resolved' | 'suggested' | 'escalated' | 'linked'; by?: string; after?: number },
  change: Partial<Prediction> = {},
): Prediction {
  const endedAt = new Date(Date.parse(at(hoursAgo)) + (ending?.after ?? 60) * 1000).toISOString();
  made += 1;
  return aPrediction({
    incidentId: `gh-${String(made).padStart(8, '0')}`,
    openedAt: at(hoursAgo),
    at: new Date(Date.parse(at(hoursAgo)) + 5_000).toISOString(),
    ...(ending === undefined
      ? {}
      : { ending: { at: endedAt, status: ending.status, shown: 'unknown', by: ending.by ?? null, spending: null } }),
    ...change,
  });
}

async function overview(recent: readonly Prediction[], open: Partial<IncidentPage> = {}) {
  const limits: number[] = [];
  const read = await readOverview({
    clock: fakeClock(NOW),
    configuration: aConfiguration(),
    lists: { list: async () => ({ incidents: [], next: null, corrupt: [], ...open }) },
    predictions: {
      recentPredictions: async (limit) => {
        limits.push(limit);
        return [...recent].sort((a, b) => b.openedAt.localeCompare(a.openedAt)).slice(0, limit);
      },
    },
  });
  return { ...read, limits };
}

describe('the overview', () => {
  it('[A53] [A54] [A55] measures response time, accuracy, and how many kinds of failures were recognised', async () => {
    const helped = { status: 'resolved', by: 'rerun-failed-jobs' } as const;
    const read = await overview([
      opened(1, helped, { class: 'flaky_tests', announced: { at: at(0.99), channel: 'github-comment' } }),
      opened(2, helped, { class: 'dependency_conflicts', setback: { at: at(1), kind: 'recurred' } }),
      opened(3, { status: 'escalated', by: 'rerun-failed-jobs' }, { class: 'dependency_conflicts' }),
      opened(4, { status: 'suggested' }, { class: 'unknown' }),
    ]);
    expect(read).toMatchObject({
      accuracy: { right: 1, of: 3 },
      analysed: { recognised: 3, of: 4, classes: 2 },
      seconds: { commented: { p50: expect.closeTo(36, 0) } },
    });
  });

  it('[E7] counts what is open, and says when there is more than was counted', async () => {
    const { open } = await overview([], { incidents: [anIncident(), anIncident()], next: 'cursor' });
    expect(open).toEqual({ count: 2, more: true });
  });

  it('says nothing of shares and times while nothing has ended', async () => {
    expect(await overview([])).toMatchObject({
      ended: 0,
      automaticShare: null,
      seconds: { classified: null, commented: null, answer: null, healed: null },
      classes: [],
      complete: true,
    });
  });

  it('tells healed by an action from what got well by itself, and from what a human got', async () => {
    const { days, automaticShare, ended, seconds } = await overview([
      opened(1, { status: 'resolved', by: 'rerun-failed-jobs', after: 30 }),
      opened(2, { status: 'resolved', by: 'rerun-failed-jobs', after: 90 }),
      opened(3, { status: 'resolved' }),
      opened(4, { status: 'suggested' }),
      opened(5, { status: 'escalated' }),
      opened(6, { status: 'linked' }),
      opened(7),
    ]);
    expect(days.at(-1)).toEqual({ day: '2026-11-23', opened: 7, healed: 2, human: 2 });
    expect(ended).toBe(5);
    expect(automaticShare).toBeCloseTo(2 / 5);
    expect(seconds).toEqual({
      classified: { p50: 5, p90: 5 },
      commented: null,
      answer: { p50: 60, p90: 90 },
      healed: { p50: 30, p90: 90 },
    });
  });

  it('tells how long the comment took, which healed ones were no fix, and how both weeks went', async () => {
    const comment = (hoursAgo: number, seconds: number, channel = 'github-comment') => ({
      announced: { at: new Date(Date.parse(at(hoursAgo)) + seconds * 1000).toISOString(), channel },
    });
    const healed = { status: 'resolved', by: 'rerun-failed-jobs' } as const;
    const { falseFixes, flaky, seconds, weeks } = await overview([
      opened(1, healed, comment(1, 20)),
      opened(2, healed, { ...comment(2, 40), setback: { at: at(1), kind: 'recurred' }, verdict: 'flaky' }),
      opened(3, { status: 'escalated' }, comment(3, 5, 'email')),
      // It got well by itself, so that nothing of ours was no fix.
      opened(4, { status: 'resolved' }, { setback: { at: at(1), kind: 'recurred' } }),
      opened(8 * 24, healed, { ...comment(8 * 24, 90), setback: { at: at(1), kind: 'called-wrong' } }),
      opened(13 * 24, { status: 'escalated' }, { verdict: 'flaky' }),
    ]);
    expect([falseFixes, flaky, seconds.commented]).toEqual([2, 2, { p50: 40, p90: 90 }]);
    expect(weeks.latest).toMatchObject({ opened: 4, healed: 2, falseFixes: 1, flaky: 1, automaticShare: 0.5 });
    expect(weeks.before).toMatchObject({
      opened: 2,
      healed: 1,
      falseFixes: 1,
      flaky: 1,
      seconds: { commented: { p50: 90 } },
    });
  });

  it('has 14 days, the last of them today, and nothing that is older', async () => {
    const { days } = await overview([opened(24, { status: 'escalated' }), opened(24 * 20, { status: 'escalated' })]);
    expect(days).toHaveLength(14);
    expect(days.map(({ human }) => human)).toEqual([...Array(12).fill(0), 1, 0]);
  });

  it('counts an incident that was opened again once, by its latest attempt', async () => {
    const first = opened(3, { status: 'resolved', by: 'rerun-failed-jobs' });
    const again = { ...opened(3, { status: 'escalated' }), incidentId: first.incidentId, attempt: 2 };
    const { ended, automaticShare } = await overview([first, again]);
    expect([ended, automaticShare]).toEqual([1, 0]);
  });

  it('counts a corrected class as the one that a person named', async () => {
    const correction = { at: at(0), by: 'ada', class: 'flaky_tests' as const };
    const { classes, corrected } = await overview([
      opened(1),
      opened(1, undefined, { correction }),
      opened(1, undefined, { correction }),
    ]);
    expect([classes[0], corrected]).toEqual([{ class: 'flaky_tests', count: 2 }, 2]);
  });

  it('reads a bounded number of attempts, and says when days are not whole because of that', async () => {
    const { complete, limits } = await overview(Array.from({ length: 600 }, () => opened(1)));
    expect([complete, limits]).toEqual([false, [500]]);
  });
});
