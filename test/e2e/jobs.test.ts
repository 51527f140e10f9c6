import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DagRunSpec } from '#apps/local/world/jobs.ts';
import { signIn } from '#lab/drills/approvals.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { approve, endedWithApprovals } from './support/approving.ts';
import { AIRFLOW_SECRET, JENKINS_SECRET, TEAM_CHAT_SECRET } from './support/assemblies.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
const USER = { username: 'selfheal', password: ['airflow', 'first'].join('-') };
const JENKINS_USER = { username: 'selfheal', token: ['jenkins', 'first'].join('-') };

let healer: Healer;
let operator: string;
let approver: string;
beforeAll(async () => {
  healer = await openHealer({ base: 'jobs' });
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin']);
  await healer.runtime.createUser('approver', 'approver@example.com', PASSWORD, ['approver']);
  operator = await signIn(healer, 'ada@example.com', PASSWORD);
  approver = await signIn(healer, 'approver@example.com', PASSWORD);
  healer.runtime.overrideSecret(AIRFLOW_SECRET, USER);
  healer.world.jobs.requireSignIn(USER);
  healer.runtime.overrideSecret(TEAM_CHAT_SECRET, { authorization: ['Bearer xoxb', 'made', 'up'].join('-') });
  healer.runtime.overrideSecret(JENKINS_SECRET, { username: JENKINS_USER.username, password: JENKINS_USER.token });
  healer.world.jenkins.requireSignIn(JENKINS_USER);
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

const RUN = 'scheduled__2026-11-27T02:00:00+00:00';
const LOG = [
  '[2026-11-27T02:01:00+0000] {taskinstance.py:1103} INFO - Starting attempt 1 of 1',
  'Traceback (most recent call last):',
  '  File "/opt/airflow/dags/orders.py", line 41, in poke',
  'airflow.exceptions.AirflowSensorTimeout: Sensor has timed out; run duration of 3600.1 seconds exceeds the specified timeout of 3600.0.',
  '[2026-11-27T02:01:02+0000] {taskinstance.py:1318} ERROR - Marking task as FAILED. dag_id=orders_etl, task_id=load',
].join('\n');

const aRun = (dag: string, change: Partial<DagRunSpec> = {}): DagRunSpec => ({
  dag,
  run: RUN,
  tasks: {
    extract: { state: 'success', downstream: ['load'] },
    load: { state: 'failed', downstream: ['publish'], log: LOG },
    publish: { state: 'upstream_failed' },
  },
  ...change,
});

async function api(path: string, body?: object, token = operator) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`${healer.runtime.endpoint}/api${path}`, request);
  return { status: response.status, json: JSON.parse(await response.text()) };
}

/** Nothing depends on the task that failed. */
const aRunThatEndsWithIt = (dag: string, change: Partial<DagRunSpec> = {}): DagRunSpec =>
  aRun(dag, {
    tasks: { extract: { state: 'success', downstream: ['load'] }, load: { state: 'failed', log: LOG } },
    ...change,
  });

interface Listed {
  readonly id: string;
  readonly title: string;
}
const titled = async (text: string): Promise<Listed[]> =>
  ((await api('/incidents')).json.incidents as Listed[]).filter(({ title }) => title.includes(text));

/** Asks the job systems until the incident is there; gives its id. */
async function found(title: string): Promise<string> {
  await until(`the incident "${title}"`, async () => {
    if ((await titled(title)).length > 0) return true;
    await trigger(healer, 'log-watch');
    return (await titled(title)).length > 0;
  });
  return (await titled(title))[0]?.id ?? '';
}

async function endedWithYes(id: string): Promise<Incident> {
  await approve(healer, id, approver);
  return await healer.ended(id);
}
const stateOf = (dag: string) => healer.world.jobs.dag(dag)?.runs.find(({ id }) => id === RUN)?.state;
const retry = async (path: string) => {
  const response = await fetch(`${healer.runtime.endpoint}/api/airflow/dags/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operator}` },
  });
  return { status: response.status, json: JSON.parse(await response.text()) };
};

