import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import { sampleConfiguration } from './support/assemblies.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

const PASSWORD = ['Correct', 'Horse', '8', 'Battery'].join('-');
/** By the account in Slack: who signs in, and what they may do. */
const PEOPLE = {
  U0LEAD: { name: 'lead', groups: ['approver', 'operator'] },
  U0VIEWER: { name: 'viewer', groups: ['viewer'] },
};

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({
    configuration: { policy: { ...sampleConfiguration().policy, approvalRequiredRisks: ['low', 'medium', 'high'] } },
  });
  for (const [id, { name, groups }] of Object.entries(PEOPLE)) {
    const email = `${name}@example.com`;
    await healer.runtime.createUser(name, email, PASSWORD, groups);
    const token = await signIn(healer, email, PASSWORD);
    await fetch(`${healer.runtime.endpoint}/api/incidents`, { headers: { authorization: `Bearer ${token}` } });
    healer.world.slack.addPerson({ id, name, email });
  }
});
afterAll(() => healer?.stop());

const slack = () => healer.world.slack;
const rootsOf = (incidentId: string) =>
  slack()
    .messages()
    .filter((one) => one.thread_ts === undefined && one.metadata.event_payload.incident === incidentId);
const repliesTo = (ts: string) =>
  slack()
    .messages()
    .filter((one) => one.thread_ts === ts);
interface Button {
  readonly action_id: string;
  readonly value: string;
  readonly confirm: { readonly text: { readonly text: string } };
}
const buttonsOf = (blocks: readonly object[]): Button[] =>
  blocks.flatMap((block) =>
    'type' in block && block.type === 'actions' ? (block as unknown as { elements: Button[] }).elements : [],
  );

/** What the person is told, after the app answered. */
async function told(act: Promise<number>): Promise<string> {
  const before = slack().whispers().length;
  expect(await act).toBe(200);
  await until('the answer', () => slack().whispers().length > before);
  return JSON.stringify(slack().whispers().at(-1)?.blocks);
}

/** A run that waits for a decision, with its thread. */
async function asked() {
  const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
  const incidentId = healer.incidentId(run.runId);
  await until('the buttons', () => buttonsOf(rootsOf(incidentId)[0]?.blocks ?? []).length > 0);
  const [root] = rootsOf(incidentId);
  if (root === undefined) throw new Error(`There is no thread of ${incidentId}.`);
  const press = (user: string, action: string) => {
    const button = buttonsOf(root.blocks).find(({ action_id }) => action_id === action);
    return slack().press(user, { action, value: button?.value ?? '', thread: root.ts });
  };
  const reruns = () => healer.world.journal.count('github.run.rerun', `${run.repository}/runs/${run.runId}`);
  return { run, incidentId, root, press, reruns };
}

