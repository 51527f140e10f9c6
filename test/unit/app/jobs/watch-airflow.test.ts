import { afterEach, describe, expect, it } from 'vitest';
import type { DagRunSpec } from '#apps/local/world/jobs.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeEndpointCaller } from '#shared/adapters/http/endpoint-caller.ts';
import { watchAirflow } from '#shared/app/jobs/watch-airflow.ts';
import type { AirflowWatch } from '#shared/domain/jobs/airflow-watch.ts';
import { aConfiguration } from '#test/builders/index.ts';
import { anApi } from '../../functions/api-rig.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

/** A deployment that watches the DAGs `orders_*` of the local world's Airflow, round by round. */
async function anAirflow(version: 'v1' | 'v2' = 'v2') {
  const world = await startWorld();
  worlds.push(world);
  const { deps, changeable, sent } = await anApi();
  const { configuration } = {
    configuration: aConfiguration({
      http: { allowedEndpoints: [{ name: 'airflow', url: `https://airflow.example.com/airflow/api/${version}/` }] },
      jobs: { airflow: [{ endpoint: 'airflow', service: 'reports', dags: ['orders_*'] }] },
      services: [{ id: 'reports', alarms: ['reports-late'], criticality: 'high', mode: 'act' }],
    }),
  };
  const endpoints = makeEndpointCaller({ endpoints: configuration.http.allowedEndpoints, origin: world.url });
  const kept = new Map<string, AirflowWatch>();
  const counted: string[] = [];
  const round = async () =>
    await watchAirflow({
      ...deps,
      configuration,
      queue: changeable.queue,
      endpoints,
      jobs: {
        airflowWatch: async (name) => kept.get(name) ?? null,
        keepAirflowWatch: async (name, watch) => void kept.set(name, watch),
      },
      clock: { now: () => new Date(), sleep: async () => {} },
      meter: { count: (name: string) => void counted.push(name) } as never,
      log: { warn: () => {}, error: () => {} } as never,
    });
  const titles = () => sent.map(({ tainted }) => tainted.title);
  const reportOf = async (title: string) => {
    const signal = sent.find(({ tainted }) => tainted.title === title);
    const id = signal?.target.kind === 'report' ? `rp-${signal.target.reportId.slice(0, 24)}` : '';
    return await deps.evidence.getReport(id);
  };
  return { world, round, titles, sent, kept, counted, reportOf };
}

const aRun = (dag: string, change: Partial<DagRunSpec> = {}): DagRunSpec => ({
  dag,
  run: 'manual__1',
  tasks: { load: { state: 'failed', log: 'ValueError: no rows\n[..] ERROR - Marking task as FAILED. dag_id=x' } },
  ...change,
});

describe('watching an Airflow', () => {
  it.each(['v1', 'v2'] as const)(
    '[D11] reports each failure once over its REST API %s, with the severity of its service and the log',
    async (version) => {
      const { world, round, titles, sent, reportOf } = await anAirflow(version);
      await round();
      expect(titles()).toEqual([]);
      world.jobs.addRun(aRun('orders_etl'));
      world.jobs.addRun(aRun('elsewhere'));
      await round();
      await round();
      expect(titles()).toEqual(['orders_etl.load failed in Airflow']);
      expect(sent[0]?.target).toMatchObject({
        service: 'reports',
        severity: 'high',
        job: { kind: 'airflow-task', mapIndex: -1 },
      });
      const lines = (await reportOf('orders_etl.load failed in Airflow'))?.lines.join('\n');
      expect(lines).toContain('ValueError: no rows');
      expect(lines).not.toContain('Marking task');
    },
  );

  it('counts what it leaves aside, because nobody listed its DAG', async () => {
    const { world, round, counted } = await anAirflow();
    world.jobs.addRun(aRun('elsewhere'));
    await round();
    expect(counted).toContain('airflow-failure-left-out');
  });

  it('reports more failed runs than a round takes in the rounds after it, each once', async () => {
    const { world, round, titles } = await anAirflow();
    for (let number = 0; number < 45; number += 1) world.jobs.addRun(aRun(`orders_${number}`));
    for (let rounds = 0; rounds < 4; rounds += 1) await round();
    expect(new Set(titles()).size).toBe(45);
    expect(titles()).toHaveLength(45);
  });

  it('tells once that it cannot be read, and reports afterwards what failed meanwhile', async () => {
    const { world, round, titles, kept, reportOf } = await anAirflow();
    await round();
    world.jobs.requireSignIn({ username: 'somebody', password: 'else'.repeat(2) });
    world.jobs.addRun(aRun('orders_etl'));
    for (let rounds = 0; rounds < 5; rounds += 1) await round();
    expect(titles()).toEqual(['Airflow (airflow) cannot be read']);
    expect((await reportOf('Airflow (airflow) cannot be read'))?.description).toContain('Were they rotated?');
    world.jobs.requireSignIn(null);
    await round();
    expect(titles()).toEqual(['Airflow (airflow) cannot be read', 'orders_etl.load failed in Airflow']);
    expect(kept.get('airflow')).toMatchObject({ failed: 0, since: null });
  });

  it.each([429, 503, 404])('goes on after answers with status %i', async (status) => {
    const { world, round, titles } = await anAirflow();
    await round();
    world.jobs.addRun(aRun('orders_etl'));
    world.faults.inject('airflow:GET', { kind: 'status', status }, { times: 1 });
    await round();
    expect(titles()).toEqual([]);
    await round();
    expect(titles()).toEqual(['orders_etl.load failed in Airflow']);
  });

  it('reports a file that cannot be imported once, and again when another error is in it', async () => {
    const { world, round, titles } = await anAirflow();
    world.jobs.failImport('/dags/orders.py', 'SyntaxError: invalid syntax');
    await round();
    await round();
    expect(titles()).toEqual(['Airflow cannot import /dags/orders.py']);
    world.jobs.failImport('/dags/orders.py', "ModuleNotFoundError: No module named 'pandas'");
    await round();
    expect(titles()).toHaveLength(2);
  });
});
