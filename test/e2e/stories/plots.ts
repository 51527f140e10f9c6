import { expect } from 'vitest';
import type { FailedRun, FailRunOptions } from '#apps/local/world/samples/samples.ts';
import type { FailureKind } from '#apps/local/world/samples/shop-jobs.ts';
import { answerOn, planOn } from '#lab/drills/approvals.ts';
import { askedFor } from '../support/approving.ts';
import { commentOn, signsUnder } from '../support/commenting.ts';
import type { Healer, Subject } from '../support/healer.ts';
import { writeKillSwitch } from '../support/kill-switch.ts';
import { trigger } from '../support/steering.ts';
import { until } from '../support/until.ts';
import type { Telling } from './telling.ts';

/** A deployment at play: `acting` acts by itself, `asking` asks a person before every action. */
type Deployment = 'acting' | 'asking';

export interface Play {
  readonly healer: Healer;
  /** ID tokens of people: an administrator and two approvers. */
  readonly people: Readonly<Record<'ada' | 'grace' | 'linus', string>>;
  /** Lets everything that tells of the incident be read now. */
  tell(moment: Telling['moment'], subject: Subject): Promise<void>;
}

/** A failure with its history. */
export interface Plot {
  readonly title: string;
  readonly deployment: Deployment;
  play(play: Play): Promise<void>;
}

const FORK = 'octo-dev/shop';
type Source = 'pull request' | 'push' | 'fork';

/** A failed run with its incident. */
interface Failure extends FailedRun {
  readonly id: string;
}

/** Lets a run fail whose commit came this way, and waits until it has an incident. */
async function fails(play: Play, kind: FailureKind, source: Source, options: FailRunOptions = {}): Promise<Failure> {
  const { healer } = play;
  const run = started(healer, kind, source, { rerunMs: 40, ...options });
  // Of a fork only the workflow knows the pull request, and so the incident's id.
  const looked = new Set<string>();
  let found: string | null = null;
  await until(`the incident of run ${run.runId}`, async () => {
    for (const { name } of healer.runtime.executions()) {
      const id = name.replace(/-\d+$/, '');
      if (looked.has(id)) continue;
      const incident = await healer.incidents.get(id);
      if (incident === null) continue;
      looked.add(id);
      if (incident.target.kind === 'run' && incident.target.runId === run.runId) found = id;
    }
    return found !== null;
  });
  return { ...run, id: found ?? '' };
}

function started({ world }: Healer, kind: FailureKind, source: Source, options: FailRunOptions): FailedRun {
  const { github, samples } = world;
  if (source === 'pull request') return samples.failRun(kind, options);
  if (source === 'push') return samples.failRun(kind, { ...options, pullRequest: null });
  github.addRepository('acme/shop');
  github.addRepository(FORK);
  const branch = `patch-${github.pullRequests('acme/shop').length}`;
  const { number } = github.addPullRequest('acme/shop', { fork: FORK, branch, author: 'octo-dev' });
  return samples.failRun(kind, { ...options, pullRequest: number, branch });
}

/** Plays a run to its end and lets it be told. */
async function runEnds(play: Play, kind: FailureKind, source: Source, options: FailRunOptions = {}): Promise<Failure> {
  const run = await fails(play, kind, source, options);
  await endTold(play, run.id);
  return run;
}

async function alarmEnds(play: Play, ...[service, options]: Parameters<Healer['world']['aws']['fireAlarm']>) {
  const alarm = play.healer.world.aws.fireAlarm(service, { okAfterMs: 60, ...options });
  await until('its workflow', () =>
    play.healer.runtime.executions().some(({ name }) => name.startsWith(play.healer.incidentId(alarm))),
  );
  await endTold(play, alarm);
  return alarm;
}

const KINDS = ['transient', 'regression', 'compile', 'unknown'] as const;
const SOURCES = ['pull request', 'push', 'fork'] as const;

const acting = (title: string, play: Plot['play']): Plot => ({ title, deployment: 'acting', play });
const asking = (title: string, play: Plot['play']): Plot => ({ title, deployment: 'asking', play });

const FIRST_AND_AGAIN: readonly Plot[] = SOURCES.flatMap((source) =>
  KINDS.map((kind) =>
    acting(`${kind} failure of a ${source}, then the same again`, async (play) => {
      await runEnds(play, kind, source);
      await runEnds(play, kind, source);
    }),
  ),
);

