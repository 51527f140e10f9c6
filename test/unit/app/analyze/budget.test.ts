import { describe, expect, it } from 'vitest';
import { openModelBudget } from '#shared/app/analyze/budget.ts';
import type { ModelSpending } from '#shared/ports/diagnosis-model.ts';
import { someSpending, someTokens } from '#test/builders/index.ts';
import { answered, MODEL, PRICES, setUp } from '../analyze-rig.ts';

describe('the budgets of the model', () => {
  const day = 'day#2026-11-21';
  const far = new Date('2026-12-21T00:00:00.000Z');

  it.each([
    ['tokens of this incident', {}, (id: string) => `tokens#${id}`, /token budget of this incident/],
    ['tokens of the day', {}, () => `tokens#${day}`, /Today's token budget/],
    [
      'money of this incident',
      { maxDollarsPerIncident: 0.005, prices: PRICES },
      (id: string) => `microdollars#${id}`,
      /money budget of this incident/,
    ],
    [
      'money of the day',
      { maxDollarsPerDay: 0.005, prices: PRICES },
      () => `microdollars#${day}`,
      /Today's money budget/,
    ],
  ])('let nothing be spent beyond the %s, and leave every counter as it was', async (_what, model, scope, words) => {
    const { run, read, asked, control, incident } = await setUp({ model });
    const before = scope(incident.id).startsWith('micro') ? 4000 : 2500;
    await control.addTo(scope(incident.id), before, far);
    expect((await run()).source).toBe('rules');
    expect(asked).toEqual([]);
    expect(await read()).toMatchObject({
      source: 'rules',
      note: { code: 'model-failed', text: expect.stringMatching(words) },
    });
    const scopes = [incident.id, day].flatMap((key) => [`tokens#${key}`, `microdollars#${key}`]);
    for (const one of scopes)
      expect([one, await control.total(one)]).toEqual([one, one === scope(incident.id) ? before : 0]);
  });

  it('hold for incidents that are analysed at the same time', async () => {
    const estimate = someTokens({ input: 900, output: 100 });
    const { deps, control } = await setUp();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => openModelBudget(`incident-${at}`, deps).reserve(MODEL, estimate)),
    );
    expect(all.filter(({ kind }) => kind === 'reserved').length).toBeLessThanOrEqual(3);
    expect(await control.total(`tokens#${day}`)).toBe(1000 * all.filter(({ kind }) => kind === 'reserved').length);
  });

  it("[B99] keep to the provider's limit of requests a minute, over all incidents", async () => {
    const { deps } = await setUp({ model: { maxCallsPerMinute: 50 } });
    const estimate = someTokens({ input: 1, output: 1 });
    const ask = (at: number) => openModelBudget(`incident-${at}`, deps).reserve(MODEL, estimate);
    const all = await Promise.all(Array.from({ length: 60 }, (_, at) => ask(at)));
    expect(all.filter(({ kind }) => kind === 'reserved')).toHaveLength(50);
    expect(all).toContainEqual({ kind: 'empty', reason: expect.stringContaining('at most 50 times a minute') });
    const later = { ...deps, clock: { ...deps.clock, now: () => new Date(deps.clock.now().getTime() + 60_000) } };
    expect((await openModelBudget('incident-61', later).reserve(MODEL, estimate)).kind).toBe('reserved');
  });

  it('keep the estimate of a call whose answer was lost', async () => {
    const takes = [{ estimate: someTokens({ input: 900, output: 500 }), spent: null }];
    const { run, control, incident } = await setUp({ takes });
    await run();
    expect(await control.total(`tokens#${incident.id}`)).toBe(1400);
  });

  it('count what was read from the cache at its own price', async () => {
    const spent: ModelSpending = someSpending({ tokens: someTokens({ input: 1000, cachedInput: 900, output: 0 }) });
    const { run, read } = await setUp({ result: { ...answered, spent }, model: { prices: PRICES } });
    await run();
    expect((await read()).model?.microdollars).toBe(100 * 3 + 900 * 0.3);
  });
});
