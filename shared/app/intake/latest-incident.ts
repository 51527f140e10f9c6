import type { IncidentIds } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { ControlSettings } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

/**
 * Every state change of an alarm has its own incident id, so the alarm's newest incident is stored under its intake
 * key.
 */
const cursorOf = (intakeKey: string): string => `newest#${intakeKey}`;

/** The newest incident of the signal's alarm, ended or not; null for other targets. */
export async function newestOfAlarm(
  { target }: Signal,
  { intakeKey }: IncidentIds,
  deps: {
    readonly incidents: Pick<IncidentStore, 'get'>;
    readonly control: Pick<ControlSettings, 'cursor'>;
  },
): Promise<Incident | null> {
  if (target.kind !== 'alarm') return null;
  const id = await deps.control.cursor(cursorOf(intakeKey));
  return id === null ? null : await deps.incidents.get(id);
}

/** Written before the incident itself: an incident that was never created is read back as none. */
export async function rememberNewest(
  { target }: Signal,
  { intakeKey, incidentId }: IncidentIds,
  control: Pick<ControlSettings, 'setCursor'>,
): Promise<void> {
  if (target.kind === 'alarm') await control.setCursor(cursorOf(intakeKey), incidentId);
}
