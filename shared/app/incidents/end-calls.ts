import { type AnnotateDeps, auditChange, changeIncident, type IncidentChange } from './annotate-incident.ts';

/** Says that nobody is to be called about this attempt any more, though nobody took it on; hearing it again changes nothing. */
export async function endCalls(id: string, by: string, deps: AnnotateDeps): Promise<IncidentChange> {
  const at = deps.clock.now().toISOString();
  let isNew = false;
  const result = await changeIncident(
    id,
    ({ attempt }, current) => {
      isNew = current.callsEnded?.attempt !== attempt;
      return isNew ? { annotations: { ...current, callsEnded: { by, at, attempt } } } : null;
    },
    deps,
  );
  if (result.kind !== 'changed' || !isNew) return result;
  const facts = { by, attempt: result.incident.attempt };
  await auditChange(result.incident, { at, event: 'on-call.ended', facts }, deps);
  return result;
}
