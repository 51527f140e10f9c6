import { requestApproval } from '#shared/app/approve/request.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { carryOutSlackOrder } from '#shared/app/slack/carry-out-order.ts';
import { type SlackRequest, takeSlackRequest } from '#shared/app/slack/take-request.ts';
import type { Person } from '#shared/domain/access/person.ts';
import { slackSignature } from '#shared/domain/webhooks/slack-signature.ts';
import type { OrderQueue } from '#shared/ports/cloud.ts';
import { makeFakeIncidentTeller } from '#test/fakes/incident-teller.ts';
import { makeMemoryPersonStore } from '#test/fakes/index.ts';
import { makeFakeSlack } from '#test/fakes/slack.ts';
import { aRemedyRig, type RigOptions } from '../remedy-rig.ts';

export const SECRET = 'not-a-signing-secret';
export const TEAM = 'T0000001';

export function aPerson(name: string, change: Partial<Person> = {}): Person {
  const at = '2026-11-20T00:00:00.000Z';
  const github = { login: `octo-${name}`, id: 7, isGone: false, linkedBy: null, linkedAt: at };
  return {
    version: 1,
    id: `subject-${name}`,
    username: name,
    email: `${name}@example.com`,
    roles: ['approver', 'operator'],
    claimedGithub: null,
    github,
    seenAt: at,
    ...change,
  };
}

/** A plan that waits for a decision; Lea is its lead, Vic only looks, Ann is behind the run. */
export async function aSlackDesk(options: RigOptions = { confidence: 0.7 }) {
  const rig = await aRemedyRig(options);
  const author = rig.state.people.author ?? 'nobody';
  const persons = makeMemoryPersonStore();
  for (const one of [
    aPerson('lea'),
    aPerson('vic', { roles: ['viewer'] }),
    aPerson('ann', {
      github: { login: author, id: 9, isGone: false, linkedBy: null, linkedAt: '2026-11-01T00:00:00.000Z' },
    }),
  ])
    await persons.put(one);
  const slack = makeFakeSlack();
  for (const name of ['lea', 'vic', 'ann', 'eve'])
    slack.add(`U${name.toUpperCase()}`, { team_id: TEAM, profile: { email: `${name}@example.com` } });
  const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  const place = { incidentId: rig.incident.id, digest: digest as string };
  await requestApproval({ ...place, taskToken: 'token-1', expiresInSeconds: 3600 }, rig.deps);
  const { teller, handedOver, acknowledged } = makeFakeIncidentTeller(rig.deps.incidents);
  const deps = {
    ...rig.deps,
    teller,
    persons,
    poster: slack.poster,
    keyOwner: async () => null,
    trail: rig.deps.incidents,
    stops: rig.deps.control,
    approvals: {
      pending: async () =>
        (await rig.deps.incidents.listApprovals(place.incidentId)).map((one) => ({ ...one, noticesSent: 0 })),
    },
  };
  const signed = (
    user: string,
    action = 'selfheal-approve',
    { secret = SECRET, secondsAgo = 0, value = `${place.incidentId}/${place.digest}` } = {},
  ) => {
    const payload = {
      type: 'block_actions',
      team: { id: TEAM },
      user: { id: user },
      response_url: 'https://hooks.slack.com/actions/T0000001/1/abc',
      actions: [{ action_id: action, value }],
    };
    const body = Buffer.from(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
    const timestamp = String(Math.floor(rig.clock.now().getTime() / 1000) - secondsAgo);
    const headers = {
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': slackSignature(secret, timestamp, body),
    };
    return { headers, body };
  };
  /** As the two functions do it, with the queue in between. */
  const handle = async (request: SlackRequest, given: typeof deps = deps) => {
    const queued: Parameters<OrderQueue['sendOrder']>[0][] = [];
    const answer = await takeSlackRequest(request, {
      ...given,
      queue: { sendOrder: async (order) => void queued.push(order) },
    });
    // The queue delivers at least once.
    for (const order of [...queued, ...queued])
      if (order.kind === 'slack-order') await carryOutSlackOrder(order, given);
    return { status: answer.status, reason: answer.body === '' ? null : (JSON.parse(answer.body).message as string) };
  };
  const press = (...args: Parameters<typeof signed>) => handle(signed(...args));
  const sealed = (text: string, headers: Record<string, string> = {}): SlackRequest => {
    const body = Buffer.from(text);
    const timestamp = String(Math.floor(rig.clock.now().getTime() / 1000));
    const signature = {
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': slackSignature(SECRET, timestamp, body),
    };
    return { headers: { ...signature, ...headers }, body };
  };
  const slash = (user: string, text: string) =>
    handle(
      sealed(
        new URLSearchParams({
          command: '/selfheal',
          text,
          team_id: TEAM,
          user_id: user,
          response_url: 'https://hooks.slack.com/commands/T0000001/1/abc',
        }).toString(),
      ),
    );
  let events = 0;
  const mention = (user: string, text: string, thread: string, id = `Ev${++events}`) =>
    handle(
      sealed(
        JSON.stringify({
          type: 'event_callback',
          team_id: TEAM,
          event_id: id,
          event: {
            type: 'app_mention',
            user,
            text: `<@U0SELFHEAL> ${text}`,
            channel: 'C0000001',
            ts: '1764000000.5',
            thread_ts: thread,
          },
        }),
      ),
    );
  const approval = () => rig.deps.incidents.getApproval(place.incidentId, place.digest);
  const said = () => slack.told.at(-1)?.text;
  return {
    ...rig,
    deps,
    slack,
    place,
    signed,
    sealed,
    handle,
    press,
    slash,
    mention,
    approval,
    said,
    handedOver,
    acknowledged,
  };
}
