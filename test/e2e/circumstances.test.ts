import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { planOn, signIn } from '#lab/drills/approvals.ts';
import { approve, askedFor } from './support/approving.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
/** Three days from now: closed however long the tests take. */
const day = DAYS[(new Date().getUTCDay() + 3) % 7] ?? 'sun';

let healer: Healer;
let approver: string;
beforeAll(async () => {
  healer = await openHealer({
    configuration: { policy: { circumstances: { changeWindows: [{ days: [day], from: '10:00', to: '11:00' }] } } },
  });
  await healer.runtime.createUser('approver', 'approver@example.com', PASSWORD, ['approver']);
  approver = await signIn(healer, 'approver@example.com', PASSWORD);
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

describe('beside its change windows', () => {
  it('a service is changed once a person agrees who was told that it is outside of them', async () => {
    const alarm = healer.world.aws.fireAlarm('checkout', { okAfterMs: 60 });
    const page = await askedFor(healer, alarm);
    const why = `outside the change windows of checkout (${day} 10:00 to 11:00; UTC)`;
    expect(healer.mailsAbout(alarm)[0]?.text).toContain(why);
    expect(healer.world.journal.count('lambda.alias.updated')).toBe(0);
    expect(JSON.stringify(await planOn(page, approver))).toContain(why);
    await approve(healer, alarm, approver);
    const incident = await healer.ended(alarm);
    expect(incident).toMatchObject({ status: 'resolved' });
    expect(healer.world.journal.count('lambda.alias.updated')).toBe(1);
    const [plan] = await healer.incidents.listPlans(incident.id);
    expect(plan?.circumstances).toMatchObject({
      load: 'unknown',
      recentDeployments: 1,
      incidentsInDay: 0,
    });
  });

  it('a run is repeated as ever', async () => {
    const run = healer.world.samples.failRun('transient');
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'resolved' });
    expect(healer.world.journal.count('github.run.rerun')).toBe(1);
  });
});
