import { makePlan } from '#shared/app/plan/plan.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { aRemedyRig, type RigOptions } from './remedy-rig.ts';

/** A rig whose plan was made and granted. */
export async function aGrantedRig(options: RigOptions = {}) {
  const rig = await aRemedyRig(options);
  const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  const place = { incidentId: rig.incident.id, digest: digest as string };
  const { lease } = await guard(place, rig.deps);
  const input = { ...place, lease: lease as string };
  const record = () => rig.deps.incidents.getAction(place.incidentId, place.digest);
  return { ...rig, input, record };
}
export type GrantedRig = Awaited<ReturnType<typeof aGrantedRig>>;
