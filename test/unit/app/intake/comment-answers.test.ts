import { Refused } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { decideApproval } from '#shared/app/approve/approval.ts';
import { requestApproval } from '#shared/app/approve/request.ts';
import { type CommentCommandDeps, handleCommentCommand } from '#shared/app/intake/handle-comment-command.ts';
import { notify } from '#shared/app/notify/notify.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { aCommentCommand, aGithubTarget, anEvidence, aPrediction, redactedText } from '#test/builders/index.ts';
import {
  fakeCodeHost,
  makeMemoryComments,
  makeMemoryPeople,
  makeMemoryPredictionStore,
  makeRecordingLog,
} from '#test/fakes/index.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const PEOPLE = { 'octo-lead': 'write', 'octo-admin': 'admin', 'octo-reader': 'read' } as const;
const LEAD = { token_use: 'id', 'cognito:username': 'approver-1', 'custom:github': 'octo-admin' };

/** A plan about pull request 12 waits for an approval, and the comment on the failure is there. */
async function asking() {
  const rig = await aRemedyRig({ confidence: 0.7, incident: { target: aGithubTarget({ actor: 'octo-dev' }) } });
  const comments = makeMemoryComments();
  const deps = {
    ...rig.deps,
    trail: rig.deps.incidents,
    people: makeMemoryPeople(PEOPLE),
    predictions: makeMemoryPredictionStore(),
    codeHost: comments,
    notifiers: NOTIFIERS,
    log: makeRecordingLog(),
  } satisfies CommentCommandDeps & Record<string, unknown>;
  const ports = { mailer: rig.deps.mailer, codeHost: fakeCodeHost({ ...comments }) };
  const { incident } = rig;
  await deps.evidence.putEvidence(anEvidence({ incidentId: incident.id }));
  const { digest = '' } = await makePlan({ incidentId: incident.id, tried: [], held: false }, rig.deps);
  const place = { incidentId: incident.id, digest: digest as string };
  const tell = (stage: 'asking' | 'final') => notify({ incidentId: incident.id, stage }, { ...deps, ports });
  await tell('asking');
  await requestApproval({ ...place, taskToken: 'token-1', expiresInSeconds: 7200 }, rig.deps);
  let deliveries = 0;
  const write = async (request: CommentCommand['request'], change: Partial<CommentCommand> = {}) => {
    deliveries += 1;
    const command = { request, deliveryId: `delivery-${deliveries}`, commentId: 500 + deliveries, ...change };
    return await handleCommentCommand(aCommentCommand(command), deps);
  };
  const replies = () => comments.comments.filter(({ body }) => body.includes('selfheal-reply'));
  /** The newest answer: its entry, up to the next one. */
  const answer = () =>
    /\n\n(- <!-- [\s\S]*?)(?=\n- <!-- |\n\n<details>)/.exec(replies()[0]?.body ?? '')?.[1] ?? 'no answer';
  const end = async (status: 'suggested' | 'resolved') =>
    await deps.incidents.update(
      incident.id,
      { status, outcomeReason: redactedText('No safe action fits.') },
      { at: deps.clock.now() },
    );
  /** Another run of this pull request failed and was told of: of this workflow, or of another one. */
  const newerRun = async (change: Partial<Incident> = {}) => {
    const openedAt = new Date(deps.clock.now().getTime() + 60_000).toISOString();
    const target = aGithubTarget({ runId: 2002 });
    const newer = { ...incident, id: 'gh-99999999aaaa', status: 'suggested', target, openedAt, ...change } as const;
    await deps.incidents.create(newer);
    const tell = () => notify({ incidentId: newer.id, stage: 'final' }, { ...deps, ports });
    await tell();
    return { id: newer.id, tell };
  };
  return { ...rig, deps, planDeps: rig.deps, comments, place, write, replies, answer, tell, end, newerRun };
}

const approve = (digest: string) => ({ kind: 'decide', decision: 'approved', digest }) as const;
const OTHER = 'f'.repeat(12);

