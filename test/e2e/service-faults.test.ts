import type { Fault } from '@selfheal/fake-server/faults.ts';
import type { GatewayFault } from '@selfheal/local-cloud/wire/faults.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_ARCHIVES } from '#test/builders/archives.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { makeStalled, trigger } from './support/steering.ts';

const TIME_SCALE = 0.02;
/** A gap in the evidence. */
const NOT_READ = /could not be read/;
const RECOVERED = /Verified: it (recovered|passed)/;
const ALWAYS = { times: Number.POSITIVE_INFINITY };

let healer: Healer;
/** GitHub's operations that change something. */
const written = new Set<string>();
beforeAll(async () => {
  healer = await openHealer({
    timeScale: TIME_SCALE,
    maxWorkersPerFunction: 3,
    configuration: { policy: { maxActionsPerHour: 500, breakerFailures: 50, stormIncidentsPerMinute: 500 } },
  });
  healer.world.onExchange(({ service, operation, request }) => {
    if (service === 'github' && request.method !== 'GET') written.add(operation);
  });
});
afterEach(() => {
  healer.world.faults.clear();
  healer.runtime.faults.clear();
  expectClean(healer);
});
afterAll(() => healer?.stop());

/** Every call that healing a transient failure of a pull request makes to GitHub. */
const READS = [
  'actions/get-workflow-run',
  'actions/list-jobs-for-workflow-run-attempt',
  'actions/download-workflow-run-attempt-logs',
  'logs/download',
  'repos/get',
  'actions/list-workflow-runs',
  'issues/list-comments',
  'users/get-authenticated',
];
const RERUN = 'actions/re-run-workflow-failed-jobs';
const COMMENTS = ['issues/create-comment', 'issues/update-comment'];

type NamedFault = readonly [name: string, fault: Fault];
/** Certainly refused, done late, or done with its answer lost: nothing has to be waited for. */
const CERTAIN: readonly NamedFault[] = [
  ['429', { kind: 'status', status: 429, retryAfterSeconds: 0 }],
  ['an answer that comes late', { kind: 'slow', ms: 80 }],
  ['a connection that breaks after it was done', { kind: 'reset', when: 'after' }],
];
/** After these a re-run may have happened or still show: the act function looks for ten seconds of this machine's time. */
const DOUBTFUL: readonly NamedFault[] = [
  ['500', { kind: 'status', status: 500 }],
  ['a rate limit of a minute', { kind: 'status', status: 403 }],
  ['a connection that breaks before anything was done', { kind: 'reset', when: 'before' }],
];
/** Ended, told on the pull request or by mail, and changed at most once. Gives how it ended. */
async function neitherLostNorRepeated(run: { runId: number; pullRequest: number | null }): Promise<string> {
  const incident = await healer.ended(run.runId);
  const comments = healer.world.github.comments('acme/shop', run.pullRequest ?? 0);
  expect(comments.length).toBeLessThanOrEqual(1);
  expect(comments.length + healer.mailsAbout(run.runId).length).toBeGreaterThan(0);
  expect(healer.world.journal.count('github.run.rerun', `acme/shop/runs/${run.runId}`)).toBeLessThanOrEqual(1);
  return incident.status;
}

// Begun first, because they take long without working; what became of them is asked in the end.
const doubtful: { runId: number; pullRequest: number | null }[] = [];
describe('GitHub', () => {
  it.each(DOUBTFUL)('answers a re-run with %s: the act function looks whether it happened', async (_, fault) => {
    healer.world.faults.inject(RERUN, fault);
    const run = healer.world.samples.failRun('transient', { rerunMs: 20 });
    doubtful.push(run);
    let looks = 0;
    const forget = healer.world.onExchange(({ request }) => {
      if (request.path.endsWith(`/runs/${run.runId}`)) looks += 1;
    });
    // Gather, guard and the act function look before it, and the act function once more after it.
    await expect.poll(() => looks).toBeGreaterThanOrEqual(4);
    forget();
  });
});

const SAYS_SO =
  /archive (could not be|was not) read|entry of the log archive was refused|log was cut|log breaks off|contains no job log/;

describe('a log archive that must not be trusted', () => {
  it.each(Object.entries(HOSTILE_ARCHIVES))('%s: the incident goes on without it and says so', async (_, archive) => {
    const run = failedTestJob(archive());
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'suggested' });
    expect(healer.comment(run.pullRequest)).toMatch(SAYS_SO);
  });
});