describe('a failed Airflow task', () => {
  it('[D11] becomes an incident about the task that failed first, is run again once a person agrees, and is verified by its run', async () => {
    healer.world.jobs.addRun(aRun('orders_etl'));
    const id = await found('orders_etl.load failed in Airflow');
    await trigger(healer, 'log-watch');
    expect(await titled('orders_etl')).toHaveLength(1);
    const report = await healer.evidence.getReport(id);
    expect(report?.description).toContain('Not started because of it: publish.');
    expect(report?.lines.join('\n')).toContain('AirflowSensorTimeout');
    const incident = await endedWithYes(id);
    expect(incident).toMatchObject({
      status: 'resolved',
      classification: { class: 'timing_dependencies' },
      target: { kind: 'report', service: 'reports', job: { dag: 'orders_etl', run: RUN, task: 'load' } },
    });
    const [action, ...others] = await healer.incidents.listActions(id);
    expect(others).toEqual([]);
    expect(action).toMatchObject({ actionId: 'airflow-retry-downstream', state: 'done', verified: 'recovered' });
    expect(stateOf('orders_etl')).toBe('success');
    const { json } = await api(`/incidents/${id}`);
    expect(json.subject.job).toMatchObject({ kind: 'airflow-task', task: 'load' });
  });

  it('is tried by the next playbook when it fails again, within the same incident', async () => {
    healer.world.jobs.addRun(aRunThatEndsWithIt('orders_again', { again: { load: ['failed', 'success'] } }));
    const id = await found('orders_again.load failed in Airflow');
    await approve(healer, id, approver);
    await until('the second plan', async () => (await healer.incidents.listActions(id))[0]?.verified === 'failed');
    await trigger(healer, 'log-watch');
    await until('the second request', async () =>
      (await api('/approvals')).json.approvals.some((one: { incidentId: string }) => one.incidentId === id),
    );
    expect(await endedWithYes(id)).toMatchObject({ status: 'resolved' });
    expect((await healer.incidents.listActions(id)).map(({ verified }) => verified)).toEqual(['failed', 'recovered']);
    expect(await titled('orders_again')).toHaveLength(1);
  });

  it('is run again in each of two runs that fail alike at the same time', async () => {
    for (const dag of ['orders_left', 'orders_right']) healer.world.jobs.addRun(aRunThatEndsWithIt(dag));
    const left = await found('orders_left.load failed in Airflow');
    const right = await found('orders_right.load failed in Airflow');
    const ended = await Promise.all([endedWithYes(left), endedWithYes(right)]);
    expect(ended.map(({ status }) => status)).toEqual(['resolved', 'resolved']);
    expect([stateOf('orders_left'), stateOf('orders_right')]).toEqual(['success', 'success']);
  });

  it('is left alone in a DAG that nobody listed', async () => {
    healer.world.jobs.addRun(aRun('private_etl'));
    await trigger(healer, 'log-watch');
    await trigger(healer, 'log-watch');
    expect(await titled('private_etl')).toEqual([]);
  });

  it('[D112] is run again on request at the path of the document, with and without a slash at its end', async () => {
    const run = '2024-01-15T10:00:00';
    for (const [dag, slash] of [
      ['orders_first', ''],
      ['orders_second', '/'],
    ]) {
      // Too long ago to be found by itself.
      healer.world.jobs.addRun({ dag: dag ?? '', run, minutesAgo: 60, tasks: { load: { state: 'failed' } } });
      const asked = await retry(`${dag}/dagRuns/${run}/taskInstances/load/retry${slash}`);
      expect([asked.status, asked.json.subject?.job?.task]).toEqual([202, 'load']);
      expect(await endedWithYes(asked.json.id)).toMatchObject({ status: 'resolved' });
      const [action] = await healer.incidents.listActions(asked.json.id);
      expect(action).toMatchObject({ actionId: 'airflow-retry-task', state: 'done', verified: 'recovered' });
      expect(healer.world.jobs.dag(dag ?? '')?.failedTasks).toBe(0);
    }
  });

  it('[D112] is not run again where it has not failed, is not there, or is of a DAG that nobody listed', async () => {
    healer.world.jobs.addRun({ dag: 'orders_fine', run: 'r1', tasks: { load: { state: 'success' } } });
    const before = healer.world.journal.count('airflow.tasks.cleared');
    for (const [path, status] of [
      ['orders_fine/dagRuns/r1/taskInstances/load', 'resolved'],
      ['orders_gone/dagRuns/r1/taskInstances/load', 'escalated'],
    ] as const) {
      const { json } = await retry(`${path}/retry`);
      const incident = await endedWithYes(json.id);
      expect([path, incident.status, incident.outcomeReason]).toEqual([path, status, expect.anything()]);
    }
    expect(healer.world.journal.count('airflow.tasks.cleared')).toBe(before);
    const unlisted = await retry('private_etl/dagRuns/r1/taskInstances/load/retry');
    expect([unlisted.status, unlisted.json.detail]).toEqual([404, expect.stringContaining('jobs.airflow')]);
    expect((await retry('orders_etl/dagRuns/r1/taskInstances/%20/retry')).status).toBe(400);
  });
});