describe('the comment on a failure whose plan waits', () => {
  it('says at once what waits for whom, with cause, evidence, effect, undo, history, links and the lines to copy', async () => {
    const { comments, place } = await asking();
    expect(comments.comments).toHaveLength(1);
    const body = comments.comments[0]?.body ?? '';
    for (const fact of [
      'Waiting for an approval',
      'Re-runs the failed jobs of run 1001',
      'An attempt cannot be undone',
      'It has not been tried here on this kind of failure',
      'Who may decide:** Anybody with write access to the repository',
      '#### Root Cause Analysis',
      '#### Evidence',
      'after the request',
      'https://dashboard.example/approvals/',
    ])
      expect(body).toContain(fact);
    expect(body).toContain(`\n/selfheal approve ${place.digest.slice(0, 12)}\n`);
    expect(body).toContain(`\n/selfheal reject ${place.digest.slice(0, 12)}\n`);
  });
});

describe('an answer to a command', () => {
  it('is one comment for all of them, rewritten with each, with the newest five and what is possible', async () => {
    const { write, replies } = await asking();
    for (let round = 0; round < 8; round += 1) await write({ kind: 'help', problem: 'none', meant: null });
    expect(replies()).toHaveLength(1);
    const body = replies()[0]?.body ?? '';
    expect(body.match(/^- <!-- \d+ -->/gm)).toEqual([508, 507, 506, 505, 504].map((id) => `- <!-- ${id} -->`));
    for (const verb of ['approve', 'reject', 'rerun', 'explain', 'wrong', 'quiet', 'resume', 'help'])
      expect(body).toContain(`\`/selfheal ${verb}`);
  });

  it('is one comment also when many are written in the same second', async () => {
    const { write, replies } = await asking();
    await Promise.all(Array.from({ length: 4 }, () => write({ kind: 'help', problem: 'none', meant: null })));
    expect(replies()).toHaveLength(1);
  });

  it('stops after twenty in an hour, and goes on in the next', async () => {
    const { write, replies, clock } = await asking();
    for (let round = 0; round < 22; round += 1) await write({ kind: 'help', problem: 'verb', meant: null });
    expect(replies()[0]?.body).toContain('<!-- 520 -->');
    expect(replies()[0]?.body).not.toContain('<!-- 521 -->');
    clock.advance(3_600_000);
    await write({ kind: 'help', problem: 'verb', meant: null });
    expect(replies()[0]?.body).toContain('<!-- 523 -->');
  });

  it.each([
    [{ problem: 'none', meant: null }, 'The available commands are listed below.'],
    [{ problem: 'verb', meant: 'approve' }, 'Did you mean `/selfheal approve <digest>`?'],
    [{ problem: 'digest', meant: 'approve' }, 'The digest is missing or invalid'],
    [{ problem: 'class', meant: 'wrong' }, 'Write `/selfheal wrong <class> [incident]`.'],
  ] as const)('to %j says why it is no command, to anybody', async (problem, words) => {
    const { write, answer } = await asking();
    expect(await write({ kind: 'help', ...problem }, { by: 'a-stranger' })).toBe('answered');
    expect(answer()).toContain(words);
  });

  it('tells a stranger why nothing is done, and nothing about the request', async () => {
    const { write, answer, place } = await asking();
    for (const request of [
      approve(place.digest.slice(0, 12)),
      approve(OTHER),
      { kind: 'rerun' },
      { kind: 'quiet', quiet: true },
      { kind: 'explain' },
      { kind: 'correct', class: 'flaky_tests' },
    ] as const) {
      expect(await write(request, { by: 'a-stranger' })).toBe('refused');
      expect(answer()).toMatch(/Only people with (?:write )?access/);
      expect(answer()).not.toContain('Re-runs the failed jobs');
    }
  });

  it('to an approval says what goes on; to the same again, by whom it was decided', async () => {
    const { write, answer, place } = await asking();
    expect(await write(approve(place.digest.slice(0, 12)))).toBe('carried-out');
    expect(answer()).toContain('Approved. Selfheal continues: Re-runs the failed jobs of run 1001');
    expect(await write(approve(place.digest.slice(0, 12)))).toBe('nothing-to-decide');
    expect(answer()).toMatch(/It was already approved, by github:octo-lead on 21 Nov 2026, \d\d:\d\d UTC\./);
    expect(answer()).toContain('No plan on this pull request is waiting for a decision.');
  });

  it('to a decision after one on the page names who was faster', async () => {
    const { write, answer, place, deps } = await asking();
    await decideApproval(place, 'rejected', LEAD, deps);
    await write(approve(place.digest.slice(0, 12)));
    expect(answer()).toContain('It was already rejected, by approver-1');
  });

  it('to a foreign digest says what waits here instead', async () => {
    const { write, answer, place } = await asking();
    expect(await write(approve(OTHER))).toBe('nothing-to-decide');
    expect(answer()).toContain('No plan on this pull request has this digest.');
    expect(answer()).toContain(`\`/selfheal approve ${place.digest.slice(0, 12)}\``);
  });

  it('to a request that has ended says so', async () => {
    const { write, answer, place, clock } = await asking();
    clock.advance(7_200_000);
    await write(approve(place.digest.slice(0, 12)));
    expect(answer()).toContain('The request has expired.');
  });

  it('to a correction says what it was compared with', async () => {
    const { write, answer, deps, incident } = await asking();
    await deps.predictions.addPrediction(aPrediction({ incidentId: incident.id, class: 'test_failure' }));
    await write({ kind: 'correct', class: 'flaky_tests' });
    expect(answer()).toContain(': flaky tests, not test failure.');
  });

  it('to explain tells the last steps, to whoever may read', async () => {
    const { write, answer } = await asking();
    expect(await write({ kind: 'explain' }, { by: 'octo-reader' })).toBe('answered');
    expect(answer()).toContain('The plan was to ask a person first: rerun-failed-jobs');
    expect(answer()).toMatch(/\n {2}- 21 Nov 2026, 12:\d\d UTC: A person was asked to approve/);
  });

  it('is lost without harm when GitHub takes no comment: what was decided stands', async () => {
    const { deps, place } = await asking();
    const broken = { ...deps.codeHost, updateComment: reject, createComment: reject };
    const command = aCommentCommand({ request: approve(place.digest.slice(0, 12)), deliveryId: 'lost' });
    expect(await handleCommentCommand(command, { ...deps, codeHost: broken })).toBe('carried-out');
    expect(deps.workflow.answers).toHaveLength(1);
  });

  it('is not given where Selfheal tells nobody', async () => {
    const { deps, comments } = await asking();
    const repositories = [{ name: 'Acme/Shop', mode: 'observe' as const }];
    const configuration = { ...deps.configuration, github: { ...deps.configuration.github, repositories } };
    const command = aCommentCommand({ request: { kind: 'help', problem: 'none', meant: null } });
    expect(await handleCommentCommand(command, { ...deps, configuration })).toBe('mode-off');
    expect(comments.comments).toHaveLength(1);
  });
});