const FAILED_RERUNS: readonly Plot[] = SOURCES.map((source) =>
  acting(`re-run of a ${source} that fails again, then the same failure of another commit`, async (play) => {
    await runEnds(play, 'transient', source, { rerun: 'failure' });
    await runEnds(play, 'transient', source, { rerun: 'failure' });
  }),
);

const RUNS: readonly Plot[] = [
  acting('expired logs', (play) => runEnds(play, 'transient', 'pull request', { archive: null }).then(() => undefined)),
  ...[true, false].map((merged) =>
    acting(`pull request that was ${merged ? 'merged' : 'closed'} before its run failed`, async (play) => {
      const { github } = play.healer.world;
      github.addRepository('acme/shop');
      const { number } = github.addPullRequest('acme/shop');
      github.closePullRequest('acme/shop', number, merged);
      await runEnds(play, 'transient', 'pull request', { pullRequest: number });
    }),
  ),
  acting('fork that was deleted before its run failed', async (play) => {
    const { github } = play.healer.world;
    github.addRepository('acme/shop');
    github.addRepository('octo-gone/shop');
    const { number } = github.addPullRequest('acme/shop', {
      fork: 'octo-gone/shop',
      branch: 'gone',
      author: 'octo-gone',
    });
    github.deleteRepository('octo-gone/shop');
    await runEnds(play, 'transient', 'pull request', { pullRequest: number, branch: 'gone' });
  }),
  acting('kill switch that is on while a run fails, and after', async (play) => {
    await writeKillSwitch(play.healer, 'on');
    const run = await runEnds(play, 'transient', 'pull request');
    await writeKillSwitch(play.healer, 'off');
    await play.tell('ended', run.id);
  }),
  acting('later attempt, started by a person, that fails again', async (play) => {
    const run = await runEnds(play, 'regression', 'pull request');
    play.healer.world.github.rerunByHand(run.runId);
    await until(
      'its next attempt',
      () => play.healer.world.github.run(run.runId)?.attempts[1]?.conclusion === 'failure',
    );
    await play.healer.quiet();
    await play.healer.ended(run.id);
    await play.tell('ended', run.id);
  }),
  acting('two failures of one pull request, of two kinds', async (play) => {
    const first = await runEnds(play, 'compile', 'pull request');
    await runEnds(play, 'regression', 'pull request', { pullRequest: first.pullRequest });
  }),
];

const ALARMS: readonly Plot[] = [
  acting('alarm after a deployment, healed; the same fault deployed again', async (play) => {
    await alarmEnds(play, 'checkout');
    await alarmEnds(play, 'checkout', { deployedMinutesAgo: 3 });
  }),
  acting('alarm whose rollback does not help, and again', async (play) => {
    await alarmEnds(play, 'orders', { okAfterMs: null });
    await alarmEnds(play, 'orders', { okAfterMs: null });
  }),
  acting('alarm without a remedy, and again', async (play) => {
    await alarmEnds(play, 'ledger');
    await alarmEnds(play, 'ledger');
  }),
  ...(['catalog', 'invoices', 'search', 'accounts', 'ratings'] as const).map((service) =>
    acting(`alarm of ${service} with a remedy of its owner`, (play) => alarmEnds(play, service).then(() => undefined)),
  ),
  acting('alarm that a remedy does not help', (play) =>
    alarmEnds(play, 'search', { okAfterMs: null }).then(() => undefined),
  ),
  acting('kill switch that is on while an alarm rings', async (play) => {
    await writeKillSwitch(play.healer, 'on');
    await alarmEnds(play, 'checkout');
    await writeKillSwitch(play.healer, 'off');
  }),
  acting('alarm of another account with the name of an own one', async (play) => {
    const event = foreign(play, { account: '999999999999' });
    await play.healer.runtime.putEvent(event);
    await play.healer.ended(event);
    await play.tell('ended', event);
  }),
  acting('alarm of another region with the name of an own one', async (play) => {
    const event = foreign(play, { region: 'eu-west-1' });
    await play.healer.runtime.putEvent(event);
    await play.healer.ended(event);
    await play.tell('ended', event);
  }),
  acting('composite alarm over a child that rings', async (play) => {
    const child = play.healer.world.aws.fireAlarm('catalog', { okAfterMs: null });
    const composite = play.healer.world.aws.fireComposite('shop-down', ['catalog-memory', 'orders-5xx']);
    await until('both workflows', () =>
      [child, composite].every((one) =>
        play.healer.runtime.executions().some(({ name }) => name.startsWith(play.healer.incidentId(one))),
      ),
    );
    await endTold(play, child);
    await endTold(play, composite);
  }),
];

