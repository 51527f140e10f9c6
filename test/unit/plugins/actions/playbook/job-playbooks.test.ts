import { describe, expect, it } from 'vitest';
import { withPlaybooks } from '#infra/configured-playbooks.ts';
import type { Job } from '#shared/domain/incident/job.ts';
import type { ReportTarget } from '#shared/domain/incident/target-context.ts';
import { isChangeable } from '#shared/domain/plan/target-key.ts';
import { judgePlaybook } from '#shared/domain/playbook/judge-playbook.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';
import { aClassification, aConfiguration, anAlarmTarget, aTelemetry, someAlarmFacts } from '#test/builders/index.ts';

const IDS = ['airflow-retry-task', 'airflow-retry-downstream', 'airflow-rerun-dag-run'];
const configuration = withPlaybooks(
  aConfiguration({
    http: { allowedEndpoints: [{ name: 'airflow', url: 'https://airflow.example.com/api/v2/' }] },
    services: [{ id: 'reports', alarms: ['reports-late'], mode: 'act', playbooks: IDS }],
  }),
  '/nowhere/selfheal.json',
  (problem) => {
    throw new Error(problem);
  },
);
const TASK: Job = {
  kind: 'airflow-task',
  endpoint: 'airflow',
  dag: 'etl',
  run: 'manual__2026-11-27T02:00:00+00:00',
  task: 'group.load',
  mapIndex: -1,
};
const target = (job: Job | undefined): ReportTarget => ({
  kind: 'report',
  reportId: '0'.repeat(32),
  service: 'reports',
  repository: null,
  severity: 'low',
  reportedBy: 'Selfheal, reading Airflow',
  reportedAt: '2026-11-27T02:05:00.000Z',
  simulated: false,
  ...(job === undefined ? {} : { job }),
});
const context = (job: Job | undefined, change: object = {}) => ({
  target: target(job),
  telemetry: aTelemetry({ facts: { kind: 'report', serviceId: 'reports', deployment: null } }),
  classification: aClassification({ class: 'timing_dependencies' }),
  service: configuration.services[0] ?? null,
  configuration,
  now: new Date('2026-11-27T02:06:00Z'),
  ...change,
});
const proposed = (job: Job | undefined, change: object = {}): string[] =>
  actionsOf(configuration)
    .filter(({ id }) => IDS.includes(id))
    .flatMap((action) => (action.propose(context(job, change)).length > 0 ? [action.id] : []))
    .sort();

describe('playbooks for jobs', () => {
  it.each<[string, Job | undefined, string[]]>([
    ['a task', TASK, [...IDS].sort()],
    [
      'a mapped task, of which no single instance can be named',
      { ...TASK, mapIndex: 3 },
      ['airflow-rerun-dag-run', 'airflow-retry-downstream'],
    ],
    [
      'a task because of which others were not started',
      { ...TASK, isBlocking: true },
      ['airflow-rerun-dag-run', 'airflow-retry-downstream'],
    ],
    ['a task of another Airflow', { ...TASK, endpoint: 'airflow-eu' }, []],
    ['a file that cannot be imported', { kind: 'airflow-file', endpoint: 'airflow', file: '/dags/a.py' }, []],
    ['what somebody reports', undefined, []],
  ])('fit what Airflow says failed, and nothing else: %s', (_case, job, expected) => {
    expect(proposed(job)).toEqual(expected);
  });

  it('do not fit an alarm of the same service, nor a class that they do not name, unless a person asks', () => {
    const alarm = {
      target: anAlarmTarget(),
      telemetry: aTelemetry({ facts: someAlarmFacts({ serviceId: 'reports' }) }),
    };
    expect(proposed(undefined, alarm)).toEqual([]);
    const unknown = { classification: aClassification({ class: 'unknown' }) };
    expect(proposed(TASK, unknown)).toEqual([]);
    expect(proposed(TASK, { ...unknown, requested: { actionId: 'airflow-retry-task', to: null } })).toEqual([
      'airflow-retry-task',
    ]);
  });

  it('take DAG, run and task from the job, and change its run alone', () => {
    const action = actionsOf(configuration).find(({ id }) => id === 'airflow-retry-task');
    const [proposal] = action?.propose(context(TASK)) ?? [];
    expect(proposal?.parameters).toMatchObject({
      alarmName: null,
      values: { dag: 'etl', run: TASK.run, task: 'group.load' },
    });
    const key = action?.targetKey(proposal?.parameters) ?? '';
    expect(isChangeable(key, target(TASK), context(TASK).service)).toBe(true);
    for (const other of [undefined, { ...TASK, run: 'manual__2' }, { ...TASK, dag: 'else' }])
      expect(isChangeable(key, target(other), context(other).service)).toBe(false);
  });

  it('are told apart from those for alarms when they are checked', () => {
    const playbook = {
      id: 'own-retry',
      title: 'Retry a task',
      description: 'Clears the failed task {task} so that it runs again.',
      kind: 'api_call',
      risk: 'low',
      reversibility: 'transient',
      when: { classes: ['timing_dependencies'] },
      parameters: { task: { type: 'string', from: 'job.task' } },
      endpoint: 'airflow:/{task}',
      method: 'POST',
      idempotent: true,
    };
    const problems = (when: object) => {
      const verdict = judgePlaybook(
        { ...playbook, when: { ...playbook.when, ...when } },
        configuration.http.allowedEndpoints,
      );
      return verdict.kind === 'sound' ? [] : verdict.problems.map(({ reason }) => reason);
    };
    expect(problems({ jobs: ['airflow-task'] })).toEqual([]);
    expect(problems({})).toEqual(['job.task is a fact about a failed job: add when.jobs, such as [airflow-task]']);
    expect(problems({ jobs: ['airflow-task'], alarms: ['a'] })).toEqual([
      'a playbook for jobs looks at no alarm: leave alarms out',
    ]);
  });
});
