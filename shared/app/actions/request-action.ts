import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { Retryable } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { ActionRequest } from '#shared/domain/incident/action-request.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { openIncident } from '#shared/domain/incident/open-incident.ts';
import type { SignalQueue } from '#shared/ports/cloud.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { auditRequest, signalOfRequest } from '../common/requested-action.ts';
import { type ActionOrder, type FoundTarget, findTarget, type Objection, type TargetDeps } from './find-target.ts';

export interface RequestActionDeps extends TargetDeps {
  readonly incidents: Pick<IncidentStore, 'create' | 'get' | 'audit'>;
  readonly queue: SignalQueue;
}
type RequestSenderDeps = Pick<RequestActionDeps, 'incidents' | 'queue' | 'clock'>;

/** Who asks, as the API authenticated them. */
export interface Requester {
  readonly by: string;
  /** Every name of the person: none of them may approve what they asked for. */
  readonly names: readonly string[];
  /** The same for every try of one request; another one for everything else. */
  readonly requestId: string;
}

export type RequestOutcome = { readonly kind: 'opened'; readonly incident: Incident } | Objection;

const MAX_REASON = 1000;

/**
 * Opens an incident for one action that somebody asks for, and sends it through the intake queue to the same workflow as every signal: plan,
 * approval, guard, verification and undo are those of any other action. Another try of the same request opens nothing twice, and sends again what may
 * have been lost.
 */
export async function requestAction(
  order: ActionOrder & { readonly reason: string | null },
  requester: Requester,
  deps: RequestActionDeps,
): Promise<RequestOutcome> {
  const requestId = requestIdOf(requester);
  const earlier = await earlierRequest(requestId, deps);
  if (earlier !== null) return earlier;
  const found = await findTarget(order, deps);
  if (found.kind !== 'found') return found;
  return await openRequest(found, { ...order, requestId }, requester, deps);
}

export const requestIdOf = ({ requestId }: Requester): string => digestOf(canonicalJson(['action', requestId]), 32);

/** The incident that an earlier try of the same request opened, sent again; null for a new one. */
export async function earlierRequest(requestId: string, deps: RequestSenderDeps): Promise<RequestOutcome | null> {
  const earlier = await deps.incidents.get(`rq-${requestId.slice(0, 24)}`);
  return earlier === null ? null : await send(earlier, deps);
}

/** Opens the incident of a request whose target was found, and sends it. */
export async function openRequest(
  { plugin, subject }: FoundTarget,
  { to, reason, incident: about, requestId, executors }: Pick<ActionOrder, 'to' | 'incident'> & Asked,
  requester: Requester,
  deps: RequestSenderDeps,
): Promise<RequestOutcome> {
  const request: ActionRequest = {
    id: requestId,
    actionId: plugin.id,
    to,
    by: requester.by,
    names: [...requester.names],
    at: deps.clock.now().toISOString(),
    reason: reason === null ? null : redactOutgoing(reason).slice(0, MAX_REASON),
    incidentId: about,
    ...present({ executors }),
  };
  const signal = signalOfRequest(subject, request);
  const ids = identify(signal);
  await deps.incidents.create(openIncident(signal, ids, deps.clock.now()));
  const incident = await deps.incidents.get(ids.incidentId);
  if (incident === null) throw new Retryable(`Incident ${ids.incidentId} was just created and cannot be read yet.`);
  return await send(incident, deps);
}

interface Asked {
  readonly reason: string | null;
  readonly executors?: ActionRequest['executors'];
  /** Of `requestIdOf`. */
  readonly requestId: string;
}

async function send(incident: Incident, { incidents, queue }: RequestSenderDeps): Promise<RequestOutcome> {
  const { request } = incident;
  if (request === undefined) throw new Retryable(`Incident ${incident.id} is no request.`);
  await auditRequest(incident.id, request, incidents);
  if (incident.status === 'open') await queue.send(signalOfRequest(incident, request));
  return { kind: 'opened', incident };
}