describe('what else an Airflow says', () => {
  it('[D11] reports a file that cannot be imported, once', async () => {
    healer.world.jobs.failImport('/opt/airflow/dags/orders.py', "ModuleNotFoundError: No module named 'pandas'");
    const id = await found('Airflow cannot import /opt/airflow/dags/orders.py');
    await trigger(healer, 'log-watch');
    expect(await healer.ended(id)).toMatchObject({
      status: 'escalated',
      classification: { class: 'dependency_conflicts' },
    });
    expect(await titled('cannot import')).toHaveLength(1);
    healer.world.jobs.mendImport('/opt/airflow/dags/orders.py');
  });

  it('tells people when the credentials were rotated, and goes on where it was when the secret has the new ones', async () => {
    const rotated = { ...USER, password: ['airflow', 'second'].join('-') };
    healer.world.jobs.requireSignIn(rotated);
    healer.world.jobs.addRun(aRun('orders_rotated'));
    const id = await found('Airflow (airflow) cannot be read');
    const report = await healer.evidence.getReport(id);
    expect(report?.description).toMatch(
      /refused with status 401. Put a valid "username" and "password" into the secret/,
    );
    expect(await titled('orders_rotated')).toEqual([]);
    healer.runtime.overrideSecret(AIRFLOW_SECRET, rotated);
    expect(await endedWithYes(await found('orders_rotated.load failed'))).toMatchObject({ status: 'resolved' });
  });
});

const OUT_OF_MEMORY =
  'ExecutorLostFailure (executor 7 exited caused by one of the running tasks) Reason: Container killed by YARN for exceeding memory limits. 5.5 GB of 5.5 GB physical memory used.';

