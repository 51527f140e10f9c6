import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import { untrueIn } from './stories/rules.ts';
import { makeTeller } from './stories/telling.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { writeKillSwitch } from './support/kill-switch.ts';
import { until } from './support/until.ts';

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({ configuration: { policy: { maxActionsPerHour: 500, breakerFailures: 50 } } });
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

const RECOVERED = /Verified: it (recovered|passed)/;
const runTarget = (run: { repository: string; runId: number }) => `${run.repository}/runs/${run.runId}`;
const HEADINGS = [/^#### Root Cause Analysis$/m, /^#### Evidence$/m, /^#### .*\bfix\b/im, /^#### Prevention$/m];

describe('a failed run of a pull request', () => {
  it('[A1][A4][A9][A10][E51] of a regression gets one comment with cause, evidence lines, fix and prevention, and no re-run', async () => {
    const run = healer.world.samples.failRun('regression');
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'suggested', parentId: null });
    const comment = healer.comment(run.pullRequest);
    for (const heading of HEADINGS) expect(comment).toMatch(heading);
    expect(comment).toMatch(/adds up \d+ lines before it rounds/);
    // An evidence line with its number in the log.
    expect(comment).toMatch(/^\W*\w*\d+\b.*adds up \d+ lines/m);
    expect(comment).toContain('AssertionError');
    expect(comment).toContain('by the built-in rules');
    expect(healer.world.journal.count('github.run.rerun', runTarget(run))).toBe(0);
    expect(healer.mailsAbout(run.runId)).toEqual([]);
  });

  it('[B39] updates the same comment when a later run of the pull request fails', async () => {
    const first = healer.world.samples.failRun('compile');
    await healer.ended(first.runId);
    const before = healer.comment(first.pullRequest);
    const second = healer.world.samples.failRun('regression', { pullRequest: first.pullRequest });
    expect(healer.incidentId(second.runId)).not.toBe(healer.incidentId(first.runId));
    await healer.ended(second.runId);
    const after = healer.comment(first.pullRequest);
    expect(after).not.toBe(before);
    expect(before).toContain(healer.incidentId(first.runId));
    expect(after).toContain(healer.incidentId(second.runId));
    const issue = `acme/shop/issues/${first.pullRequest}`;
    expect(healer.world.journal.count('github.comment.created', issue)).toBe(1);
    expect(healer.world.journal.count('github.comment.updated', issue)).toBe(1);
  });

  it('that was transient is re-run once, and the comment says so and that it passed', async () => {
    // It ends when the test says so.
    const run = healer.world.samples.failRun('transient', { rerunMs: 600_000 });
    await until('the comment', () => healer.world.github.comments('acme/shop', run.pullRequest ?? 0).length > 0);
    expect(healer.comment(run.pullRequest)).not.toMatch(RECOVERED);
    await until('the re-run', () => healer.statesOf(run.runId).includes('VerifyWait'));
    healer.world.github.finishRerun(run.runId);
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'resolved', attempt: 1 });
    await healer.quiet();
    expect(healer.world.journal.count('github.run.rerun', runTarget(run))).toBe(1);
    const comment = healer.comment(run.pullRequest);
    expect(comment).toContain(`Re-ran the failed jobs of run ${run.runId} as attempt 2.`);
    expect(comment).toMatch(RECOVERED);
    expect(await healer.incidents.get(healer.incidentId(run.runId))).toMatchObject({ status: 'resolved' });
  });

  it('that fails again after its re-run ends as a proposal that says that the re-run did not help, with no second re-run', async () => {
    const run = healer.world.samples.failRun('transient', { rerun: 'failure', rerunMs: 100 });
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'suggested' });
    await healer.quiet();
    expect(healer.world.journal.count('github.run.rerun', runTarget(run))).toBe(1);
    const comment = healer.comment(run.pullRequest);
    expect(comment).toContain(`Re-ran the failed jobs of run ${run.runId} as attempt 2. It did not help`);
    expect(comment).not.toMatch(RECOVERED);
    expect(await healer.incidents.get(healer.incidentId(run.runId))).toMatchObject({ status: 'suggested', attempt: 1 });
  });
});

describe('a failed run of a push', () => {
  it('goes to the mail list, as there is no pull request to comment on', async () => {
    const run = healer.world.samples.failRun('regression', { pullRequest: null });
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'suggested' });
    const [mail, ...more] = healer.mailsAbout(run.runId);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ to: 'on-call@example.com', subject: expect.stringContaining('[Selfheal]') });
    expect(mail?.text).toContain(`Run ${run.runId}, attempt 1, of acme/shop`);
    expect(mail?.text).toContain('AssertionError');
  });
});