const reject = async () => Promise.reject(new Refused('403'));

describe('/selfheal quiet', () => {
  it('ends comments on failures of this pull request until /selfheal resume, and no answer', async () => {
    const { write, comments, tell, end, answer, newerRun } = await asking();
    await write({ kind: 'quiet', quiet: true });
    expect(answer()).toContain('writes no new comments about failures on this pull request');
    expect(comments.comments[0]?.body).toContain('Waiting for an approval.');
    await end('suggested');
    await tell('final');
    // What stands there is brought to its end: nobody is left waiting for what is over.
    expect(comments.comments[0]?.body).not.toContain('Waiting for an approval.');
    const before = comments.comments[0]?.body;
    const next = await newerRun();
    expect(comments.comments[0]?.body).toBe(before);
    expect(comments.comments).toHaveLength(2);
    await write({ kind: 'quiet', quiet: false });
    await next.tell();
    expect(comments.comments[0]?.body).toContain(next.id);
    expect(comments.comments).toHaveLength(2);
  });
});

describe('a command on a pull request with several workflows that failed', () => {
  const other = { intakeKey: 'f'.repeat(40) };

  it('without an id means the newest failure that is not over, and the answer names it and the others', async () => {
    const { write, end, answer, deps, incident, newerRun } = await asking();
    await end('suggested');
    const newer = await newerRun(other);
    expect(await write({ kind: 'rerun' })).toBe('carried-out');
    expect(deps.workflow.started).toEqual([`${newer.id}-2`]);
    expect(answer()).toContain(`of incident \`${newer.id.slice(0, 11)}\``);
    expect(answer()).toContain(`\`${incident.id.slice(0, 11)}\` \\(suggested\\)`);
    await deps.incidents.update(newer.id, { status: 'resolved' }, { at: deps.clock.now() });
    expect(await write({ kind: 'rerun' })).toBe('carried-out');
    expect(deps.workflow.started.at(-1)).toBe(`${incident.id}-2`);
  });

  it('with an id means that one; an id that fits none or two is refused', async () => {
    const { write, end, answer, deps, incident, newerRun } = await asking();
    await end('suggested');
    await newerRun(other);
    expect(await write({ kind: 'rerun', incident: 'gh-ffff' })).toBe('nothing-to-decide');
    expect(answer()).toContain('The id matches no failure of this pull request');
    expect(await write({ kind: 'explain', incident: incident.id }, { by: 'octo-reader' })).toBe('answered');
    expect(answer()).toContain(`Incident \`${incident.id}\` is suggested`);
    expect(await write({ kind: 'rerun', incident: incident.id.slice(0, 10) })).toBe('carried-out');
    expect(deps.workflow.started).toEqual([`${incident.id}-2`]);
  });
});

