import { describe, expect, it } from 'vitest';
import { type KnownCourses, readOverview } from '#shared/app/incidents/overview.ts';
import type { Prediction } from '#shared/domain/answers/prediction.ts';
import type { TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentPage } from '#shared/ports/incident-lists.ts';
import { aConfiguration, anIncident, aPrediction } from '#test/builders/index.ts';
import { makeMemoryIncidentLists } from '#test/fakes/incident-lists.ts';
import { fakeClock } from '#test/fakes/index.ts';

const NOW = new Date('2026-11-23T12:00:00.000Z');
const at = (hoursAgo: number) => new Date(NOW.getTime() - hoursAgo * 3_600_000).toISOString();

interface Made {
  readonly incident: Incident;
  readonly trail: readonly TrailEntry[];
  readonly prediction: Prediction;
}

let made = 0;
/** An incident that was opened so many hours ago, and what became of it some seconds later; then `later`. */
function opened(
  hoursAgo: number,
  ending?: { status: 'resolved' | 'suggested' | 'escalated' | 'linked'; by?: string; after?: number },
  change: Partial<Prediction> = {},
  later: readonly (readonly [string, number, TrailEntry['facts']])[] = [],
): Made {
  made += 1;
  const id = `gh-${String(made).padStart(24, '0')}`;
  const after = ending?.after ?? 60;
  const by = ending?.by === undefined ? [] : ([[`action.recovered`, after, { action: ending.by }]] as const);
  const ends = ending === undefined ? [] : ([[`incident.${ending.status}`, after, {}]] as const);
  const events = [['incident.opened', 0, {}] as const, ...by, ...ends, ...later];
  const instant = (seconds: number) => new Date(Date.parse(at(hoursAgo)) + seconds * 1000).toISOString();
  return {
    incident: anIncident({ id, status: ending?.status ?? 'open', openedAt: at(hoursAgo), updatedAt: instant(after) }),
    trail: events.map(([event, seconds, facts], index) => ({
      incidentId: id,
      key: `${event}#${index}`,
      at: instant(seconds),
      event,
      facts,
      link: { sequence: index + 1, previous: null, digest: 'd' },
    })),
    prediction: aPrediction({ incidentId: id, openedAt: at(hoursAgo), at: instant(5), ...change }),
  };
}

async function overview(all: readonly Made[], unfinished: Partial<IncidentPage> = {}, known?: KnownCourses) {
  const read: string[] = [];
  const lists = makeMemoryIncidentLists(() => all.map(({ incident }) => incident));
  const answer = await readOverview(
    {
      clock: fakeClock(NOW),
      configuration: aConfiguration(),
      lists: {
        list: async (query, page) =>
          query.statuses !== undefined && unfinished.incidents !== undefined
            ? { incidents: [], next: null, corrupt: [], ...unfinished }
            : await lists.list(query, page),
      },
      trail: {
        auditTrail: async (id) => {
          read.push(id);
          return [...(all.find(({ incident }) => incident.id === id)?.trail ?? [])];
        },
      },
      predictions: { recentPredictions: async () => all.map(({ prediction }) => prediction) },
    },
    known,
  );
  return { ...answer, read };
}

const comment = (seconds: number, channel = 'github-comment') => ['incident.notified', seconds, { channel }] as const;
const wrong = ['incident.feedback', 3000, { by: 'ada', attempt: 1, actionCorrect: false }] as const;
const recurred = ['incident.recurred', 3000, { away: 'an hour', action: 'rerun-failed-jobs', as: 'gh-2' }] as const;

describe('the overview', () => {
  it('[A53] [A54] [A55] measures response time, accuracy, and how many kinds of failures were recognised', async () => {
    const helped = { status: 'resolved', by: 'rerun-failed-jobs' } as const;
    const read = await overview([
      opened(1, helped, { class: 'flaky_tests' }, [comment(36)]),
      opened(2, helped, { class: 'dependency_conflicts' }, [recurred]),
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
    const { open } = await overview([], {
      incidents: [anIncident(), anIncident({ id: `gh-${'1'.repeat(24)}`, status: 'escalated' })],
      next: 'cursor',
    });
    expect(open).toMatchObject({ count: 2, more: true, inProgress: 1, withPerson: 1 });
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
    expect(days.at(-1)).toEqual({ day: '2026-11-23', opened: 6, healed: 2, human: 2 });
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
    const healed = { status: 'resolved', by: 'rerun-failed-jobs' } as const;
    const { falseFixes, flaky, seconds, weeks } = await overview([
      opened(1, healed, {}, [comment(20), comment(50)]),
      opened(2, healed, { verdict: 'flaky' }, [comment(40), recurred]),
      opened(3, { status: 'escalated' }, {}, [comment(5, 'email')]),
      // It got well by itself, so that nothing of ours was no fix.
      opened(4, { status: 'resolved' }, {}, [recurred]),
      opened(8 * 24, healed, {}, [comment(90), wrong]),
      opened(13 * 24, { status: 'escalated' }, { verdict: 'flaky' }),
    ]);
    expect([falseFixes, flaky, seconds.commented]).toEqual([2, 2, { p50: 40, p90: 90 }]);
    expect(weeks.latest).toMatchObject({ opened: 4, healed: 2, falseFixes: 1, flaky: 1, automaticShare: 0.25 });
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

  it('counts an incident that was opened again once, by its latest attempt, and its first healing as false', async () => {
    const { ended, automaticShare, falseFixes, everHealed, healed } = await overview([
      opened(3, { status: 'resolved', by: 'rerun-failed-jobs' }, {}, [
        ['incident.reopened', 100, { attempt: 2 }],
        ['incident.escalated', 200, { attempt: 2 }],
      ]),
    ]);
    expect([ended, automaticShare, falseFixes, everHealed, healed]).toEqual([1, 0, 1, 1, 0]);
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

  it('reads a bounded number of incidents, and says when days are not whole because of that', async () => {
    const { complete, read } = await overview(Array.from({ length: 600 }, () => opened(1)));
    expect([complete, read.length]).toEqual([false, 500]);
  });

  it('reads a trail again only while it may have grown', async () => {
    const known: KnownCourses = new Map();
    const [old, fresh, open] = [opened(5, { status: 'escalated' }), opened(0.1, { status: 'escalated' }), opened(5)];
    await overview([old, fresh, open], {}, known);
    const again = await overview([old, fresh, open], {}, known);
    expect(again.read.toSorted()).toEqual([fresh.incident.id, open.incident.id]);
    const changed = { ...old, incident: { ...old.incident, updatedAt: at(1) } };
    expect((await overview([changed], {}, known)).read).toEqual([old.incident.id]);
  });
});