/** The event of an own alarm, as it would come from elsewhere. */
function foreign({ healer }: Play, place: { account?: string; region?: string }) {
  const timestamp = new Date().toISOString().replace('Z', '+0000');
  const { account = '123456789012', region = 'us-east-1' } = place;
  return {
    version: '0',
    id: `00000000-0000-4000-8000-${String(healer.runtime.executions().length).padStart(12, '0')}`,
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account,
    region,
    time: new Date().toISOString(),
    resources: [`arn:aws:cloudwatch:${region}:${account}:alarm:checkout-errors`],
    detail: {
      alarmName: 'checkout-errors',
      state: { value: 'ALARM', reason: 'Threshold Crossed.', timestamp },
      previousState: { value: 'OK', reason: 'Fine.', timestamp },
      configuration: { description: 'Of somebody else.', metrics: [] },
    },
  };
}

/** The digest that the mail tells to repeat in a comment. */
async function digestAsked(healer: Healer, subject: Subject): Promise<string> {
  const found = () =>
    healer.mailsAbout(subject).flatMap(({ text }) => /\/selfheal approve ([0-9a-f]+)/.exec(text)?.[1] ?? [])[0];
  await until('the request for an approval', () => found() !== undefined);
  return found() ?? '';
}

/** Lets a run fail and waits until it is asked for. */
async function askedRun(play: Play, source: Source = 'pull request', options: FailRunOptions = {}): Promise<Failure> {
  const run = await fails(play, 'transient', source, options);
  await askedFor(play.healer, run.id);
  await until('a pending approval', async () =>
    (await play.healer.incidents.listApprovals(run.id)).some(({ state }) => state === 'pending'),
  );
  await play.tell('asking', run.id);
  return run;
}

/** Gives the answer to a decision; the person has opened the page before. */
async function saysOnPage(play: Play, subject: Subject, decision: string, token: string): ReturnType<typeof answerOn> {
  const page = await askedFor(play.healer, subject);
  await planOn(page, token);
  return await answerOn(page, decision, token);
}

