import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListMessageMoveTasksCommand, SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import type { Fault } from '@selfheal/fake-server/faults.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import type { FailedRun } from '#apps/local/world/samples/samples.ts';
import { expectClean, type Healer, openHealer } from '#test/e2e/support/healer.ts';
import { post } from '#test/e2e/support/steering.ts';
import { until } from '#test/e2e/support/until.ts';

const TIME_SCALE = 0.01;
const TEN_MINUTES_MS = 600_000 * TIME_SCALE;
/** Everything that Selfheal asks GitHub for. */
const EVERYTHING = ['actions/*', 'issues/*', 'repos/*', 'users/*', 'logs/*', 'pulls/*', 'git/*', 'search/*'];
const ALWAYS = { times: Number.POSITIVE_INFINITY };

const OUTAGES: readonly (readonly [name: string, fault: Fault])[] = [
  ['500', { kind: 'status', status: 500 }],
  ['429 without Retry-After', { kind: 'status', status: 429 }],
  ['429 with Retry-After', { kind: 'status', status: 429, retryAfterSeconds: 120 }],
  ['a broken connection', { kind: 'reset', when: 'before' }],
];
/** What became of it, or what could not be done. */
const TOLD = /Verified: it (recovered|passed)|could not be read|The step \w+ failed/;
/** A read that is answered after the client's patience of ten seconds: for whoever waits there is no answer. */
const SILENCE: Fault = { kind: 'slow', ms: 11_000 };

const repositoryOf = (name: string) => `acme/${name.toLowerCase().replaceAll(/\W+/g, '-')}`;
const NAMES = ['silence', 'dead letters', ...OUTAGES.flatMap(([name]) => [name, `later ${name}`, `gone ${name}`])];

let healer: Healer;
let sqs: SQSClient;
beforeAll(async () => {
  healer = await openHealer({
    timeScale: TIME_SCALE,
    maxWorkersPerFunction: 2,
    configuration: {
      // A repository of its own for each outage: intake keeps for minutes whose a repository is.
      github: { repositories: NAMES.map((name) => ({ name: repositoryOf(name), mode: 'act' as const })) },
      policy: { maxActionsPerHour: 500, breakerFailures: 50, stormIncidentsPerMinute: 500 },
    },
  });
  const credentials = { accessKeyId: healer.adminKey, secretAccessKey: 'local' };
  sqs = new SQSClient({ endpoint: healer.runtime.endpoint, region: 'us-east-1', credentials });
});
afterEach(() => {
  healer.world.faults.clear();
  expectClean(healer);
});
afterAll(async () => {
  sqs?.destroy();
  await healer?.stop();
});

function gitHubAnswers(fault: Fault, strikes: () => boolean = () => true): void {
  for (const operations of EVERYTHING) healer.world.faults.inject(operations, fault, { ...ALWAYS, strikes });
}

/** A failed run that GitHub tells of twice, and once more under a new id. */
async function deliver(name: string, beforehand: (run: FailedRun) => void = () => undefined): Promise<FailedRun> {
  const run = healer.world.samples.failRun('transient', {
    repository: repositoryOf(name),
    deliver: 'none',
    rerunMs: 20,
  });
  beforehand(run);
  const payload = JSON.stringify(healer.world.github.runPayload(run.runId));
  const deliveryId = randomUUID();
  for (const id of [deliveryId, deliveryId, randomUUID()]) {
    const answer = await post(healer, payload, { headers: { 'x-github-delivery': id } });
    expect(answer.status).toBe(202);
  }
  return run;
}

/** Healed by one re-run, in one execution, and told in one comment that says what happened. */
async function expectHealedOnce({ runId, repository, pullRequest }: FailedRun): Promise<void> {
  const incident = await healer.ended(runId);
  expect(incident).toMatchObject({ status: 'resolved', attempt: 1 });
  const { world, runtime } = healer;
  expect(world.journal.count('github.run.rerun', `${repository}/runs/${runId}`)).toBe(1);
  expect(runtime.executions().filter(({ name }) => name.startsWith(`${incident.id}-`))).toHaveLength(1);
  const comment = healer.comment(pullRequest, repository);
  expect(comment).toContain('Re-ran the failed jobs');
  expect(comment).toMatch(/Verified: it (recovered|passed)/);
}