describe('a Spark application', () => {
  it('[D12] that failed becomes an incident that says why: memory, lost executors, skew, garbage collection', async () => {
    healer.world.spark.addApplication({
      id: 'application_1764200000000_0001',
      name: 'nightly-report',
      status: 'FAILED',
      stage: {
        status: 'FAILED',
        failureReason: `Job aborted due to stage failure: ${OUT_OF_MEMORY}`,
        taskTimes: [12_000, 540_000],
      },
      executors: [
        { id: '7', removeReason: OUT_OF_MEMORY, gcShare: 0.6 },
        { id: '8', removeReason: 'Executor heartbeat timed out after 125000 ms' },
      ],
    });
    healer.world.spark.addApplication({
      id: 'application_1764200000000_0002',
      name: 'somebody-elses',
      status: 'FAILED',
    });
    healer.world.spark.addApplication({ id: 'application_1764200000000_0003', name: 'nightly-report' });
    const id = await found('Spark application nightly-report failed');
    await trigger(healer, 'log-watch');
    const incident = await healer.ended(id);
    expect(incident).toMatchObject({ status: 'escalated', classification: { class: 'resource_exhaustion' } });
    const report = await healer.evidence.getReport(id);
    for (const words of [
      'Memory was not enough: 1 executor',
      'Stage 3 (attempt 0',
      'heartbeat timed out',
      'is skewed: its longest task ran 540 s',
      'Garbage collection took',
    ])
      expect(report?.description).toContain(words);
    expect(await titled('Spark application')).toHaveLength(1);
  });

  it('is not seen while the History Server is away, which people are told of, and afterwards', async () => {
    healer.world.spark.setAway(true);
    healer.world.spark.addApplication({
      id: 'application_1764200000000_0004',
      name: 'nightly-report',
      status: 'FAILED',
    });
    const id = await found('Spark History Server (spark-history) cannot be read');
    expect((await healer.evidence.getReport(id))?.description).toContain('status 503');
    expect(await titled('Spark application')).toHaveLength(1);
    healer.world.spark.setAway(false);
    await until('the application', async () => {
      await trigger(healer, 'log-watch');
      return (await titled('Spark application')).length === 2;
    });
    await healer.quiet();
  });

  it('[D111] gets other executors on request, once a person has approved, from the next submit on', async () => {
    const given = { 'spark.executor.memory': '4g', 'spark.executor.cores': '1', 'spark.sql.shuffle.partitions': '200' };
    healer.world.aws.setParameter('/reports/spark', JSON.stringify(given));
    // The body of the document, with and without a slash at the end of its path.
    const body = { executor_memory: '8GB', executor_cores: 2, reason: 'OOM prevention based on pattern analysis' };
    const asked = await api('/spark/applications/resize', body);
    expect([asked.status, asked.json.note]).toEqual([202, expect.stringContaining('from the next submit')]);
    const again = await api('/spark/applications/resize/', { application: 'nightly-report', executorCores: 4 });
    expect([again.status, again.json.detail]).toEqual([409, expect.stringContaining(asked.json.id)]);
    expect(JSON.parse(healer.world.aws.parameter('/reports/spark') ?? '')).toEqual(given);
    const incident = await endedWithYes(asked.json.id);
    expect(incident).toMatchObject({ status: 'resolved' });
    expect(JSON.parse(healer.world.aws.parameter('/reports/spark') ?? '')).toEqual({
      ...given,
      'spark.executor.memory': '8192m',
      'spark.executor.cores': '2',
    });
    const [action] = await healer.incidents.listActions(asked.json.id);
    expect(action).toMatchObject({ actionId: 'resize-spark-executors', state: 'done', verified: 'recovered' });
    expect(action?.receipt?.summary).toContain('It counts from the next submit');
  });

  it.each([
    [{ executor_memory: '8 parsecs' }, 400, 'executorMemoryMb'],
    [{ reason: 'nothing else' }, 400, 'executorMemoryMb'],
    [{ executor_memory: '64g' }, 409, 'more than the 16384 MB'],
    [{ application: 'unknown', executor_cores: 2 }, 404, 'jobs.spark'],
  ])('[D111] is not resized by a request that cannot be: %j', async (body, status, words) => {
    const answer = await api('/spark/applications/resize', body);
    expect([answer.status, JSON.stringify(answer.json)]).toEqual([status, expect.stringContaining(words)]);
  });
});

const CONSOLE = [
  'Started by user ada',
  '+ npm ci',
  'npm ERR! code ETIMEDOUT',
  'npm ERR! network request to https://registry.npmjs.org/left-pad failed, reason: connect ETIMEDOUT 104.16.0.35:443',
  'Finished: FAILURE',
  '',
].join('\n');
const COMMIT = {
  commitId: '4f2a9c1'.repeat(5),
  msg: 'Raise the price of a cart',
  author: 'Ada',
  affectedPaths: ['src/cart.ts'],
};

