import { afterEach, describe, expect, it } from 'vitest';
import type { ApplicationSpec } from '#apps/local/world/spark.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeEndpointCaller } from '#shared/adapters/http/endpoint-caller.ts';
import { watchSpark } from '#shared/app/jobs/watch-spark.ts';
import type { SparkWatch } from '#shared/domain/jobs/spark-watch.ts';
import { aConfiguration } from '#test/builders/index.ts';
import { anApi } from '../../functions/api-rig.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

/** A deployment that watches the applications `nightly-*` of the local world's History Server, round by round. */
async function aHistoryServer() {
  const world = await startWorld();
  worlds.push(world);
  const { deps, changeable, sent } = await anApi();
  const configuration = aConfiguration({
    http: { allowedEndpoints: [{ name: 'spark', url: 'https://spark.example.com/spark-history/api/v1/' }] },
    jobs: { spark: [{ endpoint: 'spark', service: 'reports', applications: ['nightly-*'] }] },
    services: [{ id: 'reports', alarms: ['reports-late'], criticality: 'high', mode: 'act' }],
  });
  const endpoints = makeEndpointCaller({ endpoints: configuration.http.allowedEndpoints, origin: world.url });
  const kept = new Map<string, SparkWatch>();
  const round = async () =>
    await watchSpark({
      ...deps,
      configuration,
      queue: changeable.queue,
      endpoints,
      jobs: {
        sparkWatch: async (name) => kept.get(name) ?? null,
        keepSparkWatch: async (name, watch) => void kept.set(name, watch),
      },
      clock: { now: () => new Date(), sleep: async () => {} },
      meter: { count: () => {} } as never,
      log: { warn: () => {} } as never,
    });
  const told = () =>
    sent.map(({ tainted, target }) => [tainted.title, target.kind === 'report' ? target.severity : null]);
  const add = (spec: Omit<ApplicationSpec, 'name'> & { readonly name?: string }) =>
    world.spark.addApplication({ name: 'nightly-report', ...spec });
  return { world, round, told, add };
}

describe('watching a Spark History Server', () => {
  it('[D12] reports failed applications once, lost executors as minor, and others not at all', async () => {
    const { round, told, add } = await aHistoryServer();
    add({ id: 'app-1' });
    add({ id: 'app-2', status: 'FAILED' });
    add({ id: 'app-3', executors: [{ id: '5', removeReason: 'Command exited with code 52' }] });
    add({ id: 'app-4', status: 'FAILED', name: 'somebody-elses' });
    await round();
    await round();
    expect(told().sort()).toEqual([
      ['Spark application nightly-report failed', 'high'],
      ['Spark application nightly-report lost executors, and ended well', 'low'],
    ]);
  });

  it('reports more than a round takes in the rounds after it', async () => {
    const { round, told, add } = await aHistoryServer();
    for (let number = 0; number < 45; number += 1) add({ id: `app-${number}`, status: 'FAILED' });
    for (let rounds = 0; rounds < 4; rounds += 1) await round();
    expect(told()).toHaveLength(45);
  });

  it('tells once that the server is away, and reports afterwards what failed meanwhile', async () => {
    const { world, round, told, add } = await aHistoryServer();
    world.spark.setAway(true);
    add({ id: 'app-1', status: 'FAILED' });
    for (let rounds = 0; rounds < 5; rounds += 1) await round();
    expect(told().map(([title]) => title)).toEqual(['Spark History Server (spark) cannot be read']);
    world.spark.setAway(false);
    await round();
    expect(told()).toHaveLength(2);
  });
});
