import { Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { answerDecided } from '#shared/app/approve/answer-decided.ts';
import { decideApproval } from '#shared/app/approve/approval.ts';
import { requestApproval } from '#shared/app/approve/request.ts';
import { handleCommentCommand } from '#shared/app/intake/handle-comment-command.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { aCommentCommand } from '#test/builders/index.ts';
import {
  makeMemoryComments,
  makeMemoryPeople,
  makeMemoryPredictionStore,
  makeRecordingLog,
} from '#test/fakes/index.ts';
import { aRemedyRig } from '../unit/app/remedy-rig.ts';
import { ROUNDS } from './support/rounds.ts';

class Killed extends Error {
  override readonly name = 'Killed';
}

/** One kill in a whole story: at the given call to any store, queue or service, before or after it took effect. */
interface Life {
  calls: number;
  readonly diesAt: number;
  readonly after: boolean;
  /** The process that was killed does nothing more; the next one lives. */
  dead?: boolean;
}

function mortal<T extends object>(port: T, life: Life): T {
  return new Proxy(port, {
    get(target, key, receiver) {
      const method = Reflect.get(target, key, receiver);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        if (life.dead === true) throw new Killed();
        const dies = life.calls++ === life.diesAt;
        life.dead = dies;
        if (dies && !life.after) throw new Killed();
        const result = await method.apply(target, args);
        if (life.dead === true) throw new Killed();
        return result;
      };
    },
  });
}

const CHANNELS = ['page', 'comment'] as const;
/** What people do after the process that took the first decision in was killed. */
const SECONDS = ['nothing', 'the same again', 'somebody rejects', 'somebody approves'] as const;
/** When the workflow that took the answer comes to its guard. */
const GUARDS = ['at once', 'before the reconciler', 'minutes later'] as const;
/** How often Step Functions cannot be reached first. */
const OUTAGES = ROUNDS > 1 ? [0, 1, 3, Number.POSITIVE_INFINITY] : [0, 2, Number.POSITIVE_INFINITY];

interface Plot {
  readonly channel: (typeof CHANNELS)[number];
  readonly second: (typeof SECONDS)[number];
  readonly guards: (typeof GUARDS)[number];
  readonly outage: number;
  readonly stopped: boolean;
}

const MINUTE = 60_000;
const LEAD = { token_use: 'id', 'cognito:username': 'lead', 'custom:github': 'octo-lead' };
const ADMIN = { token_use: 'id', 'cognito:username': 'admin', 'custom:github': 'octo-admin' };

/** A process: null when it was killed, whatever it would have said, or when it gave up until it is tried again. */
async function survives<T>(life: Life, work: () => Promise<T>): Promise<T | null> {
  try {
    const result = await work();
    return life.dead === true ? null : result;
  } catch (error) {
    if (error instanceof Killed || error instanceof Retryable) return null;
    throw error;
  } finally {
    life.dead = false;
  }
}

/** Plays one story to its end, an hour and a half later, and gives what became of the approval. */
async function play(plot: Plot, life: Life) {
  const rig = await aRemedyRig({ confidence: 0.7 });
  const { clock, incident } = rig;
  const incidentId = incident.id;
  const { digest } = await makePlan({ incidentId, tried: [], held: false }, rig.deps);
  const place = { incidentId, digest: digest as string };
  await requestApproval({ ...place, taskToken: 'token-1', expiresInSeconds: 3600 }, rig.deps);
  const mailsBefore = rig.deps.mailer.mails.length;
  if (plot.stopped) rig.deps.workflow.expire('token-1');

  let outage = plot.outage;
  let carriedOut = 0;
  let guarded = false;
  const goOn = async () => {
    const [answer] = rig.deps.workflow.answers;
    if (guarded || answer === undefined || !(answer.output as { approved: boolean }).approved) return;
    const verdict = await survives(life, () => guard(place, deps));
    if (verdict === null) return;
    guarded = true;
    if (verdict.next === 'act') carriedOut += 1;
  };
  const workflow = mortal(
    {
      answer: async (taskToken: string, output: never) => {
        if (outage-- > 0) throw new Retryable('Step Functions cannot be reached.');
        const taken = await rig.deps.workflow.answer(taskToken, output);
        if (plot.guards === 'at once') await goOn();
        return taken;
      },
    },
    life,
  );
  const deps = {
    ...rig.deps,
    incidents: mortal(rig.deps.incidents, life),
    approvals: mortal(rig.deps.approvals, life),
    control: mortal(rig.deps.control, life),
    people: mortal(makeMemoryPeople({ 'octo-lead': 'write', 'octo-admin': 'admin' }), life),
    mailer: mortal({ publish: rig.deps.mailer.publish }, life),
    predictions: makeMemoryPredictionStore(),
    codeHost: mortal(makeMemoryComments(), life),
    log: makeRecordingLog(),
    workflow,
  };

  const said: string[] = [];
  let deliveries = 0;
  const decide = async (decision: 'approved' | 'rejected', by: 'lead' | 'admin', delivery?: string) => {
    if (plot.channel === 'page') {
      const outcome = await survives(life, () =>
        decideApproval(place, decision, by === 'lead' ? LEAD : ADMIN, deps as never),
      );
      said.push(`${decision} ${outcome?.kind ?? 'nothing'}`);
      return;
    }
    const request = { kind: 'decide', decision, digest: place.digest.slice(0, 12) } as const;
    const deliveryId = delivery ?? `delivery-${++deliveries}`;
    const command = aCommentCommand({ request, by: `octo-${by}`, deliveryId });
    await survives(life, () => handleCommentCommand(command, deps as never));
  };
  await decide('approved', 'lead', 'first');
  if (plot.second === 'the same again') await decide('approved', 'lead');
  if (plot.second === 'somebody rejects') await decide('rejected', 'admin');
  if (plot.second === 'somebody approves') await decide('approved', 'admin');
  // The queue delivers a comment again whose process was killed.
  if (plot.channel === 'comment') await decide('approved', 'lead', 'first');

  for (let minutes = 0; minutes < 90; minutes += 5) {
    if (plot.guards === 'before the reconciler' || minutes >= 5) await goOn();
    if (minutes === 60 && rig.deps.workflow.answers.length === 0) rig.deps.workflow.expire('token-1');
    await survives(life, () => answerDecided(deps as never));
    clock.advance(5 * MINUTE);
  }
  const approval = await rig.deps.incidents.getApproval(incidentId, place.digest);
  const trail = (await rig.deps.incidents.auditTrail(incidentId)).map(({ event }) => event);
  return {
    approval,
    carriedOut,
    answers: rig.deps.workflow.answers,
    said,
    told: rig.deps.mailer.mails.slice(mailsBefore).map(({ subject }) => subject),
    trail: trail.filter((event) => event.startsWith('approval.') && event !== 'approval.requested'),
    unanswered: await rig.deps.approvals.unanswered(10),
  };
}

