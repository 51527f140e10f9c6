import type { IncidentIds } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { isAlarmOrAlert } from '#shared/domain/incident/target-context.ts';
import type { ControlSettings } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

/**
 * Key of an alarm's newest incident. Every state change of an alarm has its own incident id, so the newest is stored by intake key.
 */
const cursorOf = (intakeKey: string): string => `newest#${intakeKey}`;

/** The newest incident of the signal's alarm, open or ended; null for other targets. */
export async function newestOfAlarm(
  { target }: Signal,
  { intakeKey }: IncidentIds,
  deps: {
    readonly incidents: Pick<IncidentStore, 'get'>;
    readonly control: Pick<ControlSettings, 'cursor'>;
  },
): Promise<Incident | null> {
  if (!isAlarmOrAlert(target)) return null;
  const id = await deps.control.cursor(cursorOf(intakeKey));
  return id === null ? null : await deps.incidents.get(id);
}

/** Called before the incident itself is written. If that never happens, reading finds no incident. */
export async function rememberNewest(
  { target }: Signal,
  { intakeKey, incidentId }: IncidentIds,
  control: Pick<ControlSettings, 'setCursor'>,
): Promise<void> {
  if (isAlarmOrAlert(target)) await control.setCursor(cursorOf(intakeKey), incidentId);
}