describe('a failed run in Slack', () => {
  it('is a thread whose buttons ask once more, is approved by who may, healed, and edited in place', async () => {
    const { run, incidentId, root, press, reruns } = await asked();
    expect(buttonsOf(root.blocks).map(({ action_id }) => action_id)).toEqual(['selfheal-approve', 'selfheal-reject']);
    expect(buttonsOf(root.blocks)[0]?.confirm.text.text).toBe('Selfheal carries the plan out.');

    expect(await told(press('U0VIEWER', 'selfheal-approve'))).toContain('it needs the permission');
    expect(await told(press('U0GUEST', 'selfheal-approve'))).toContain(
      'Nobody with the address guest@example.com has signed in',
    );
    expect(reruns()).toBe(0);

    expect(await told(press('U0LEAD', 'selfheal-approve'))).toContain('Approved. Selfheal continues.');
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'resolved' });
    expect(reruns()).toBe(1);
    await healer.quiet();
    const [edited, ...others] = rootsOf(incidentId);
    expect(others).toEqual([]);
    expect(edited?.ts).toBe(root.ts);
    expect(edited?.edits).toBeGreaterThan(0);
    expect(buttonsOf(edited?.blocks ?? [])).toEqual([]);
    expect(edited?.text).not.toBe(root.text);
    expect(repliesTo(root.ts).length).toBeGreaterThan(0);
    const approval = (await healer.incidents.listApprovals(incidentId)).at(-1);
    expect(approval).toMatchObject({
      state: 'approved',
      decision: { channel: 'Slack U0LEAD', name: 'lead@example.com' },
    });
    expectClean(healer);
  });

  it('is answered before it is carried out, and carried out once Slack can say again who pressed', async () => {
    const { run, press } = await asked();
    const times = Number.POSITIVE_INFINITY;
    healer.world.faults.inject('slack-app:users.info', { kind: 'status', status: 503 }, { times });
    const before = slack().whispers().length;
    expect(await press('U0LEAD', 'selfheal-reject')).toBe(200);
    expect(slack().whispers()).toHaveLength(before);
    healer.world.faults.clear();
    await until('the answer', () => slack().whispers().length > before);
    await healer.ended(run.runId);
    expectClean(healer);
  });

  it('is not decided by a request that was sent before, is of another secret, or is of nobody', async () => {
    const { run, press, reruns } = await asked();
    expect(await told(press('U0VIEWER', 'selfheal-approve'))).toContain('Your roles do not allow it');
    const answers = slack().whispers().length;
    expect(await slack().repeat()).toBe(401);
    expect(await slack().repeat(['the', 'secret', 'of', 'before'].join('-'))).toBe(401);
    const url = `${healer.runtime.endpoint}/slack/interactions`;
    expect((await fetch(url, { method: 'POST', body: 'payload=%7B%7D' })).status).toBe(401);
    await healer.quiet(1).catch(() => undefined);
    expect(slack().whispers()).toHaveLength(answers);
    expect(reruns()).toBe(0);
    expect(await told(press('U0LEAD', 'selfheal-reject'))).toContain('Rejected. Selfheal changes nothing.');
    expect((await healer.ended(run.runId)).status).not.toBe('resolved');
    expect(reruns()).toBe(0);
    expectClean(healer);
  });

  it('answers who left, and begins anew after somebody deleted its message', async () => {
    const { run, incidentId, root, press } = await asked();
    expect(await told(press('U0AWAY', 'selfheal-approve'))).toContain('Only full members of this workspace');
    slack().remove(root.ts);
    expect(await told(press('U0LEAD', 'selfheal-reject'))).toContain('Rejected. Selfheal changes nothing.');
    expect((await healer.ended(run.runId)).status).not.toBe('resolved');
    await healer.quiet();
    const roots = rootsOf(incidentId);
    expect(roots).toHaveLength(1);
    expect(roots[0]?.ts).not.toBe(root.ts);
    expectClean(healer);
  });

  it('is told of by mail while the channel is archived, with what to do about it', async () => {
    slack().archive(true);
    healer.world.samples.fireAlarm('ledger');
    const untold = () =>
      healer.runtime.mailbox.list().find(({ text }) => text.includes('ledger') && text.includes('Could not be told'));
    await until('the mail', () => untold() !== undefined);
    await healer.quiet();
    slack().archive(false);
    expect(untold()?.text).toMatch(
      /- Slack app could not be told: .*is_archived\. .*set notifiers\.slack-app\.channel/,
    );
    expectClean(healer);
  });

  it('takes commands: outside of threads with an id, in its thread without one', async () => {
    const { run, incidentId, root, press } = await asked();
    expect(await told(slack().command('U0VIEWER', 'status'))).toMatch(/plans? waits? for a decision/);
    expect(await told(slack().command('U0VIEWER', `show ${incidentId}`))).toContain(incidentId);
    expect(await told(slack().mention('U0VIEWER', 'show', root.ts))).toContain(`Incident ${incidentId} is open`);
    expect(await told(slack().mention('U0VIEWER', 'acknowledge', root.ts))).toContain('it needs the permission');
    expect(await told(slack().mention('U0LEAD', 'acknowledge', root.ts))).toContain(
      'Acknowledged. Nobody else is called.',
    );
    expect(await told(slack().mention('U0LEAD', 'quiet', root.ts))).toContain('Nobody is called about it any more.');
    expect((await healer.incidents.get(incidentId))?.annotations).toMatchObject({
      acknowledged: { by: 'lead@example.com' },
      callsEnded: { by: 'lead@example.com' },
    });
    expect(await told(slack().command('U0LEAD', 'approve everything'))).toContain('This is no command.');
    await told(press('U0LEAD', 'selfheal-reject'));
    await healer.ended(run.runId);
    expectClean(healer);
  });
});
