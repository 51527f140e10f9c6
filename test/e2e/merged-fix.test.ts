import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

const REPOSITORY = 'acme/shop';
const LONG_AGO = '2026-01-01T00:00:00.000Z';

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({
    base: 'channels',
    configuration: { verification: { runIntervalSeconds: 1, runMaxPolls: 60, healedAfterDays: 7 } },
  });
  healer.world.github.addRepository(REPOSITORY);
});
afterAll(() => healer?.stop());

/** A failure of the default branch that only a change ends, told with a ticket. */
async function aBrokenBranch(property: string, createdAt = new Date(Date.now() - 180_000)) {
  const log = `2026-11-23T10:00:00.0000000Z src/cart.ts(11,20): error TS2339: Property '${property}' does not exist on type 'Line'.\n`;
  const run = healer.world.github.addRun({
    repository: REPOSITORY,
    createdAt,
    attempts: [
      {
        conclusion: 'failure',
        jobs: [{ name: 'build', conclusion: 'failure', steps: [{ name: 'Type check', conclusion: 'failure' }] }],
        archive: [{ name: '0_build.txt', content: log }],
      },
    ],
  });
  await healer.world.github.announceRun(run.id, 'completed');
  const incident = await healer.ended(run.id);
  await healer.quiet();
  expect(['suggested', 'escalated']).toContain(incident.status);
  // GitHub tells times to the second: what is merged within the second of the opening is not merged after it.
  const secondOf = (time: number) => Math.floor(time / 1000);
  await until('the next second', async () => secondOf(Date.now()) > secondOf(Date.parse(incident.openedAt)));
  const label = `selfheal-${incident.id}`;
  const tickets = () => healer.world.jira.issues().filter(({ fields }) => (fields.labels as string[]).includes(label));
  return { incident, tickets };
}

function merge(title: string): void {
  const { number } = healer.world.github.addPullRequest(REPOSITORY, { title });
  healer.world.github.closePullRequest(REPOSITORY, number, true);
}

const passes = (createdAt = new Date(Date.now() + 1000)) =>
  healer.world.github.addRun({
    repository: REPOSITORY,
    createdAt,
    attempts: [{ conclusion: 'success', jobs: [{ name: 'build', conclusion: 'success' }], archive: [] }],
  });

async function look(): Promise<void> {
  await healer.control.setCursor('watch-fixes', LONG_AGO);
  await trigger(healer, 'reconciler');
  await healer.quiet();
}
const statusOf = async (id: string) => (await healer.incidents.get(id))?.status;

it('[E26] [E27] closes incident and ticket when a pull request that names the incident was merged and the workflow passed, and not before', async () => {
  const { incident, tickets } = await aBrokenBranch('price');
  expect(tickets()).toMatchObject([{ status: 'new' }]);
  await look();
  merge(`Add the price (${incident.id})`);
  await look();
  expect(await statusOf(incident.id)).toBe(incident.status);
  const { id: run } = passes();
  await look();
  const ended = await healer.incidents.get(incident.id);
  expect(ended).toMatchObject({
    status: 'resolved',
    outcomeReason: expect.stringMatching(/^Fixed by pull request #\d+, merged /),
  });
  expect(tickets()).toMatchObject([{ status: 'done' }]);
  expect(JSON.stringify(tickets()[0]?.comments.at(-1))).toMatch(/Fixed by pull request/);
  const trail = await healer.incidents.auditTrail(incident.id);
  expect(trail.filter(({ event }) => event === 'fix.verified')).toMatchObject([{ facts: { run } }]);
  const told = tickets()[0]?.comments.length;
  await look();
  expect(tickets()[0]?.comments).toHaveLength(told ?? 0);
  expectClean(healer);
});

it('[E26] [E27] finds the fix by the name of the ticket, and goes on in that ticket when the failure comes back', async () => {
  const { incident, tickets } = await aBrokenBranch('stock');
  const key = tickets()[0]?.key ?? '';
  expect(key).toMatch(/^OPS-\d+$/);
  merge(`Nothing about ${key}0`);
  passes(new Date(Date.now() + 2000));
  await look();
  expect(await statusOf(incident.id)).toBe(incident.status);
  merge(`${key}: count the stock`);
  passes(new Date(Date.now() + 4000));
  await look();
  expect(await statusOf(incident.id)).toBe('resolved');
  expect(tickets()).toMatchObject([{ key, status: 'done' }]);
  const again = await aBrokenBranch('stock', new Date(Date.now() + 6000));
  expect(again.incident.recurrence).toMatchObject({ earlier: incident.id });
  expect(again.tickets()).toEqual([]);
  expect(tickets()).toMatchObject([{ key, status: 'new' }]);
  expectClean(healer);
});