describe('a failed Jenkins build', () => {
  it('becomes an incident with the diagnosis of its console, its link and what changed before it, and is built again once a person agrees', async () => {
    const parameters = [{ name: 'STAGE', value: 'eu test' }];
    const job = 'team/feature%2Fcart';
    healer.world.jenkins.addBuild({ job, log: CONSOLE, commits: [COMMIT], userId: 'ada', parameters });
    const id = await found('team/feature%2Fcart #1 failed in Jenkins');
    await trigger(healer, 'log-watch');
    expect(await titled('team/feature%2Fcart')).toHaveLength(1);
    const incident = await endedWithYes(id);
    expect(incident).toMatchObject({
      status: 'resolved',
      classification: { class: 'network_connectivity' },
      target: { kind: 'report', service: 'reports', job: { job: 'team/feature%2Fcart', build: 1 } },
    });
    const { json } = await api(`/incidents/${id}`);
    expect(json.subject.job).toMatchObject({ kind: 'jenkins-build', build: 1 });
    expect(JSON.stringify(json)).toContain('https://jenkins.example.com/jenkins/job/team/job/feature%252Fcart/1/');
    expect(json.briefing.before.join('\n')).toContain('Raise the price of a cart');
    const [action, ...others] = await healer.incidents.listActions(id);
    expect(others).toEqual([]);
    expect(action).toMatchObject({ actionId: 'jenkins-rebuild', state: 'done', verified: 'recovered' });
    expect(healer.world.journal.entries({ kind: 'jenkins.build.started' })).toMatchObject([
      { target: 'team/feature%2Fcart', facts: { STAGE: 'eu test' } },
    ]);
  });

  it('that fails again is left to people, and its rebuild opens no incident', async () => {
    healer.world.jenkins.addBuild({ job: 'team/again', log: CONSOLE, again: ['FAILURE'] });
    const id = await found('team/again #1 failed in Jenkins');
    expect(await endedWithYes(id)).toMatchObject({ status: 'escalated' });
    await trigger(healer, 'log-watch');
    await healer.quiet();
    expect(await titled('team/again')).toHaveLength(1);
    expect(healer.world.journal.count('jenkins.build.started', 'team/again')).toBe(1);
  });

  it('with a password among its parameters is not built again, and says why', async () => {
    healer.world.jenkins.addBuild({ job: 'team/secret', log: CONSOLE, parameters: [{ name: 'DEPLOY_KEY' }] });
    const id = await found('team/secret #1 failed in Jenkins');
    expect(await healer.ended(id)).toMatchObject({ status: 'escalated' });
    expect((await healer.evidence.getReport(id))?.description).toContain(
      'Jenkins does not show the value of the parameter DEPLOY_KEY.',
    );
    expect(healer.world.journal.count('jenkins.build.started', 'team/secret')).toBe(0);
  });
});

it('[D60] asks a service for its connections, then tells its team in its channel once, and ends when the alarm is OK', async () => {
  const alarm = healer.world.aws.fireAlarm('ledger', { okAfterMs: null });
  const ended = endedWithApprovals(healer, alarm, approver);
  const told = () => healer.world.slack.messages().filter(({ text }) => text.startsWith('Team payments: '));
  await until('the message to the team', () => told().length > 0);
  healer.world.aws.clearAlarm('ledger-latency');
  const incident = await ended;
  expect(incident).toMatchObject({ status: 'resolved' });
  expect(told()).toMatchObject([
    { text: 'Team payments: an alarm of ledger rings. Selfheal asks you to look at it.', edits: 0 },
  ]);
  const actions = await healer.incidents.listActions(incident.id);
  expect(actions.map(({ actionId, state }) => [actionId, state])).toEqual([
    ['check-connections', 'done'],
    ['notify-team', 'done'],
  ]);
  expect(healer.mailsAbout(alarm)[0]?.text).toContain('Tell a team in its channel');
});