/** Asks the API as a person, with a body where something is changed. */
async function ask(play: Play, method: string, path: string, token: string, body?: object, headers: object = {}) {
  const response = await fetch(`${play.healer.runtime.endpoint}/api${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, etag: response.headers.get('etag') ?? '', json };
}

const waits = async ({ healer }: Play, id: string): Promise<boolean> =>
  (await healer.incidents.listApprovals(id)).some(({ state }) => state === 'pending');

/** `account`: the login of the same account before it was renamed. */
async function saysInComment(play: Play, run: Failure, by: string, word: string, account = by): Promise<void> {
  const incident = await play.healer.incidents.get(run.id);
  if (incident === null) throw new Error('There is no incident.');
  const digest = await digestAsked(play.healer, run.id);
  const id = await commentOn(play.healer, incident, by, `/selfheal ${word} ${digest}`, { account });
  await until('the sign', () => signsUnder(play.healer, id).length > 0);
}

/** Plays on until it has ended: whatever is asked meanwhile is told, and somebody approves it. */
async function endTold(play: Play, subject: Subject): Promise<void> {
  const { healer, people } = play;
  const id = healer.incidentId(subject);
  const isRunning = () =>
    healer.runtime.executions().some(({ name, status }) => name.startsWith(`${id}-`) && status === 'RUNNING');
  const pending = async () => (await healer.incidents.listApprovals(id)).find(({ state }) => state === 'pending');
  const told = new Set<string>();
  await until(`the end of ${id}`, async () => {
    const asked = await pending();
    if (asked !== undefined && !told.has(asked.digest)) {
      told.add(asked.digest);
      await play.tell('asking', id);
      await saysOnPage(play, id, 'approved', people.grace);
    }
    return !isRunning();
  });
  await healer.ended(id);
  await healer.quiet();
  await play.tell('ended', id);
}

async function askedAlarm(play: Play, ...[service, options]: Parameters<Healer['world']['aws']['fireAlarm']>) {
  const alarm = play.healer.world.aws.fireAlarm(service, { okAfterMs: 60, ...options });
  await askedFor(play.healer, alarm);
  await until('a pending approval', async () =>
    (await play.healer.incidents.listApprovals(play.healer.incidentId(alarm))).some(({ state }) => state === 'pending'),
  );
  await play.tell('asking', alarm);
  return alarm;
}

const ANSWERS: readonly Plot[] = [
  ...SOURCES.map((source) =>
    asking(`re-run of a ${source} that a person approves on the page`, async (play) => {
      const run = await askedRun(play, source);
      await saysOnPage(play, run.id, 'approved', play.people.grace);
      await endTold(play, run.id);
    }),
  ),
  asking('re-run that a person approves, and that fails', async (play) => {
    const run = await askedRun(play, 'pull request', { rerun: 'failure' });
    await saysOnPage(play, run.id, 'approved', play.people.grace);
    await endTold(play, run.id);
  }),
  asking('re-run that a person approves by a comment after a stranger tried', async (play) => {
    const run = await askedRun(play);
    await saysInComment(play, run, 'stranger', 'approve');
    await saysInComment(play, run, 'acme-lead', 'approve');
    await endTold(play, run.id);
  }),
  asking('re-run that a person rejects by a comment', async (play) => {
    const run = await askedRun(play);
    await saysInComment(play, run, 'acme-lead', 'reject');
    await endTold(play, run.id);
  }),
  asking('re-run that a person rejects, and the next failure of the same pull request, approved', async (play) => {
    const run = await askedRun(play);
    await saysOnPage(play, run.id, 'rejected', play.people.grace);
    await endTold(play, run.id);
    // A pull request gets two mails a day, so its comment alone asks this time.
    const next = await fails(play, 'transient', 'pull request', { pullRequest: run.pullRequest });
    const asked = async () =>
      (await play.healer.incidents.listApprovals(next.id)).find(({ state }) => state === 'pending');
    await until('a pending approval', async () => (await asked()) !== undefined);
    await play.tell('asking', next.id);
    const incident = await play.healer.incidents.get(next.id);
    const { digest = '' } = (await asked()) ?? {};
    if (incident !== null)
      await commentOn(play.healer, incident, 'acme-lead', `/selfheal approve ${digest.slice(0, 12)}`);
    await until('the decision', async () => (await asked()) === undefined);
    await endTold(play, next.id);
  }),
  ...[true, false].map((merged) =>
    asking(`pull request that is ${merged ? 'merged' : 'closed'} while its plan waits`, async (play) => {
      const run = await askedRun(play);
      play.healer.world.github.closePullRequest('acme/shop', run.pullRequest ?? 0, merged);
      await saysOnPage(play, run.id, 'approved', play.people.grace);
      await endTold(play, run.id);
    }),
  ),
  asking('fork that is deleted while its plan waits', async (play) => {
    const run = await askedRun(play, 'fork');
    play.healer.world.github.deleteRepository(FORK);
    await saysOnPage(play, run.id, 'approved', play.people.grace);
    await endTold(play, run.id);
  }),
  asking('kill switch that somebody turns on while a plan waits', async (play) => {
    const run = await askedRun(play);
    await writeKillSwitch(play.healer, 'on');
    await saysOnPage(play, run.id, 'approved', play.people.grace);
    await endTold(play, run.id);
    await writeKillSwitch(play.healer, 'off');
  }),
  asking('run that a person repeats by hand while its plan waits', async (play) => {
    const run = await askedRun(play);
    play.healer.world.github.rerunByHand(run.runId);
    await until(
      'its next attempt',
      () => play.healer.world.github.run(run.runId)?.attempts[1]?.conclusion === 'success',
    );
    await saysOnPage(play, run.id, 'approved', play.people.grace);
    await endTold(play, run.id);
  }),
  asking('plan that two people decide about in two browsers', async (play) => {
    const alarm = await askedAlarm(play, 'orders');
    const [first, second] = [play.people.grace, play.people.linus];
    expect(await saysOnPage(play, alarm, 'approved', first)).toMatchObject({ status: 200 });
    const late = await saysOnPage(play, alarm, 'rejected', second);
    expect(late).toMatchObject({
      status: 409,
      message: 'grace@example.com approved it before; your answer changes nothing.',
    });
    await endTold(play, alarm);
  }),
  asking('incident that is edited in two browsers', async (play) => {
    const alarm = await askedAlarm(play, 'orders');
    const path = `/incidents/${play.healer.incidentId(alarm)}`;
    const { ada, grace } = play.people;
    const { etag } = await ask(play, 'GET', path, ada);
    const edit = (token: string, notes: string) => ask(play, 'PATCH', path, token, { notes }, { 'if-match': etag });
    expect(await edit(ada, 'I look at the database.')).toMatchObject({ status: 200 });
    expect(await edit(ada, 'I do.')).toMatchObject({ status: 412 });
    expect((await play.healer.incidents.get(play.healer.incidentId(alarm)))?.annotations?.notes).toContain('database');
    await saysOnPage(play, alarm, 'approved', grace);
    await endTold(play, alarm);
  }),
  asking('author of a pull request who is renamed on GitHub before approving', async (play) => {
    const run = await askedRun(play);
    const incident = await play.healer.incidents.get(run.id);
    const author = incident?.target.kind === 'run' ? incident.target.actor : null;
    await saysInComment(play, run, 'acme-renamed', 'approve', author ?? '');
    expect(await waits(play, run.id)).toBe(true);
    await play.tell('asking', run.id);
    await saysInComment(play, run, 'acme-lead', 'approve');
    await endTold(play, run.id);
  }),
  asking('API key that asks for an action and is revoked before its owner approves it', async (play) => {
    const { ada, linus } = play.people;
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { json } = await ask(play, 'POST', '/keys', ada, { name: 'night shift', roles: ['operator'], expiresAt });
    const { text, key } = json as { text: string; key: { id: string } };
    const order = { action: 'scale-ecs-service', service: 'catalog', to: 3, reason: 'sale at noon' };
    const ordered = await ask(play, 'POST', '/actions/execute', text, order);
    expect(ordered.status).toBe(202);
    const id = String(ordered.json.id);
    expect(await ask(play, 'DELETE', `/keys/${key.id}`, ada)).toMatchObject({ status: 200 });
    await until('a pending approval', () => waits(play, id));
    await play.tell('asking', id);
    const [approval] = await play.healer.incidents.listApprovals(id);
    const answer = (token: string) =>
      ask(play, 'POST', `/approvals/${id}/${approval?.digest}`, token, { decision: 'approved' });
    expect(await answer(ada)).toMatchObject({ status: 403, json: { detail: expect.stringContaining('You asked') } });
    expect(await answer(linus)).toMatchObject({ status: 200 });
    await play.healer.ended(id);
    await play.healer.quiet();
    await play.tell('ended', id);
  }),
  asking('rollback that a person rejects, and the same alarm again, approved', async (play) => {
    const alarm = await askedAlarm(play, 'checkout', { okAfterMs: null });
    await saysOnPage(play, alarm, 'rejected', play.people.grace);
    await endTold(play, alarm);
    play.healer.world.aws.clearAlarm('checkout-errors');
    await play.healer.quiet();
    const again = await askedAlarm(play, 'checkout');
    await saysOnPage(play, again, 'approved', play.people.linus);
    await endTold(play, again);
  }),
  asking('rollback that a person approves and that does not help', async (play) => {
    const alarm = await askedAlarm(play, 'checkout', { okAfterMs: null });
    await saysOnPage(play, alarm, 'approved', play.people.grace);
    await endTold(play, alarm);
  }),
  asking('alias that somebody moves by hand while its rollback waits', async (play) => {
    const alarm = await askedAlarm(play, 'checkout', { okAfterMs: null });
    play.healer.world.aws.moveAliasByHand('checkout-api', 'live', '40');
    await saysOnPage(play, alarm, 'approved', play.people.grace);
    await endTold(play, alarm);
  }),
  asking('request that is reminded of and answered after that', async (play) => {
    const alarm = await askedAlarm(play, 'orders');
    await trigger(play.healer, 'reconciler');
    await play.tell('asking', alarm);
    await saysOnPage(play, alarm, 'approved', play.people.grace);
    await endTold(play, alarm);
  }),
];

export const PLOTS: readonly Plot[] = [...FIRST_AND_AGAIN, ...FAILED_RERUNS, ...RUNS, ...ALARMS, ...ANSWERS];
