import { Refused } from '@selfheal/kernel/errors.ts';
import type { ResourceState, ResourceStateOf } from '@selfheal/log-reading/logs/resource-state.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import { type Remedy, type RemedyKind, readRemedy } from '#shared/domain/plan/remedies.ts';
import { type ResourceRef, resourceOf } from '#shared/domain/plan/resource-ref.ts';
import type { ActionPorts, ProposalContext } from '../contract.ts';

export type RefOf<K extends ResourceRef['kind']> = Extract<ResourceRef, { kind: K }>;

export interface FittingRemedy<R extends Remedy, K extends ResourceRef['kind']> {
  readonly remedy: R;
  readonly state: ResourceStateOf<K>;
  readonly alarmName: string;
  /** True while the alarm is not ringing: only of a remedy that people may ask for then. */
  readonly quiet: boolean;
  readonly reason: string;
}

/**
 * The remedy that the service's owner lists for this alarm, with the current state of its resource. Null unless the alarm is still in ALARM, or
 * the owner lets people ask for the remedy (`onRequest`) and somebody did, and the state could be read.
 */
export function listedRemedy<R extends Remedy, K extends ResourceRef['kind']>(
  { target, telemetry, service, requested }: ProposalContext,
  remedies: RemedyKind<R>,
  kind: K,
): FittingRemedy<R, K> | null {
  const { facts } = telemetry;
  if (target.kind !== 'alarm' || facts.kind !== 'alarm' || service === null) return null;
  const alarmName = alarmNameOf(target);
  const listed = service.remedies.find((one) => one.action === remedies.action && one.alarms.includes(alarmName));
  const remedy = listed === undefined ? null : readRemedy(listed, remedies);
  const quiet = facts.state !== 'ALARM';
  const isAsked = requested?.actionId === remedies.action && remedy?.onRequest === true;
  if (quiet && !isAsked) return null;
  const ref = remedy === null ? null : resourceOf(remedy, service);
  if (remedy === null || ref?.kind !== kind) return null;
  const state = facts.resources.find((one) => isOf(ref, one));
  if (state === undefined) return null;
  const reason = `The owner of ${service.id} lists it for the alarm ${alarmName}.`;
  return { remedy, state: state as ResourceStateOf<K>, alarmName, quiet, reason };
}

/** Of an action that scales: the number that somebody asked for, else the next step. Null when it is not more than now, or more than allowed. */
export function scaledTo(
  { requested }: ProposalContext,
  remedies: RemedyKind,
  { now, step, max }: { readonly now: number; readonly step: number; readonly max: number },
): number | null {
  const asked = requested?.actionId === remedies.action ? requested.to : null;
  const to = asked ?? Math.min(now + step, max);
  return to > now && to <= max ? to : null;
}

/** Whether the state belongs to the reference: all names are equal. */
function isOf(ref: ResourceRef, state: ResourceState): boolean {
  const read: Readonly<Record<string, unknown>> = state;
  return Object.entries(ref).every(([name, value]) => read[name] === value);
}

/** The problem with a remedy for an ECS service when the service is not one, else null. */
export function needsEcsService(
  { action }: Remedy,
  { deployment }: { readonly deployment: { readonly kind: string } | null },
): string | null {
  return deployment?.kind === 'ecs-service' ? null : `${action} needs a deployment of the kind ecs-service`;
}

/** Reads the current state of an action's resource. Throws `Refused` when it belongs to another resource. */
export async function readResource<K extends ResourceRef['kind']>(
  ref: RefOf<K>,
  { resources }: Pick<ActionPorts, 'resources'>,
): Promise<ResourceStateOf<K>> {
  const state = await resources.read(ref);
  if (!isOf(ref, state)) throw new Refused(`The state that was read belongs to another ${ref.kind} than the plan's.`);
  return state as ResourceStateOf<K>;
}
