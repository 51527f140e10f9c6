import { messageOf, Refused } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { mayDo } from '#shared/domain/access/caller.ts';
import { identifier } from '#shared/domain/access/identity.ts';
import { isRoleStale, loginOn, MAX_ROLE_AGE_DAYS, type Person } from '#shared/domain/access/person.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { SlackOrder } from '#shared/domain/webhooks/slack-order.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { slackWords } from '#shared/plugins/notifiers/common/slack-blocks.ts';
import { makeSlackClient, type SlackClient, type SlackUser } from '#shared/plugins/notifiers/slack-app/client.ts';
import { SlackAppFields } from '#shared/plugins/notifiers/slack-app/fields.ts';
import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
import type { ControlSettings, Deduplication } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { PolicyReader } from '#shared/ports/policy-store.ts';
import type { Poster } from '#shared/ports/poster.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import { type EntitlementDeps, entitlementTo } from '../approve/entitlement.ts';
import { decidedBeforeWords, type SettleDeps, settleApproval } from '../approve/settle.ts';
import { type AcknowledgeHereDeps, acknowledgeHere } from '../incidents/acknowledge-here.ts';
import { endCalls } from '../incidents/annotate-incident.ts';
import { type HandOverDeps, handOverIncident } from '../incidents/hand-over.ts';
import { type ExplainDeps, explainIncident } from '../intake/explain-incident.ts';
import { readStop } from '../notify/stop-notice.ts';
import { governed } from '../policy/governed.ts';
import { readPlannedAction } from '../remediate/planned.ts';

export interface SlackOrderDeps extends SettleDeps, EntitlementDeps, ExplainDeps {
  readonly incidents: SettleDeps['incidents'] &
    HandOverDeps['incidents'] &
    Pick<IncidentStore, 'getPlan' | 'listStalled'>;
  readonly approvals: Pick<ApprovalQueue, 'pending'>;
  readonly control: Deduplication;
  /** The kill switch, which is no part of `control`. */
  readonly stops: Pick<ControlSettings, 'controls'>;
  readonly actions: readonly ActionPlugin[];
  readonly configuration: Configuration;
  readonly policy: PolicyReader;
  readonly poster: Poster;
  readonly teller: HandOverDeps['teller'] & AcknowledgeHereDeps['teller'];
  readonly clock: Clock;
  readonly log: Log;
}

/** Outcome of an order; also the name of its counter. */
export type SlackOutcome = 'duplicate' | 'answered';

/**
 * Carries out what somebody asked for in Slack, once. Who asked has to be a person of this deployment who may do it: a decision is checked like one on
 * the page. Whoever may not is told why, alone.
 */
export async function carryOutSlackOrder(order: SlackOrder, given: SlackOrderDeps): Promise<SlackOutcome> {
  if (await given.control.isProcessed(order.deliveryId)) return 'duplicate';
  const stored = SlackAppFields.safeParse(await given.poster.secretOf('slack-app'));
  if (!stored.success)
    throw new Refused('Nothing is stored for the Slack app: add its fields to the secret of the channels.');
  const deps = await governed(given);
  const client = makeSlackClient(stored.data, deps.poster);
  const words = await carryOut(order, client, deps);
  // Everything is repeatable, so it is marked last.
  await deps.control.markProcessed(order.deliveryId, deps.clock.now());
  await tell(order, words, client, deps);
  return 'answered';
}

/** Paragraphs. */
type Words = readonly string[];

async function carryOut(order: SlackOrder, client: SlackClient, deps: SlackOrderDeps): Promise<Words> {
  const { request, answer } = order;
  const found = await personOf(await client.user(order.user), order, deps);
  if (typeof found === 'string') return [found];
  if (request.kind === 'decide')
    return [await decide(request, request.decision, found, { ...deps, channel: `Slack ${order.user}` })];
  const { verb } = request;
  if (verb === 'help') return [...(request.isKnown ? [] : ['This is no command.']), ...HELP];
  if (!mayDo(found, PERMISSION[verb]))
    return [`Your roles do not allow it: it needs the permission "${PERMISSION[verb]}".`];
  if (verb === 'status') return await statusWords(deps);
  const incidentId =
    request.incidentId ?? (answer.kind === 'thread' ? await client.incidentOf(answer.channel, answer.thread) : null);
  if (incidentId === null)
    return [`Name the incident, such as "${verb} gh-53f95...", or write it in the thread of the incident.`];
  const incident = await deps.incidents.get(incidentId);
  if (incident === null) return [`There is no incident ${incidentId}: write its whole id.`];
  return verb === 'show' ? await showWords(incident, deps) : [await CHANGES[verb](incidentId, found, deps)];
}