describe('an alarm', () => {
  it('[D24][D64] after a deployment rolls the Lambda alias back, is watched until it is OK, and is told as resolved', async () => {
    const alarm = healer.world.aws.fireAlarm('checkout', { okAfterMs: 120 });
    const incident = await healer.ended(alarm);
    expect(incident).toMatchObject({ status: 'resolved', classification: { class: 'runtime_exceptions' } });
    expect(healer.world.journal.entries({ kind: 'lambda.alias.updated' })).toMatchObject([
      { target: 'checkout-api:live', facts: { from: '42', to: '41' } },
    ]);
    expect(healer.world.aws.alarm('checkout-errors')?.state.value).toBe('OK');
    const [action] = await healer.incidents.listActions(incident.id);
    expect(action).toMatchObject({ state: 'done', verified: 'recovered' });
    const [mail, ...more] = healer.mailsAbout(alarm);
    expect(more).toEqual([]);
    expect(mail?.subject).toMatch(/resolved/i);
    expect(mail?.text).toContain('Pointed checkout-api:live from version 42 back to version 41.');
    expect(mail?.text).toMatch(RECOVERED);
  });

  it('after a deployment rolls the ECS service back to the task definition before', async () => {
    const alarm = healer.world.aws.fireAlarm('orders', { okAfterMs: 60 });
    expect(await healer.ended(alarm)).toMatchObject({ status: 'resolved' });
    const [effect, ...more] = healer.world.journal.entries({ kind: 'ecs.service.updated', target: 'shop/orders' });
    expect(more).toEqual([]);
    expect(JSON.stringify(effect?.facts)).toContain('7');
    expect(healer.world.aws.ecsService('shop', 'orders')?.deployments[0]?.revision).toBe(7);
    expect(healer.mailsAbout(alarm)).toHaveLength(1);
  });

  it('[D24][D91][D95] that no safe action fits is handed to a human by mail with the details, the analysis and the reason', async () => {
    const alarm = healer.world.aws.fireAlarm('ledger');
    expect(await healer.ended(alarm)).toMatchObject({ status: 'escalated', outcomeReason: 'No safe action fits.' });
    const [mail, ...more] = healer.mailsAbout(alarm);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ to: 'on-call@example.com', subject: expect.stringMatching(/human/i) });
    expect(mail?.text).toMatch(/no safe\s+action fits/i);
    expect(mail?.text).toContain('Alarm ledger-latency in us-east-1');
    expect(mail?.text).toMatch(/built-in rules/);
    expect(mail?.text).toContain('Statement took longer than 5000 ms');
  });

  it('of no listed service is escalated and never acted upon', async () => {
    const known = healer.world.aws.fireAlarm('ledger');
    await healer.ended(known);
    const effects = healer.world.journal.entries().length;
    const alarmArn = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:nobody-listed-this';
    const alarm = {
      ...known,
      id: 'an-unlisted-alarm',
      resources: [alarmArn],
      detail: { ...known.detail, alarmName: 'nobody-listed-this' },
    };
    await healer.runtime.putEvent(alarm);
    expect(await healer.ended(alarm)).toMatchObject({ status: 'escalated' });
    expect(healer.world.journal.entries()).toHaveLength(effects);
    expect(healer.mailsAbout(alarm)[0]?.text).toContain('No service of the catalogue lists this alarm.');
  });

  it('[D96] whose rollback does not help gets it undone and is handed to a human', async () => {
    const before = healer.world.journal.count('lambda.alias.updated');
    const alarm = healer.world.aws.fireAlarm('checkout', { okAfterMs: null });
    expect(await healer.ended(alarm)).toMatchObject({ status: 'escalated' });
    expect(healer.world.journal.entries({ kind: 'lambda.alias.updated' }).slice(before)).toMatchObject([
      { facts: { from: '42', to: '41' } },
      { facts: { from: '41', to: '42' } },
    ]);
    expect(healer.world.aws.lambda('checkout-api')?.aliases[0]?.version).toBe('42');
    const [mail, ...more] = healer.mailsAbout(alarm);
    expect(more).toEqual([]);
    expect(mail?.text).toContain('It did not help and was undone.');
    expect(healer.statesOf(alarm)).toContain('Undo');
  });

  it('that is OK again before a plan is made counts as recovered, and nothing is done', async () => {
    const before = healer.world.journal.entries().length;
    const alarm = healer.world.aws.fireAlarm('checkout');
    healer.world.aws.clearAlarm('checkout-errors');
    expect(await healer.ended(alarm)).toMatchObject({ status: 'resolved' });
    expect(healer.world.journal.entries()).toHaveLength(before);
    expect(healer.statesOf(alarm)).not.toContain('Guard');
    expect(healer.mailsAbout(alarm)[0]?.text).toMatch(/nothing was (done|changed)|by itself/);
  });
});

