import { describe, expect, it } from 'vitest';
import { Overview } from '#functions/api/routes/overview.ts';
import { FIGURE_DEFINITIONS } from '#shared/domain/answers/figures.ts';
import { aSimulatedMonth, type SimulatedIncident } from '#test/builders/simulated-month.ts';
import { makeMemoryIncidentLists } from '#test/fakes/incident-lists.ts';
import { anApi } from './api-rig.ts';

/** Nearest rank, as a person counts it. */
function rank(values: readonly number[], tenths: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.find((_, index) => (index + 1) * 10 >= tenths * sorted.length);
}

/** The API with a month behind it, and that month. */
async function aMonth(seed: number) {
  const month: SimulatedIncident[] = [];
  const incidents = () => month.map(({ incident }) => incident);
  const predictions: SimulatedIncident['predictions'][number][] = [];
  const probe = await anApi();
  const now = new Date(`${probe.deps.clock.now().toISOString().slice(0, 10)}T12:00:00.000Z`);
  month.push(...aSimulatedMonth(now, { seed }));
  predictions.push(...month.flatMap((one) => one.predictions));
  const api = await anApi({ predictions, lists: makeMemoryIncidentLists(incidents) });
  api.deps.clock.now = () => now;
  for (const { incident, entries } of month)
    for (const [index, entry] of entries.entries())
      await api.deps.incidents.audit(incident.id, `${entry.event}#${index}`, entry);
  return { api, month };
}

describe.each([7, 42, 2026])('the figures of a simulated month (seed %i)', (seed) => {
  it('equal what is true of its last 14 days', async () => {
    const { api, month } = await aMonth(seed);
    const { statusCode, json } = await api.call('/api/overview', { as: 'viewer' });
    expect(statusCode).toBe(200);
    const answer = Overview.parse(json);
    const shown = month.filter(({ daysAgo, truth }) => daysAgo < 14 && truth.isCounted);
    expect(shown.length).toBeGreaterThan(100);
    const number = (of: (truth: SimulatedIncident['truth']) => boolean, from = shown) =>
      from.filter(({ truth }) => of(truth)).length;
    const times = (of: (truth: SimulatedIncident['truth']) => number | null) =>
      shown.flatMap(({ truth }) => of(truth) ?? []);
    const ended = number((one) => one.ended);
    const today = shown.filter(({ daysAgo }) => daysAgo === 0);
    const cost = shown.flatMap(({ predictions }) => predictions).filter(({ ending }) => ending?.spending != null);
    const figures = Object.fromEntries(answer.figures.map(({ id, value, of, p90 }) => [id, { value, of, p90 }]));
    expect(figures).toEqual({
      open: {
        value: month.filter(({ daysAgo, truth }) => daysAgo < 14 && truth.isListedOpen).length,
        of: null,
        p90: null,
      },
      healedToday: { value: number((one) => one.healed, today), of: null, p90: null },
      withoutHuman: { value: number((one) => one.alone) / ended, of: ended, p90: null },
      falseFixes: { value: number((one) => one.falseFix), of: number((one) => one.everHealed), p90: null },
      timeToComment: {
        value: rank(
          times((one) => one.comment),
          5,
        ),
        of: null,
        p90: rank(
          times((one) => one.comment),
          9,
        ),
      },
      timeToHeal: {
        value: rank(
          times((one) => one.heal),
          5,
        ),
        of: null,
        p90: rank(
          times((one) => one.heal),
          9,
        ),
      },
      flaky: {
        value: shown.filter(({ predictions }) => predictions.some(({ verdict }) => verdict === 'flaky')).length,
        of: shown.length,
        p90: null,
      },
      modelCost: { value: cost.length * 1000, of: cost.length, p90: null },
    });
    expect(answer.days.map(({ healed, human, opened }) => [opened, healed, human])).toEqual(
      Array.from({ length: 14 }, (_, index) => {
        const day = shown.filter(({ daysAgo }) => daysAgo === 13 - index);
        return [day.length, number((one) => one.healed, day), number((one) => one.withPerson, day)];
      }),
    );
  });

  it('count as many open incidents as the list that the figure leads to', async () => {
    const { api, month } = await aMonth(seed);
    const { open } = Overview.parse((await api.call('/api/overview', { as: 'viewer' })).json);
    const query = `status=open,suggested,escalated&limit=100&from=${encodeURIComponent(open.from)}`;
    let rows = 0;
    for (let cursor: string | null = ''; cursor !== null; ) {
      const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { json } = await api.call(`/api/incidents?${query}${after}`, { as: 'viewer' });
      rows += json.incidents.length;
      cursor = json.next;
    }
    expect(rows).toBe(open.count);
    // Whatever is open in this month asks for an approval.
    expect(month.some(({ path, daysAgo }) => path === 'waiting for an approval' && daysAgo < 14)).toBe(true);
    expect([open.inProgress, open.withPerson]).toEqual([0, open.count]);
  });
});

describe('the definitions of figures', () => {
  it('are served with their values, one sentence each', async () => {
    const { figures } = Overview.parse((await (await anApi()).call('/api/overview', { as: 'viewer' })).json);
    expect(figures.map(({ id, label, unit, definition }) => ({ id, label, unit, definition }))).toEqual(
      FIGURE_DEFINITIONS.map((one) => ({ ...one })),
    );
    for (const { definition } of figures) expect(definition).toMatch(/^[A-Z][^.]+\.$/);
  });
});