const PERMISSION = {
  status: 'read',
  show: 'read',
  acknowledge: 'operate',
  escalate: 'operate',
  quiet: 'operate',
} as const;

const HELP: Words = [
  'status: what is open, and which plans wait for a decision',
  'show INCIDENT: how it stands, and the last steps',
  'acknowledge INCIDENT: you work on it, and nobody else is called',
  'escalate INCIDENT: everybody is told that a person is needed, and who is on call is called',
  'quiet INCIDENT: nobody is called about it any more, and nobody works on it',
  'In the thread of an incident, write to the app and leave INCIDENT out. Plans are approved and rejected by their buttons alone.',
];

const MAX_LISTED = 5;
const MAX_COUNTED = 200;

async function statusWords(deps: SlackOrderDeps): Promise<Words> {
  const now = deps.clock.now();
  const [open, waiting, stop] = await Promise.all([
    deps.incidents.listStalled(now, MAX_COUNTED),
    deps.approvals.pending(MAX_COUNTED),
    readStop({ control: deps.stops }),
  ]);
  const listed = open.slice(0, MAX_LISTED).map(({ id, summary, tainted }) => `${id}: ${summary ?? tainted.title}`);
  return [
    stop === null ? 'Actions are allowed.' : `The kill switch is on: ${stop.reason}`,
    `${open.length === 0 ? 'No incident is' : `${counted(open.length, 'incident')} ${open.length === 1 ? 'is' : 'are'}`} being worked on. ${waiting.length === 0 ? 'No plan waits' : `${counted(waiting.length, 'plan')} ${waiting.length === 1 ? 'waits' : 'wait'}`} for a decision.`,
    ...listed,
    ...(open.length > MAX_LISTED ? [`and ${open.length - MAX_LISTED} more`] : []),
  ];
}

async function showWords(incident: Incident, deps: SlackOrderDeps): Promise<Words> {
  const { summary, steps } = await explainIncident(incident, deps.configuration.policy.circumstances.timeZone, deps);
  return [incident.summary ?? incident.tainted.title, summary.replaceAll('`', ''), ...steps];
}

const NO_MEMBER = 'Only full members of this workspace may decide here.';

const STALE = `You used the dashboard more than ${MAX_ROLE_AGE_DAYS} days ago, and your roles may have changed: sign in there once, then press again.`;

/** Who signed in lately with the confirmed address of the Slack account; a sentence where there is no such person. */
async function personOf(
  user: SlackUser | null,
  { team }: SlackOrder,
  { persons, clock }: Pick<SlackOrderDeps, 'persons' | 'clock'>,
): Promise<Person | string> {
  if (user === null) return NO_MEMBER;
  const isGuest = user.is_restricted || user.is_ultra_restricted || user.is_stranger;
  if (user.deleted || user.is_bot || isGuest || (user.team_id !== undefined && user.team_id !== team)) return NO_MEMBER;
  const email = user.profile.email?.toLowerCase();
  if (email === undefined || !user.is_email_confirmed)
    return 'Slack does not tell a confirmed address of yours: decide on the dashboard. (The app needs the scope users:read.email.)';
  // An account that was made anew has the address of the one before it, whose roles may have been others.
  const [person] = (await persons.list())
    .filter((one) => one.email === email)
    .sort((a, b) => Date.parse(b.seenAt) - Date.parse(a.seenAt));
  if (person === undefined)
    return `Nobody with the address ${email} has signed in at Selfheal yet: sign in on the dashboard once.`;
  return isRoleStale(person, clock.now()) ? STALE : person;
}

async function acknowledge(incidentId: string, person: Person, deps: SlackOrderDeps): Promise<string> {
  const result = await acknowledgeHere(incidentId, person.email ?? person.id, deps);
  if (result.kind === 'not-found') return 'The incident is gone.';
  if (result.kind !== 'changed') return 'It could not be acknowledged: try it on the dashboard.';
  const { acknowledged } = result.incident.annotations ?? {};
  return acknowledged?.by === person.email
    ? 'Acknowledged. Nobody else is called.'
    : `${acknowledged?.by ?? 'Somebody'} acknowledged it before you.`;
}