describe('faults of AWS', () => {
  const TABLE_CALLS = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'BatchGetItem'];
  const spread = (action: string, fault: GatewayFault) => {
    for (const skip of [0, 2, 7, 13]) healer.runtime.faults.inject(action, fault, { skip });
  };
  const throttled = {
    kind: 'error',
    code: 'ProvisionedThroughputExceededException',
    status: 400,
    when: 'before',
  } as const;
  const lost = { kind: 'error', code: 'InternalServerError', status: 500, when: 'after' } as const;

  it.each([
    ['throttles', throttled],
    ['loses answers', lost],
  ])('DynamoDB %s: the run is healed all the same, by one re-run and one comment', async (_, fault) => {
    for (const call of TABLE_CALLS) spread(`dynamodb:${call}`, fault);
    const run = healer.world.samples.failRun('transient', { rerunMs: 20 });
    expect(await neitherLostNorRepeated(run)).toBe('resolved');
    expect(healer.world.journal.count('github.run.rerun', `acme/shop/runs/${run.runId}`)).toBe(1);
    expect(healer.comment(run.pullRequest)).toMatch(RECOVERED);
  });

  it('the rest of AWS loses answers: a rollback is made once', async () => {
    const calls = ['s3:GetObject', 's3:PutObject', 'secretsmanager:GetSecretValue', 'states:StartExecution'];
    const reads = [
      'lambda:GetAlias',
      'lambda:ListVersionsByFunction',
      'cloudwatch:DescribeAlarms',
      'logs:FilterLogEvents',
    ];
    for (const action of [...calls, ...reads, 'lambda:UpdateAlias']) spread(action, lost);
    const before = healer.world.journal.count('lambda.alias.updated');
    const alarm = healer.world.aws.fireAlarm('checkout', { okAfterMs: 30 });
    expect(await healer.ended(alarm)).toMatchObject({ status: 'resolved' });
    expect(healer.world.journal.count('lambda.alias.updated') - before).toBe(1);
  });

  it('escalating fails too: the state machine itself mails, and the incident is taken up again when AWS is well', async () => {
    healer.runtime.faults.inject('sns:Publish', { ...lost, when: 'before' }, ALWAYS);
    const alarm = healer.world.aws.fireAlarm('ledger');
    const id = healer.incidentId(alarm);
    expect(await healer.ended(alarm)).toMatchObject({ status: 'open' });
    expect(healer.statesOf(alarm).slice(-2)).toEqual(['LastResort', 'Failed']);
    expect(healer.mailsAbout(alarm)).toMatchObject([
      {
        subject: `[Selfheal] The workflow failed: ${id}`,
        text: expect.stringContaining('failed at Escalate with Retryable'),
      },
    ]);
    healer.runtime.faults.clear();
    await makeStalled(healer, alarm);
    await trigger(healer, 'reconciler');
    expect(await healer.ended(alarm)).toMatchObject({ status: 'escalated', attempt: 2 });
    expect(healer.mailsAbout(alarm)).toHaveLength(2);
  });
});