describe('the life of an incident', () => {
  it('[D14] goes from open over its outcome to open again when a later attempt of the run fails, with every step on record', async () => {
    const run = healer.world.samples.failRun('regression', { rerunMs: 40 });
    const first = await healer.ended(run.runId);
    expect(first).toMatchObject({ status: 'suggested', attempt: 1, runAttempt: 1 });
    healer.world.github.rerunByHand(run.runId);
    await until('the second attempt', async () => (await healer.incidents.get(first.id))?.attempt === 2);
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'suggested', attempt: 2, runAttempt: 2 });
    expect(healer.comment(run.pullRequest)).toMatch(/attempt 2/);
    const trail = (await healer.incidents.auditTrail(first.id)).map(({ event }) => event);
    for (const event of [
      'incident.opened',
      'plan.made',
      'incident.suggested',
      'incident.notified',
      'incident.reopened',
    ]) {
      expect(trail).toContain(event);
    }
  });

  it('[D25][D199][D264] teaches whether the action helped: each verified end counts for or against what is known of the failure', async () => {
    const known = async () => {
      const { classification, target } = (await healer.incidents.get(healer.incidentId(helped))) ?? {};
      const scope = target && knowledgeScopeOf(target);
      return await healer.knowledge.findByFingerprint(classification?.fingerprint ?? '', scope ?? '');
    };
    const helped = healer.world.aws.fireAlarm('orders', { okAfterMs: 60 });
    const { id, target } = await healer.ended(helped);
    const before = await known();
    expect(before).toMatchObject({ origin: 'incident', class: expect.any(String) });
    const again = await healer.ended(healer.world.aws.fireAlarm('orders', { okAfterMs: null }));
    expect(await known()).toMatchObject({
      successes: before?.successes,
      failures: (before?.failures ?? 0) + 1,
      confidence: expect.toSatisfy((confidence: number) => confidence < (before?.confidence ?? 0)),
    });
    const [pattern] = await healer.patterns.list(knowledgeScopeOf(target) ?? '');
    expect(pattern).toMatchObject({
      stage: 'observe',
      actionId: 'rollback-ecs-service',
      provenance: { source: 'verified' },
    });
    const judged = new Map(pattern?.outcomes.map(({ incident, helped }) => [incident, helped]));
    expect([judged.get(id), judged.get(again.id)]).toEqual([true, false]);
  });
});

describe('what holds it back', () => {
  it('[D65] the kill switch, written as the runbook says, lets nothing be acted upon until it is off', async () => {
    await writeKillSwitch(healer, 'on');
    const effects = healer.world.journal.count('github.run.rerun');
    const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
    expect(await healer.ended(run.runId)).toMatchObject({
      status: 'suggested',
      outcomeReason: expect.stringContaining('The kill switch is on: a drill'),
    });
    expect(healer.world.journal.count('github.run.rerun')).toBe(effects);
    expect(healer.comment(run.pullRequest)).toContain('The kill switch is on: a drill');

    await writeKillSwitch(healer, 'off');
    const again = healer.world.samples.failRun('transient', { rerunMs: 40 });
    expect(await healer.ended(again.runId)).toMatchObject({ status: 'resolved' });
  });

  it('the limit of actions on one target within an hour hands over with the reason', async () => {
    // At most as many as the hour still allows, or twice that when the clock hour ends meanwhile.
    for (let round = 0; round < 7; round += 1) {
      const before = healer.world.journal.count('lambda.alias.updated');
      const alarm = healer.world.aws.fireAlarm('checkout', { okAfterMs: 40 });
      const incident = await healer.ended(alarm);
      if (incident.status === 'resolved') continue;
      expect(incident.outcomeReason).toBe('lambda:checkout-api/live was changed 3 times within this hour.');
      expect(healer.world.journal.count('lambda.alias.updated')).toBe(before);
      expect(healer.mailsAbout(alarm)[0]?.text).toContain('was changed 3 times within this hour');
      return;
    }
    expect.unreachable('The limit never held.');
  });
});

describe('what people read of it', () => {
  it('is true by every rule of the stories, of what was healed and what was left to people', async () => {
    const password = 'Correct-Horse-8-Battery';
    await healer.runtime.createUser('ada', 'ada@example.com', password, ['admin']);
    const teller = makeTeller(healer, await signIn(healer, 'ada@example.com', password));
    const subjects = [
      healer.world.samples.failRun('transient', { rerunMs: 20 }).runId,
      healer.world.samples.failRun('compile').runId,
      healer.world.aws.fireAlarm('ledger'),
    ];
    const untrue: string[] = [];
    for (const subject of subjects) {
      const { id } = await healer.ended(subject);
      await healer.quiet();
      untrue.push(...untrueIn(await teller.tell(id, 'ended', id)));
    }
    expect(untrue).toEqual([]);
  });
});