type Ending = Awaited<ReturnType<typeof play>>;

/** What is confused about an ending, in words; empty when it is carried out exactly once or expired, and everybody was told the same. */
function confusions({ approval, carriedOut, answers, said, told, trail, unanswered }: Ending): string[] {
  const state = approval?.state;
  const outcome = approval?.outcome;
  const tooLate = told.filter((subject) => subject.includes('too late'));
  const claims = (words: string) => said.includes(words);
  const wrong: [string, boolean][] = [
    ['answered twice', answers.length > 1],
    ['carried out twice', carriedOut > 1],
    ['carried out without an approval', carriedOut === 1 && state !== 'approved'],
    ['carried out and not written down as taken', carriedOut === 1 && outcome !== 'taken'],
    ['taken and not carried out', state === 'approved' && outcome === 'taken' && carriedOut !== 1],
    ['approved and never settled', state === 'approved' && outcome === undefined],
    [
      'carried out though somebody was told that it was too late',
      carriedOut === 1 && (tooLate.length > 0 || claims('approved expired')),
    ],
    ['not carried out though somebody was told that it was', carriedOut === 0 && claims('approved answered')],
    ['too late, and nobody was told', state === 'approved' && outcome === 'too-late' && tooLate.length === 0],
    [
      'the workflow was told another decision',
      answers.some(({ output }) => (output as { approved: boolean }).approved !== (state === 'approved')),
    ],
    ['two decisions in the trail', trail.filter((event) => /approved|rejected/.test(event)).length > 1],
    ['a decision that the trail does not have', state !== 'pending' && !trail.includes(`approval.${state}`)],
    ['a trail of what was not decided', state === 'pending' && trail.length > 0],
    ['left over in the queue', unanswered.length > 0],
  ];
  return wrong.filter(([, is]) => is).map(([words]) => words);
}

const PLOTS: readonly Plot[] = CHANNELS.flatMap((channel) =>
  SECONDS.flatMap((second) =>
    GUARDS.flatMap((guards) =>
      OUTAGES.flatMap((outage) => [false, true].map((stopped): Plot => ({ channel, second, guards, outage, stopped }))),
    ),
  ),
);
/** A short round takes every plot and each kill in some of them. */
const STEP = ROUNDS > 1 ? 1 : 7;

describe('deciding, with the process killed at every await', () => {
  it.each(CHANNELS)(
    'by %s ends carried out exactly once or expired, and never confused',
    { timeout: 600_000 + ROUNDS * 60_000 },
    async (channel) => {
      const ends: Record<string, number> = {};
      const problems: string[] = [];
      let stories = 0;
      for (const [number, plot] of PLOTS.filter((one) => one.channel === channel).entries()) {
        const undisturbed: Life = { calls: 0, diesAt: -1, after: false };
        const kills = [-1];
        const judge = async (diesAt: number, after: boolean) => {
          const ending = await play(plot, diesAt < 0 ? undisturbed : { calls: 0, diesAt, after });
          stories += 1;
          const end = `${ending.approval?.state} ${ending.approval?.outcome ?? ''} ${ending.carriedOut}`;
          ends[end] = (ends[end] ?? 0) + 1;
          for (const problem of confusions(ending))
            problems.push(`${problem}: ${JSON.stringify(plot)} killed ${after ? 'after' : 'before'} ${diesAt}`);
        };
        for (const diesAt of kills) await judge(diesAt, false);
        for (let diesAt = number % STEP; diesAt < undisturbed.calls; diesAt += STEP)
          for (const after of [false, true]) await judge(diesAt, after);
      }
      console.log(`decide by ${channel}: ${stories} stories, ${JSON.stringify(ends)}`);
      expect(problems.slice(0, 20)).toEqual([]);
      // Not vacuous: every way to end was seen.
      expect(Object.keys(ends)).toEqual(
        expect.arrayContaining(['approved taken 1', 'approved too-late 0', expect.stringMatching(/^rejected/)]),
      );
    },
  );
});
