import { digestOf } from '@selfheal/kernel/digest.ts';
import { messageOf } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { mayDo } from '#shared/domain/access/caller.ts';
import { identifier } from '#shared/domain/access/identity.ts';
import { githubOf, type Person } from '#shared/domain/access/person.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { verifySlackRequest } from '#shared/domain/webhooks/slack-signature.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { makeSlackClient, type SlackUser } from '#shared/plugins/notifiers/slack-app/client.ts';
import { SLACK_ACTIONS, SlackAppFields } from '#shared/plugins/notifiers/slack-app/index.ts';
import type { Deduplication } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { PolicyReader } from '#shared/ports/policy-store.ts';
import type { Poster } from '#shared/ports/poster.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import { type EntitlementDeps, entitlementTo } from '../approve/entitlement.ts';
import { decidedBeforeWords, type SettleDeps, settleApproval } from '../approve/settle.ts';
import { type AnnotateDeps, acknowledgeIncident } from '../incidents/annotate-incident.ts';
import { governed } from '../policy/governed.ts';
import { readPlannedAction } from '../remediate/planned.ts';

export interface InteractionDeps extends SettleDeps, EntitlementDeps {
  readonly incidents: SettleDeps['incidents'] & AnnotateDeps['incidents'] & Pick<IncidentStore, 'getPlan'>;
  readonly control: Deduplication;
  readonly actions: readonly ActionPlugin[];
  readonly configuration: Configuration;
  readonly policy: PolicyReader;
  readonly poster: Poster;
  readonly clock: Clock;
  readonly log: Log;
}