describe('GitHub is gone for ten minutes when a delivery arrives', () => {
  it.each([...OUTAGES, ['silence', SILENCE] as const])(
    '%s: the deliveries wait, and their incident is handled once afterwards',
    async (name, fault) => {
      gitHubAnswers(fault);
      const run = await deliver(name);
      await sleep(TEN_MINUTES_MS);
      expect(await healer.incidents.get(healer.incidentId(run.runId))).toBeNull();
      expect(healer.runtime.deadLetters()).toEqual([]);
      expect(healer.runtime.waitingMessages()).toBe(3);
      healer.world.faults.clear();
      await expectHealedOnce(run);
      await healer.quiet();
      expect(healer.runtime.waitingMessages()).toBe(0);
    },
  );
});

/** Ended in one execution, changed at most once, told in one comment or by mail. Gives the words that told it. */
async function expectToldOnce({ runId, repository, pullRequest }: FailedRun): Promise<string> {
  const { world, runtime } = healer;
  const incident = await healer.ended(runId);
  expect(['resolved', 'suggested', 'escalated']).toContain(incident.status);
  expect(runtime.executions().filter(({ name }) => name.startsWith(`${incident.id}-`))).toHaveLength(1);
  expect(world.journal.count('github.run.rerun', `${repository}/runs/${runId}`)).toBeLessThanOrEqual(1);
  const comments = world.github.comments(repository, pullRequest ?? 0).map(({ body }) => body);
  expect(comments.length).toBeLessThanOrEqual(1);
  const mails = healer.mailsAbout(runId).map(({ text }) => text);
  expect(comments.length + mails.length).toBeGreaterThan(0);
  return [...comments, ...mails].join('\n');
}

describe('GitHub goes away while an incident is healed', () => {
  /** GitHub is gone from the first request of the step Gather on. */
  const goneWhileHealing = async (name: string, fault: Fault): Promise<FailedRun> => {
    const isHealing = (run: FailedRun) => healer.statesOf(run.runId).includes('Gather');
    const run = await deliver(name, (failed) => gitHubAnswers(fault, () => isHealing(failed)));
    await until('the workflow', () => isHealing(run));
    return run;
  };

  it.each(OUTAGES)(
    '%s for ten minutes: the incident ends, changed at most once, and is told to whom can be reached',
    async (name, fault) => {
      const run = await goneWhileHealing(`later ${name}`, fault);
      await sleep(TEN_MINUTES_MS);
      healer.world.faults.clear();
      expect(await expectToldOnce(run)).toMatch(TOLD);
    },
  );

  it.each(OUTAGES.slice(0, 2))(
    '%s for as long as it is worked on: nothing is changed, and a mail tells the people on call what failed',
    async (name, fault) => {
      const run = await goneWhileHealing(`gone ${name}`, fault);
      const incident = await healer.ended(run.runId);
      expect(incident.status).toBe('escalated');
      expect(healer.world.journal.count('github.run.rerun', `${run.repository}/runs/${run.runId}`)).toBe(0);
      const mails = healer.mailsAbout(run.runId);
      expect(mails.map(({ text }) => text).join('\n')).toContain('The step Gather failed.');
      expect(mails.every(({ to }) => [to].flat().join() === 'on-call@example.com')).toBe(true);
      healer.world.faults.clear();
      await expectToldOnce(run);
    },
  );
});

describe('GitHub is gone for longer than the queue repeats', () => {
  const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

  it('keeps the deliveries as dead letters, and the command of the runbook brings them back', async () => {
    gitHubAnswers({ kind: 'status', status: 503 });
    const run = await deliver('dead letters');
    await until('dead letters', () => healer.runtime.deadLetters().length === 3, 120);
    expect(await healer.incidents.get(healer.incidentId(run.runId))).toBeNull();
    expect(healer.runtime.waitingMessages()).toBe(0);
    healer.world.faults.clear();
    const output = /start-message-move-task --source-arn <(IntakeDeadLettersArn)>\n/.exec(runbook)?.[1] ?? '';
    const SourceArn = outputOf(healer.runtime, output);
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
    expect(Results).toMatchObject([{ ApproximateNumberOfMessagesMoved: 3 }]);
    expect(healer.runtime.deadLetters()).toEqual([]);
    await expectHealedOnce(run);
    await healer.quiet();
  });
});
