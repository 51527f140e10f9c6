import { redactName } from '@selfheal/redaction/redact.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { IncidentTeller } from '#shared/ports/incident-teller.ts';
import { handOverKey } from '../notify/hand-over-key.ts';
import { type AnnotateDeps, auditChange, changeIncident, type IncidentChange } from './annotate-incident.ts';

export interface HandOverDeps extends AnnotateDeps {
  readonly incidents: AnnotateDeps['incidents'] & Pick<IncidentStore, 'listNotifications'>;
  readonly teller: Pick<IncidentTeller, 'handOver'>;
}

const MAX_REASON = 500;

/**
 * Has others told that a person is needed, by every channel that is told of such incidents, and who is on call called whatever the severity. Once for each attempt
 * and channel: who asks first stays, and asking again only reaches channels that failed. It changes nothing else. `told`: ids of the channels. `reason` is raw.
 */
export async function handOverIncident(
  id: string,
  reason: string,
  by: string,
  deps: HandOverDeps,
): Promise<IncidentChange & { readonly told?: readonly string[] }> {
  const at = deps.clock.now().toISOString();
  let isNew = false;
  const result = await changeIncident(
    id,
    (incident, current) => {
      const refused = objectionTo(incident);
      if (refused !== null) return { refused };
      const { attempt } = incident;
      isNew = current.handedOver?.attempt !== attempt;
      return isNew
        ? { annotations: { ...current, handedOver: { by, at, attempt, reason: redactName(reason, MAX_REASON) } } }
        : null;
    },
    deps,
  );
  const asked = result.kind === 'changed' ? result.incident.annotations?.handedOver : null;
  if (result.kind !== 'changed' || !asked) return result;
  const { incident } = result;
  if (isNew) {
    const facts = { by, attempt: incident.attempt, reason: asked.reason };
    await auditChange(incident, { at, event: 'incident.person-escalated', facts }, deps);
  }
  await deps.teller.handOver(id, { by: asked.by, reason: `${asked.by} asks for help: ${asked.reason}` });
  const key = handOverKey(incident, true);
  const told = (await deps.incidents.listNotifications(id)).filter((one) => one.key === key);
  return { ...result, told: told.map(({ channel }) => channel) };
}

function objectionTo({ status, parentId, target }: Incident): string | null {
  if (status === 'linked' || status === 'grouped')
    return `It is handled as part of incident ${parentId}: hand that one over.`;
  if (status === 'resolved' || status === 'healed') return 'It has ended: report what is wrong now as a new incident.';
  return isSimulated(target) ? 'It is a rehearsal, of which nobody is told.' : null;
}