/** A request as it arrived. */
export interface SlackRequest {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/** Answers of the function. Slack shows people nothing of it; what they are told goes to `response_url`. */
export interface SlackAnswer {
  readonly status: 200 | 400 | 401 | 503;
  readonly reason: string | null;
}

const Interaction = z.object({
  type: z.literal('block_actions'),
  team: z.object({ id: z.string() }),
  user: z.object({ id: z.string().regex(/^[UW][A-Z0-9]{1,30}$/) }),
  response_url: z.url({ protocol: /^https$/, hostname: /^hooks\.slack\.com$/ }),
  actions: z.array(z.object({ action_id: z.enum(SLACK_ACTIONS), value: z.string().max(200) })).length(1),
});
type Interaction = z.output<typeof Interaction>;

const FINE: SlackAnswer = { status: 200, reason: null };

/**
 * Carries out what somebody pressed in Slack, after checking that Slack sent it, now, and once. Who pressed has to be a person of this deployment who may do it:
 * the decision is checked like one on the page. Whoever may not is told why, alone.
 */
export async function handleInteraction(request: SlackRequest, given: InteractionDeps): Promise<SlackAnswer> {
  const stored = SlackAppFields.safeParse(await given.poster.secretOf('slack-app').catch(() => null));
  if (!stored.success) return { status: 503, reason: 'Nothing is stored for the Slack app.' };
  const verified = verifySlackRequest(request, stored.data.signingSecret, given.clock.now());
  if (verified !== 'valid') {
    given.meter.count(`slack-${verified}`);
    return { status: 401, reason: verified === 'stale' ? 'The request is too old.' : 'The signature is not valid.' };
  }
  const interaction = interactionIn(request.body);
  if (interaction === null) return { status: 400, reason: 'The request is no press of a button of ours.' };
  const delivery = `slack:${digestOf(request.headers['x-slack-signature'] ?? '', 40)}`;
  if (await given.control.isProcessed(delivery)) return { status: 401, reason: 'The request was carried out before.' };
  const deps = await governed(given);
  const words = await carryOut(interaction, stored.data, deps);
  // Everything is repeatable, so it is marked last.
  await deps.control.markProcessed(delivery, deps.clock.now());
  await tell(interaction, words, deps);
  return FINE;
}

function interactionIn(body: Uint8Array): Interaction | null {
  const payload = new URLSearchParams(Buffer.from(body).toString('utf8')).get('payload') ?? '';
  try {
    const parsed = Interaction.safeParse(JSON.parse(payload));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

async function carryOut(interaction: Interaction, fields: SlackAppFields, deps: InteractionDeps): Promise<string> {
  const user = await makeSlackClient(fields, deps.poster).user(interaction.user.id);
  const found = await personOf(user, interaction, deps);
  if (typeof found === 'string') return found;
  const [{ action_id: action, value } = { action_id: null, value: '' }] = interaction.actions;
  const [incidentId = '', digest = ''] = value.split('/');
  if (action === 'selfheal-acknowledge') return await acknowledge(incidentId, found, deps);
  return await decide({ incidentId, digest }, action === 'selfheal-approve' ? 'approved' : 'rejected', found, {
    ...deps,
    channel: `Slack ${user.id}`,
  });
}

/** Who signed in with the confirmed address of the Slack account; a sentence where there is no such person. */
async function personOf(
  user: SlackUser,
  { team }: Interaction,
  { persons }: Pick<InteractionDeps, 'persons'>,
): Promise<Person | string> {
  const isGuest = user.is_restricted || user.is_ultra_restricted || user.is_stranger;
  if (user.deleted || user.is_bot || isGuest || (user.team_id !== undefined && user.team_id !== team.id))
    return 'Only full members of this workspace may decide here.';
  const email = user.profile.email?.toLowerCase();
  if (email === undefined || !user.is_email_confirmed)
    return 'Slack does not tell a confirmed address of yours: decide on the dashboard. (The app needs the scope users:read.email.)';
  const person = (await persons.list()).find((one) => one.email === email);
  return person ?? `Nobody with the address ${email} has signed in at Selfheal yet: sign in on the dashboard once.`;
}

async function acknowledge(incidentId: string, person: Person, deps: InteractionDeps): Promise<string> {
  if (!mayDo(person, 'operate')) return 'Your roles do not allow it: it needs the permission "operate".';
  const result = await acknowledgeIncident(incidentId, person.email ?? person.id, deps);
  if (result.kind === 'not-found') return 'The incident is gone.';
  if (result.kind !== 'changed') return 'It could not be acknowledged: try it on the dashboard.';
  const { acknowledged } = result.incident.annotations ?? {};
  return acknowledged?.by === person.email
    ? 'Acknowledged. Nobody else is called.'
    : `${acknowledged?.by ?? 'Somebody'} acknowledged it before you.`;
}

async function decide(
  place: { readonly incidentId: string; readonly digest: string },
  decision: 'approved' | 'rejected',
  person: Person,
  deps: InteractionDeps & { readonly channel: string },
): Promise<string> {
  if (!mayDo(person, 'approve')) return 'Your roles do not allow it: it needs the permission "approve".';
  const approval = await deps.incidents.getApproval(place.incidentId, place.digest);
  if (approval === null) return 'There is no such request.';
  const { action } = await readPlannedAction(place, deps);
  const github = githubOf(person);
  const name = person.username ?? person.id;
  const candidate = {
    names: [name],
    github,
    identity: [
      identifier('user', person.id),
      ...(person.email === null ? [] : [identifier('email', person.email)]),
      ...(github === null ? [] : [identifier('github', github)]),
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

/** Told to whoever pressed, alone. Lost words change nothing of what was done. */
async function tell(
  { response_url: url }: Interaction,
  words: string,
  { poster, log }: InteractionDeps,
): Promise<void> {
  const text = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const body = JSON.stringify({ response_type: 'ephemeral', replace_original: false, text });
  try {
    await poster.send({ what: 'Slack', url, body });
  } catch (error) {
    log.warn('Somebody who pressed a button in Slack could not be answered.', {
      reason: redactOutgoing(messageOf(error)),
    });
  }
}
