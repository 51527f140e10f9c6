import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer();
  // The first incident of a repository also makes what later ones find.
  await healer.ended(healer.world.samples.failRun('regression').runId);
  await healer.quiet();
});
afterAll(() => healer?.stop());

/** A re-run that ends when the test says so. */
const UNTIL_FINISHED_MS = 600_000;

/** Of functions that run on a schedule, whatever happens. */
const SCHEDULED = /Functions(?:Reconciler|RedeliverWebhooks|Forecast|Quality|LogWatch|OnCall)/;

/** Requests to the tables and the bucket by kind, from the cause of an incident until nothing runs any more. */
async function requestsOf(
  fail: () => { readonly runId: number },
  goOn = async (_runId: number): Promise<void> => undefined,
): Promise<Record<string, number>> {
  // What GitHub still tells of the incident before is not of this one.
  await healer.world.github.delivered();
  await healer.quiet();
  const before = healer.runtime.requestCounts();
  const { runId } = fail();
  await goOn(runId);
  await healer.ended(runId);
  await healer.world.github.delivered();
  await healer.quiet();
  const kinds: Record<string, number> = {};
  for (const [name, count] of Object.entries(healer.runtime.requestCounts())) {
    const [role = '', action = ''] = name.split(' ');
    const [service = ''] = action.split(':');
    const kind = action === 's3:GetObject' ? 'objects' : service === 'dynamodb' ? 'records' : null;
    if (kind !== null && !SCHEDULED.test(role)) kinds[kind] = (kinds[kind] ?? 0) + count - (before[name] ?? 0);
  }
  expectClean(healer);
  return kinds;
}

it('asks the tables and the bucket no more often for a failed run that gets a suggestion than is known', async () => {
  const { records = 0, objects = 0 } = await requestsOf(() => healer.world.samples.failRun('regression'));
  expect(records).toBeGreaterThan(20);
  expect(records).toBeLessThanOrEqual(MAX_REQUESTS.suggested.records);
  expect(objects).toBeLessThanOrEqual(MAX_REQUESTS.suggested.objects);
});

it('nor for a failed run that a re-run heals', async () => {
  const { records = 0, objects = 0 } = await requestsOf(
    () => healer.world.samples.failRun('transient', { rerunMs: UNTIL_FINISHED_MS }),
    // Neither beside the announcement, which would append to the trail at the same time, nor after a look at it.
    async (runId) => {
      await until('its verification', () => healer.statesOf(runId).includes('VerifyWait'));
      healer.world.github.finishRerun(runId);
    },
  );
  expect(records).toBeGreaterThan(40);
  expect(records).toBeLessThanOrEqual(MAX_REQUESTS.rerun.records);
  expect(objects).toBeLessThanOrEqual(MAX_REQUESTS.rerun.objects);
});

/** Raise one only with a reason: each request is paid for, and waited for, at every incident. */
// Of them one for each announcement: policy, kill switch and whether the pull request wants quiet; three for the incident's small number:
// it is taken, and both are found by each other; one each for what the intake, an announcement and the end count for the metrics; one for what was
// changed before; one for the list of a repository's workflows with every run, since the repository may have been deleted. Of a run that a re-run
// heals one more: the recovery stands in the list of received events.
const MAX_REQUESTS = {
  suggested: { records: 50, objects: 13 },
  // Two more when another look at the re-run is needed.
  rerun: { records: 90, objects: 15 },
};
