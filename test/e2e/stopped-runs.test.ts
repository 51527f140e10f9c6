import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

const REPOSITORY = 'acme/shop';
const OVER_ITS_TIME =
  'The job running on runner GitHub Actions 7 has exceeded the maximum execution time of 6 minutes.';

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({ timeScale: 0.02 });
  healer.world.github.addRepository(REPOSITORY);
});
afterAll(() => healer?.stop());

type RunSpec = Parameters<Healer['world']['github']['addRun']>[0];

/** A run of a pull request that ends so, told by its webhook. */
async function ends(spec: Omit<RunSpec, 'repository'>) {
  const run = healer.world.github.addRun({ repository: REPOSITORY, ...spec });
  await healer.world.github.announceRun(run.id, 'completed');
  return run;
}
const aPullRequest = (options: object = {}) => healer.world.github.addPullRequest(REPOSITORY, options);
const cancelled = (...runnerSays: string[]): RunSpec['attempts'] => [
  { conclusion: 'cancelled', jobs: [{ name: 'build', conclusion: 'cancelled', runnerSays }], archive: null },
];
const flaky: RunSpec['attempts'] = [
  {
    conclusion: 'failure',
    jobs: [{ name: 'build', conclusion: 'failure', steps: [{ name: 'Install', conclusion: 'failure' }] }],
    archive: [{ name: '0_build.txt', content: '2026-11-23T10:00:00.0000000Z npm error code ECONNRESET\n' }],
  },
];
const commentsOn = (number: number) => healer.world.github.comments(REPOSITORY, number);

describe('a run that did not end by itself', () => {
  it('is told on its pull request when its job was over its time, which GitHub shows as cancelled', async () => {
    const pull = aPullRequest();
    const run = await ends({ pullRequest: pull.number, attempts: cancelled(OVER_ITS_TIME) });
    await healer.ended(run.id);
    expect(healer.comment(pull.number)).toContain('has exceeded the maximum execution time of 6 minutes');
    expectClean(healer);
  });

  it('stays silent when a person cancelled it', async () => {
    const pull = aPullRequest();
    const run = await ends({ pullRequest: pull.number, attempts: cancelled('The run was canceled by @octo-dev.') });
    await healer.quiet();
    expect(await healer.incidents.get(healer.incidentId(run.id))).toBeNull();
    expect(commentsOn(pull.number)).toEqual([]);
    expectClean(healer);
  });

  it('is told as an invalid workflow when it could not start', async () => {
    const pull = aPullRequest();
    const attempts: RunSpec['attempts'] = [{ conclusion: 'startup_failure', jobs: [], archive: null }];
    const run = await ends({ pullRequest: pull.number, attempts });
    await healer.ended(run.id);
    expect(healer.comment(pull.number)).toContain('GitHub started no job of this run');
    expectClean(healer);
  });
});

describe('a pull request', () => {
  it('of a fork is commented on, although GitHub does not name it', async () => {
    healer.world.github.addRepository('octo-dev/shop');
    const pull = aPullRequest({ fork: 'octo-dev/shop', branch: 'main', author: 'octo-dev' });
    await ends({ pullRequest: pull.number, attempts: flaky });
    await until('a comment', () => commentsOn(pull.number).length === 1);
    await healer.quiet();
    expectClean(healer);
  });

  it('that was merged meanwhile is neither run again nor commented on', async () => {
    const pull = aPullRequest();
    healer.world.github.closePullRequest(REPOSITORY, pull.number, true);
    const run = await ends({ pullRequest: pull.number, attempts: flaky });
    expect(await healer.ended(run.id)).toMatchObject({ status: 'suggested' });
    expect(commentsOn(pull.number)).toEqual([]);
    expect(healer.world.journal.count('github.run.rerun', `${REPOSITORY}/runs/${run.id}`)).toBe(0);
    expectClean(healer);
  });
});

describe('a composite alarm', () => {
  it('leads to the child that rings and pages nobody while its actions are suppressed', async () => {
    const child = healer.world.aws.fireAlarm('checkout', { okAfterMs: null });
    const suppressed = healer.world.aws.fireComposite('quiet-shop', ['checkout-errors', 'orders-5xx'], 'WaitPeriod');
    const composite = healer.world.aws.fireComposite('shop-down', ['checkout-errors', 'orders-5xx']);
    expect(await healer.ended(composite)).toMatchObject({ status: 'escalated' });
    const mail = healer.mailsAbout(composite)[0]?.text.replace(/\s+/g, ' ') ?? '';
    expect(mail).toContain('checkout-errors of the service checkout');
    expect(healer.runtime.mailbox.list().filter(({ text }) => text.includes('quiet-shop'))).toEqual([]);
    expect(suppressed.detail.alarmName).toBe('quiet-shop');
    await healer.ended(child);
    expectClean(healer);
  });
});
