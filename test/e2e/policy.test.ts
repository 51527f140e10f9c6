import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RuntimePolicy } from '#functions/api/routes/config.ts';
import { runCommand } from '#test/unit/cli/run-command.ts';
import { askedFor, endedWithApprovals } from './support/approving.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { trigger } from './support/steering.ts';

const TIME_SCALE = 0.05;
const PASSWORD = ['Correct', 'horse', 'battery', '1!'].join('-');

let healer: Healer;
let token: string;
beforeAll(async () => {
  healer = await openHealer({ timeScale: TIME_SCALE });
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin', 'approver']);
  const { json } = await call('/auth/login', { user: 'ada', password: PASSWORD });
  token = json.token;
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

/** Reads the path, or sends the body to it. */
async function call(path: string, body?: object, etag?: string) {
  const response = await fetch(`${healer.runtime.endpoint}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(etag === undefined ? {} : { 'if-match': etag }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = JSON.parse(await response.text());
  return { status: response.status, etag: response.headers.get('etag') ?? '', json };
}

const reruns = () => healer.world.journal.count('github.run.rerun');

/** Milliseconds before what an action did was looked at first; null if nothing was. */
function waitedFor(id: string): number | null {
  const at = (state: string): number | undefined =>
    healer.events
      .flatMap((one) => (one.type === 'workflow' && one.event.name.startsWith(`${id}-`) ? [one.event] : []))
      .find(({ type, state: entered }) => type === 'StateEntered' && entered === state)?.at;
  const [from, to] = [at('VerifyWait'), at('Verify')];
  return from === undefined || to === undefined ? null : to - from;
}

/** A failure that a re-run heals, and how it ended. */
async function failed() {
  const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
  const before = reruns();
  const { status } = await healer.ended(run.runId);
  return {
    status,
    rerun: reruns() - before,
    comment: healer.comment(run.pullRequest),
    waited: waitedFor(healer.incidentId(run.runId)),
  };
}

describe('the policy that people set at run time', () => {
  it('reminds by mail of a kill switch that has been on for a day, once a day', async () => {
    const reminders = () =>
      healer.runtime.mailbox.list().flatMap(({ subject }) => (subject.includes('kill switch') ? [subject] : []));
    const stopFor = async (hours: number) => {
      const since = new Date(Date.now() - hours * 60 * 60_000).toISOString();
      await healer.control.setControls({ killSwitch: true, reason: 'a migration', by: 'ada', since });
      for (const _round of [1, 2]) await trigger(healer, 'reconciler');
      await healer.quiet();
    };
    await stopFor(23);
    expect(reminders()).toEqual([]);
    await stopFor(49);
    expect(reminders()).toEqual(['[Selfheal] The kill switch has been on for 2 days: nothing is changed']);
    await healer.control.setControls({ killSwitch: false, reason: null });
  });

  it('stops what was done before once a mode is lowered, and lets it be done again after a reset', async () => {
    expect(await failed()).toMatchObject({ status: 'resolved', rerun: 1 });
    const { etag } = await call('/config');
    const change = { github: { repositories: { 'acme/shop': { mode: 'suggest' } } } };
    const changed = await call('/config', { change, reason: 'a release weekend' }, etag);
    expect([changed.status, changed.json.policy.revision]).toEqual([200, 1]);
    expect(await failed()).toMatchObject({ status: 'suggested', rerun: 0 });
    expect((await call('/api/config/reset', { reason: 'the release is out' }, etag)).status).toBe(412);
    const seen = await call('/api/config');
    expect((await call('/api/config/reset', { reason: 'the release is out' }, seen.etag)).status).toBe(200);
    expect(await failed()).toMatchObject({ status: 'resolved', rerun: 1 });
  });

  it('stops everything by the kill switch and goes on after it, with a trail of who and why', async () => {
    expect((await call('/api/config/stop', { reason: 'something is odd' })).status).toBe(200);
    const stopped = await failed();
    expect(stopped).toMatchObject({ status: 'suggested', rerun: 0 });
    expect(stopped.comment).toMatch(
      /The kill switch is on since .{10,40} by ada@.{0,2}example\.com: something is odd\./,
    );
    const seen = await call('/api/config');
    expect(RuntimePolicy.parse(seen.json).killSwitch).toEqual({
      killSwitch: true,
      reason: 'something is odd',
      by: 'ada@example.com',
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect((await call('/api/config/resume', { reason: 'it was nothing' }, seen.etag)).status).toBe(200);
    expect(await failed()).toMatchObject({ status: 'resolved', rerun: 1 });
    const { json } = await call('/api/config/history');
    const told = json.entries.map(({ what, reason, by }: Record<string, string>) => `${what}: ${reason} (${by})`);
    expect(told).toEqual([
      'resumed: it was nothing (ada@example.com)',
      'stopped: something is odd (ada@example.com)',
      'reset: the release is out (ada@example.com)',
      'changed: a release weekend (ada@example.com)',
    ]);
  });

  it('[D190] acts, waits and stops as the settings say that the older tool calls by these names', async () => {
    const environment = { SELFHEAL_URL: healer.runtime.endpoint, SELFHEAL_TOKEN: token };
    const configured = async (...args: string[]) => {
      const { code, stderr } = await runCommand(['config', ...args, '--reason', 'a trial'], '', undefined, environment);
      expect([code, stderr.includes('refused')], stderr).toEqual([0, false]);
    };
    const failedWith = async (...settings: string[]) => {
      await configured('reset', '--yes');
      await configured('set', ...settings);
      return await failed();
    };
    expect(await failedWith('enable_ai_automation=false')).toMatchObject({ status: 'suggested', rerun: 0 });
    await configured('reset', '--yes');
    await configured('set', 'automation_confidence_threshold=1');
    const unsure = healer.world.samples.failRun('transient', { rerunMs: 40 });
    const before = reruns();
    await askedFor(healer, unsure.runId);
    expect(reruns()).toBe(before);
    expect(await endedWithApprovals(healer, unsure.runId, token)).toMatchObject({ status: 'resolved' });
    const limited = await failedWith('max_actions_per_incident=0');
    expect(limited).toMatchObject({
      rerun: 0,
      comment: expect.stringContaining('0 actions were executed for this incident; more are not allowed'),
    });
    const patient = await failedWith('monitoring_interval=20', 'enable_risk_assessment=true');
    expect(patient).toMatchObject({ status: 'resolved', rerun: 1 });
    expect(patient.waited).toBeGreaterThanOrEqual(20 * TIME_SCALE * 1000 - 50);
  });

  it('[D154] mails once when a message is seen that somebody waits for, in failures like it and no others', async () => {
    const environment = { SELFHEAL_URL: healer.runtime.endpoint, SELFHEAL_TOKEN: token };
    const typed = async (...args: string[]) => (await runCommand(args, '', undefined, environment)).code;
    const told = () =>
      healer.runtime.mailbox
        .list()
        .flatMap(({ subject, text }) => (subject.includes('Alert: ') ? [subject + text] : []));
    const what = ['--pattern', 'attempt * failed with ECONNRESET', '--action', 'immediate_notification'];
    expect(await typed('config', 'reset', '--yes', '--reason', 'a trial')).toBe(0);
    expect(await typed('set-alert', ...what, '--confidence', '0.1')).toBe(0);
    await healer.ended(healer.world.samples.failRun('compile').runId);
    expect(told()).toEqual([]);
    expect(await failed()).toMatchObject({ status: 'resolved', rerun: 1 });
    expect(told()).toEqual([expect.stringContaining('attempt * failed with ECONNRESET')]);
    expect(await typed('set-alert', ...what, '--off')).toBe(0);
    expect(await failed()).toMatchObject({ status: 'resolved' });
    expect(told()).toHaveLength(1);
  });
});
