import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

const HOUR = 3_600_000;
const STORM_AFTER = 8;

let healer: Healer;
beforeAll(async () => {
  const [from, to] = [-1, 1].map((hours) => new Date(Date.now() + hours * HOUR).toISOString()) as [string, string];
  healer = await openHealer({
    configuration: {
      policy: { freezes: [{ from, to, reason: 'a sale' }], stormIncidentsPerMinute: STORM_AFTER },
    },
  });
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

describe('a freeze window', () => {
  it('lets nothing be changed: a run gets a proposal that names the freeze, an alarm a human', async () => {
    const run = healer.world.samples.failRun('transient');
    const alarm = healer.world.aws.fireAlarm('checkout');
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'suggested' });
    expect(await healer.ended(alarm)).toMatchObject({ status: 'escalated' });
    expect(healer.comment(run.pullRequest)).toMatch(/frozen until .* a sale/s);
    expect(healer.mailsAbout(alarm)[0]?.text).toMatch(/frozen until .* a sale/s);
    expect(healer.world.journal.count('github.run.rerun')).toBe(0);
    expect(healer.world.journal.count('lambda.alias.updated')).toBe(0);
  });
});

describe('a storm', () => {
  it('of 45 pull requests failing within a minute is grouped: few are worked on, one mail goes out, none is lost', async () => {
    const runs = Array.from({ length: 45 }, () => healer.world.samples.failRun('regression'));
    const delivered = (await Promise.all(runs.map((run) => run.delivered))).flat();
    expect(delivered.map(({ result }) => result?.statusCode)).toEqual(Array.from({ length: 45 }, () => 202));
    const read = () => Promise.all(runs.map(({ runId }) => healer.incidents.get(healer.incidentId(runId))));
    await until('every incident', async () => (await read()).every((one) => one !== null && one.status !== 'open'));
    await healer.quiet();

    const incidents = await read();
    const grouped = incidents.filter((one) => one?.status === 'grouped');
    const worked = incidents.filter((one) => one?.status === 'suggested');
    expect(grouped.length + worked.length).toBe(45);
    // Twice as many when the minute ends in between.
    expect(worked.length).toBeLessThanOrEqual(2 * STORM_AFTER);
    const parents = new Set(grouped.map((one) => one?.parentId ?? ''));
    expect(parents.size).toBe(1);
    const [parent = ''] = parents;
    expect(await healer.incidents.get(parent)).toMatchObject({ status: 'escalated', target: { kind: 'storm' } });
    expect((await healer.incidents.get(parent))?.occurrences).toBeGreaterThanOrEqual(grouped.length);
    const mails = healer.mailsAbout(parent);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toMatch(/storm/i);
    const comments = runs.flatMap((run) => healer.world.github.comments('acme/shop', run.pullRequest ?? 0));
    expect(comments).toHaveLength(worked.length);
    const started = runs.filter(({ runId }) => healer.statesOf(runId).length > 0);
    expect(started).toHaveLength(worked.length);
  });
});