describe('/selfheal rerun', () => {
  it('opens the incident again and leaves its workflow a sealed plan to go on with', async () => {
    const { write, end, answer, deps, planDeps, incident } = await asking();
    await end('suggested');
    expect(await write({ kind: 'rerun' })).toBe('carried-out');
    expect(answer()).toContain(`Selfheal is re-running the failed jobs of incident \`${incident.id.slice(0, 11)}\`.`);
    expect(await deps.incidents.get(incident.id)).toMatchObject({ status: 'open', attempt: 2 });
    expect(deps.workflow.started).toEqual([`${incident.id}-2`]);
    const plan = await makePlan({ incidentId: incident.id, tried: [], held: false }, planDeps);
    expect(plan).toMatchObject({ decision: 'act', actionId: 'rerun-failed-jobs' });
    expect((await deps.incidents.auditTrail(incident.id)).at(-2)).toMatchObject({
      event: 'rerun.requested',
      facts: { by: 'github:octo-lead' },
    });
  });

  it('says why not while it is at work, after it is over, where it may not act, and where an approval is due', async () => {
    const { write, end, answer, deps } = await asking();
    expect(await write({ kind: 'rerun' })).toBe('refused');
    expect(answer()).toContain('Selfheal is already working on this failure.');
    await end('resolved');
    await write({ kind: 'rerun' });
    expect(answer()).toContain('is already over');
    await end('suggested');
    const command = (deliveryId: string) => aCommentCommand({ request: { kind: 'rerun' }, deliveryId });
    const { github, policy } = deps.configuration;
    const repositories = [{ name: 'acme/shop', mode: 'suggest' as const }];
    const suggesting = { ...deps.configuration, github: { ...github, repositories } };
    await handleCommentCommand(command('other-1'), { ...deps, configuration: suggesting });
    expect(answer()).toContain('The mode of this repository is suggest');
    const careful = { ...deps.configuration, policy: { ...policy, approvalRequiredRisks: ['low' as const] } };
    await handleCommentCommand(command('other-2'), { ...deps, configuration: careful });
    expect(answer()).toContain('Actions of low risk need an approval.');
    expect(deps.workflow.started).toEqual([]);
  });
});