describe('faults of GitHub', () => {
  it.each([
    ...CERTAIN.map(([name, fault]) => [name, fault, [...READS, RERUN, ...COMMENTS]] as const),
    ['500', { kind: 'status', status: 500 }, [...READS, ...COMMENTS]],
    ['502', { kind: 'status', status: 502 }, [...READS, ...COMMENTS]],
    ['a connection that breaks at once', { kind: 'reset', when: 'before' }, [...READS, ...COMMENTS]],
  ] as const)(
    'answers every call once with %s: the run is healed all the same, by one re-run',
    async (_, fault, operations) => {
      for (const operation of operations) healer.world.faults.inject(operation, fault);
      const run = healer.world.samples.failRun('transient', { rerunMs: 20 });
      expect(await neitherLostNorRepeated(run)).toBe('resolved');
      expect(healer.world.journal.count('github.run.rerun', `acme/shop/runs/${run.runId}`)).toBe(1);
      expect(healer.comment(run.pullRequest)).toMatch(RECOVERED);
    },
  );

  it('answers every read and comment once with a rate limit of a minute: the incident ends and is told', async () => {
    for (const operation of [...READS, ...COMMENTS]) {
      healer.world.faults.inject(operation, { kind: 'status', status: 403 });
    }
    await neitherLostNorRepeated(healer.world.samples.failRun('transient', { rerunMs: 20 }));
  });

  it.each([...READS, RERUN, ...COMMENTS])(
    'answers 404 to %s for good: the incident ends and is told, and nothing is done twice',
    async (operation) => {
      healer.world.faults.inject(operation, { kind: 'status', status: 404 }, ALWAYS);
      await neitherLostNorRepeated(healer.world.samples.failRun('transient', { rerunMs: 20 }));
    },
  );

  it('a re-run whose first request was lost is made once', async () => {
    for (const run of doubtful) {
      expect(await neitherLostNorRepeated(run)).toBe('resolved');
      expect(healer.world.journal.count('github.run.rerun', `acme/shop/runs/${run.runId}`)).toBe(1);
    }
  });

  it('[A60] that lasts is asked again after waits whose bound doubles, then a human gets the incident', async () => {
    healer.world.faults.inject('actions/get-workflow-run', { kind: 'status', status: 502 }, ALWAYS);
    const run = healer.world.samples.failRun('transient');
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'escalated' });
    // Once for everything, and once more for what there is.
    const waits = waitsOf(run.runId);
    expect(waits).toHaveLength(10);
    for (const [retry, seconds] of waits.entries()) expect(seconds).toBeLessThanOrEqual(2 ** (retry % 5) + 0.5);
    expect(healer.mailsAbout(run.runId)[0]?.text).toContain('The step Gather failed. GitHub could not be reached');
    expect(healer.comment(run.pullRequest)).toMatch(/human|person/i);
  });

  it.each([
    ['answers 503 to everything', { kind: 'status', status: 503 }],
    ['gives no answer', { kind: 'reset', when: 'before' }],
  ] as const)(
    '%s once an incident is open: the mail says that the comment is missing and since when',
    async (_, fault) => {
      const { faults } = healer.world;
      // The intake has asked for the repository by then; deliveries wait in the queue otherwise.
      faults.inject('actions/*', fault, ALWAYS);
      faults.inject('issues/*', fault, ALWAYS);
      faults.inject('repos/*', fault, { ...ALWAYS, skip: 1 });
      const run = healer.world.samples.failRun('transient');
      expect(await healer.ended(run.runId)).toMatchObject({ status: 'escalated' });
      expect(healer.statesOf(run.runId).at(-1)).toBe('NotifyWithoutGithub');
      expect(healer.world.github.comments('acme/shop', run.pullRequest ?? 0)).toEqual([]);
      const texts = healer.mailsAbout(run.runId).map(({ text }) => text.replace(/\s+/g, ' '));
      expect(texts).toHaveLength(2);
      expect(texts[1]).toContain('The step Gather failed. GitHub could not be reached after several tries.');
      const said =
        /GitHub could not be reached, so the comment on the pull request is missing or outdated\. Selfheal tried 7 times since \d+ \w+ \d{4}, \d\d:\d\d UTC\./;
      expect(texts[0]).toMatch(said);
    },
  );

  it('limits the rate for a minute: the log is read a minute later, and the comment has no gap', async () => {
    healer.world.faults.inject('actions/download-workflow-run-attempt-logs', { kind: 'status', status: 403 });
    const run = healer.world.samples.failRun('regression');
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'suggested' });
    const [wait = 0, ...more] = waitsOf(run.runId);
    expect(wait).toBeGreaterThanOrEqual(60);
    expect(more).toEqual([]);
    expect(healer.comment(run.pullRequest)).toContain('AssertionError');
    expect(healer.comment(run.pullRequest)).not.toMatch(NOT_READ);
  });

  it('[A11] leaves the run itself alone: all it ever wrote are comments and re-runs', () => {
    expect([...written].sort()).toEqual([RERUN, ...COMMENTS].sort());
    const runs = healer.world.github.runs('acme/shop');
    expect(runs.flatMap(({ attempts }) => attempts).filter(({ status }) => status !== 'completed')).toEqual([]);
  });
});

/** Seconds that the incident's workflow waited before each of its retries, in its own time. */
function waitsOf(runId: number): number[] {
  const id = healer.incidentId(runId);
  return healer.events.flatMap((one) => {
    if (one.type !== 'workflow' || one.event.type !== 'TaskRetried' || !one.event.name.startsWith(id)) return [];
    return [((one.event.detail as { until: number }).until - one.event.at) / 1000 / TIME_SCALE];
  });
}

/** A run whose one failed job has the name that the archives use. */
function failedTestJob(archive: Buffer): { runId: number; pullRequest: number } {
  const { github } = healer.world;
  const pullRequest = github.addPullRequest('acme/shop').number;
  const jobs = [{ name: 'test', conclusion: 'failure' as const }];
  const { id } = github.addRun({
    repository: 'acme/shop',
    pullRequest,
    attempts: [{ conclusion: 'failure', jobs, archive }],
  });
  void github.announceRun(id);
  return { runId: id, pullRequest };
}
