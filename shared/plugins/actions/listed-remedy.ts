import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { ResourceState, ResourceStateOf } from '#shared/domain/logs/resource-state.ts';
import type { Remedy, RemedyOf } from '#shared/domain/plan/remedies.ts';
import { type ResourceRef, resourceOf } from '#shared/domain/plan/resource-ref.ts';
import { Refused } from '#shared/kernel/errors.ts';
import type { ActionPorts, ProposalContext } from './contract.ts';

export type RefOf<K extends ResourceRef['kind']> = Extract<ResourceRef, { kind: K }>;

export interface FittingRemedy<A extends Remedy['action'], K extends ResourceRef['kind']> {
  readonly remedy: RemedyOf<A>;
  readonly state: ResourceStateOf<K>;
  readonly alarmName: string;
  readonly reason: string;
}

/**
 * The remedy that the owner of the incident's service lists for this alarm, with what it changes as it was read. Null unless the alarm
 * rings still and the thing could be read: what nobody listed, and what nobody can see, is not proposed.
 */
export function listedRemedy<A extends Remedy['action'], K extends ResourceRef['kind']>(
  { target, telemetry, service }: ProposalContext,
  action: A,
  kind: K,
): FittingRemedy<A, K> | null {
  const { facts } = telemetry;
  if (target.kind !== 'alarm' || facts.kind !== 'alarm' || facts.state !== 'ALARM' || service === null) return null;
  const alarmName = alarmNameOf(target);
  const remedy = service.remedies.find((one) => one.action === action && one.alarms.includes(alarmName));
  const ref = remedy === undefined ? null : resourceOf(remedy, service);
  if (remedy === undefined || ref?.kind !== kind) return null;
  const state = facts.resources.find((one) => isOf(ref, one));
  if (state === undefined) return null;
  const reason = `The owner of ${service.id} lists it for the alarm ${alarmName}.`;
  return { remedy: remedy as RemedyOf<A>, state: state as ResourceStateOf<K>, alarmName, reason };
}

/** Every name in the reference is the same in what was read. */
function isOf(ref: ResourceRef, state: ResourceState): boolean {
  const read: Readonly<Record<string, unknown>> = state;
  return Object.entries(ref).every(([name, value]) => read[name] === value);
}

/** What an action's thing is like now. Throws `Refused` when something else was read. */
export async function readResource<K extends ResourceRef['kind']>(
  ref: RefOf<K>,
  { resources }: Pick<ActionPorts, 'resources'>,
): Promise<ResourceStateOf<K>> {
  const state = await resources.read(ref);
  if (!isOf(ref, state)) throw new Refused(`What was read is not the ${ref.kind} of the plan.`);
  return state as ResourceStateOf<K>;
}