async function escalate(incidentId: string, person: Person, deps: SlackOrderDeps): Promise<string> {
  const by = person.email ?? person.id;
  const result = await handOverIncident(incidentId, 'asked for in Slack', by, deps);
  if (result.kind === 'not-found') return 'The incident is gone.';
  if (result.kind === 'refused') return result.reason;
  if (result.kind !== 'changed') return 'It could not be written: try it once more.';
  const { told = [] } = result;
  return told.length === 0 ? 'No channel could be told.' : `People were told by: ${told.join(', ')}.`;
}

async function quiet(incidentId: string, person: Person, deps: SlackOrderDeps): Promise<string> {
  const result = await endCalls(incidentId, person.email ?? person.id, deps);
  if (result.kind === 'not-found') return 'The incident is gone.';
  return result.kind === 'changed'
    ? 'Nobody is called about it any more.'
    : 'It could not be written: try it once more.';
}

const CHANGES = { acknowledge, escalate, quiet } as const;

async function decide(
  place: { readonly incidentId: string; readonly digest: string },
  decision: 'approved' | 'rejected',
  person: Person,
  deps: SlackOrderDeps & { readonly channel: string },
): Promise<string> {
  if (!mayDo(person, 'approve')) return 'Your roles do not allow it: it needs the permission "approve".';
  const approval = await deps.incidents.getApproval(place.incidentId, place.digest);
  if (approval === null) return 'There is no such request.';
  const { action } = await readPlannedAction(place, deps);
  const github = loginOn('github', person);
  const gitlab = loginOn('gitlab', person);
  const name = person.username ?? person.id;
  const candidate = {
    names: [name],
    github,
    identity: [
      identifier('user', person.id),
      ...(person.email === null ? [] : [identifier('email', person.email)]),
      ...(github === null ? [] : [identifier('github', github)]),
      ...(gitlab === null ? [] : [identifier('gitlab', gitlab)]),
    ],
    // Slack does not say which groups of the user pool somebody is in now.
    groups: null,
    email: person.email,
  };
  const entitlement = await entitlementTo(candidate, { approval, action }, deps);
  if (decision === 'approved' && entitlement.kind === 'objection') {
    deps.meter.count('approval-objected');
    await deps.incidents.audit(place.incidentId, `approval-refused#${place.digest}#${person.id}`, {
      at: deps.clock.now().toISOString(),
      event: 'approval.refused',
      facts: { digest: place.digest, by: name, reasons: redactOutgoing(entitlement.reason), channel: deps.channel },
    });
    return `Not approved: ${entitlement.reason}`;
  }
  const { onBehalfOf, roles } = entitlement.kind === 'entitled' ? entitlement : { onBehalfOf: null, roles: [] };
  const shown = person.email === null ? {} : { name: person.email };
  const by = { by: name, onBehalfOf, roles, channel: deps.channel, ...shown };
  const outcome = await settleApproval(approval, decision, by, deps);
  switch (outcome.kind) {
    case 'answered':
    case 'recorded':
      return decision === 'approved' ? 'Approved. Selfheal continues.' : 'Rejected. Selfheal changes nothing.';
    case 'decided-before':
      return decidedBeforeWords(outcome);
    case 'expired':
      return 'The request has expired.';
    case 'not-found':
      return 'There is no such request.';
    case 'forbidden':
      return outcome.reason;
    default:
      return outcome satisfies never;
  }
}

/** Told to whoever asked, alone. Lost words change nothing of what was done. */
async function tell(
  { answer, user }: SlackOrder,
  words: Words,
  client: SlackClient,
  deps: SlackOrderDeps,
): Promise<void> {
  const message = slackWords(words.map((text) => redactOutgoing(text)));
  try {
    if (answer.kind === 'thread')
      await client.whisper({ channel: answer.channel, thread_ts: answer.thread, user, ...message });
    else
      await deps.poster.send({
        what: 'Slack',
        url: answer.url,
        body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...message }),
      });
  } catch (error) {
    deps.log.warn('Somebody who asked in Slack could not be answered.', { reason: redactOutgoing(messageOf(error)) });
  }
}
