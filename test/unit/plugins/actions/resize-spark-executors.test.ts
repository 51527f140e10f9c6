import { describe, expect, it } from 'vitest';
import type { ReportTarget } from '#shared/domain/incident/target-context.ts';
import { isChangeable } from '#shared/domain/plan/target-key.ts';
import { RESIZE_SPARK_EXECUTORS, sparkActions } from '#shared/plugins/actions/resize-spark-executors/index.ts';
import { aClassification, aConfiguration, aTelemetry } from '#test/builders/index.ts';
import { fakeParameters } from '#test/fakes/index.ts';
import { anActionWorld } from './action-world.ts';

const configuration = aConfiguration({
  http: { allowedEndpoints: [{ name: 'spark', url: 'https://spark.example.com/api/v1/' }] },
  jobs: {
    spark: [
      {
        endpoint: 'spark',
        service: 'reports',
        applications: ['nightly-*'],
        executors: { parameter: '/reports/spark', maxMemoryMb: 8192, maxCores: 4 },
      },
    ],
  },
  services: [{ id: 'reports', alarms: ['reports-late'], mode: 'act' }],
});
const [action] = sparkActions(configuration);
if (action === undefined) throw new Error('There is no action.');

const target = (application = 'nightly-report'): ReportTarget => ({
  kind: 'report',
  reportId: '0'.repeat(32),
  service: 'reports',
  repository: null,
  severity: 'medium',
  reportedBy: 'ada@example.com',
  reportedAt: '2026-11-27T02:00:00.000Z',
  simulated: false,
  job: { kind: 'spark-application', endpoint: 'spark', application },
});
const context = (change: object = {}) => ({
  target: target(),
  telemetry: aTelemetry({ facts: { kind: 'report', serviceId: 'reports', deployment: null } }),
  classification: aClassification(),
  service: configuration.services[0] ?? null,
  configuration,
  now: new Date('2026-11-27T02:00:00Z'),
  requested: { actionId: RESIZE_SPARK_EXECUTORS, to: null, executors: { memoryMb: 8192, cores: 2 } },
  ...change,
});

/** The SSM parameter, and what was written into it. */
function aParameter(text: string | null) {
  const state = { text, written: [] as string[] };
  const { ports } = anActionWorld();
  const parameters = fakeParameters({
    read: async () => state.text,
    write: async (_name: string, value: string) => {
      state.written.push(value);
      state.text = value;
    },
  });
  return { state, ports: { ...ports, parameters } };
}
const bound = () => action.parameters.parse(action.propose(context())[0]?.parameters);

describe('resizing the executors of a Spark application', () => {
  it('[D111] is there only where the configuration says where their settings live, with rights on that alone', () => {
    expect(sparkActions(aConfiguration())).toEqual([]);
    const { execute, observe } = action.grants(configuration);
    expect(execute.flatMap(({ resources }) => resources)).toEqual(
      Array(2).fill(expect.stringMatching(/:parameter\/reports\/spark$/)),
    );
    expect(observe.flatMap(({ actions }) => actions)).toEqual(['ssm:GetParameter']);
  });

  it('is proposed for a request within the bounds of the owner, and for nothing else', () => {
    const [proposal] = action.propose(context());
    expect(proposal?.parameters).toMatchObject({ parameter: '/reports/spark', size: { memoryMb: 8192, cores: 2 } });
    expect(isChangeable(action.targetKey(bound()), target(), context().service)).toBe(true);
    const asked = (executors: object) => ({ requested: { actionId: RESIZE_SPARK_EXECUTORS, to: null, executors } });
    for (const change of [
      { requested: null },
      { requested: { actionId: 'airflow-retry-task', to: null } },
      { target: target('somebody-elses') },
      { service: null },
      asked({ memoryMb: 8193, cores: null }),
      asked({ memoryMb: null, cores: 5 }),
    ])
      expect(action.propose(context(change))).toEqual([]);
  });

  it('always asks a person, and says that it counts from the next submit', () => {
    expect(action.approvalReason?.(bound())).not.toBeNull();
    expect(action.describe(bound())).toContain('It counts from the next submit');
  });

  it('writes the settings once, keeps the others, and writes back what was there', async () => {
    const before = '{"spark.executor.memory":"4g","spark.sql.shuffle.partitions":"200"}';
    const { state, ports } = aParameter(before);
    expect(await action.observe(bound(), ports)).toEqual({ kind: 'not-started' });
    const receipt = await action.execute(bound(), ports);
    expect(JSON.parse(state.text ?? '')).toEqual({
      'spark.executor.memory': '8192m',
      'spark.executor.cores': '2',
      'spark.sql.shuffle.partitions': '200',
    });
    expect((await action.observe(bound(), ports)).kind).toBe('happened');
    await action.undo?.(bound(), receipt, ports);
    expect(state.text).toBe(before);
    await action.undo?.(bound(), receipt, ports);
    expect(state.written).toHaveLength(2);
  });

  it('leaves alone what is no JSON of settings, is not there, or was changed by somebody else', async () => {
    for (const text of [null, 'spark.executor.memory 4g']) {
      const { state, ports } = aParameter(text);
      expect((await action.observe(bound(), ports)).kind).toBe('superseded');
      await expect(action.execute(bound(), ports)).rejects.toMatchObject({ name: 'Refused' });
      expect(state.written).toEqual([]);
    }
    const { state, ports } = aParameter('{}');
    const receipt = await action.execute(bound(), ports);
    state.text = '{"spark.executor.memory":"2g"}';
    await expect(action.undo?.(bound(), receipt, ports)).rejects.toMatchObject({ name: 'Refused' });
    const look = { ports, target: target(), configuration, poll: 0 };
    expect(await action.verify(bound(), receipt, look)).toMatchObject({ state: 'failed', inconclusive: true });
  });
});
