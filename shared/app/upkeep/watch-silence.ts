import type { Clock } from '@selfheal/kernel/time.ts';
import { signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import type { Connection } from '#shared/domain/webhooks/connection.ts';
import type { SignalQueue } from '#shared/ports/cloud.ts';
import type { ConnectionMeter, ConnectionStore } from '#shared/ports/connection-store.ts';
import type { ControlSettings } from '#shared/ports/control-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';

export interface WatchSilenceDeps {
  readonly connections: Pick<ConnectionStore, 'list'>;
  readonly activity: Pick<ConnectionMeter, 'lastSeen'>;
  readonly control: Pick<ControlSettings, 'cursor' | 'setCursor'>;
  readonly queue: SignalQueue;
  readonly clock: Clock;
  readonly meter: Meter;
}

/** Provider of alerts about connections themselves. */
const SILENCE = 'silent-connection';
const MINUTE = 60_000;
/** Time of the last delivery before the silence that was told of; empty: it has spoken since. */
const cursorOf = (id: string): string => `silent#${id}`;

/**
 * Opens an alert for each connection that used to speak and has been silent for longer than it says (`silentAfterMinutes`), once for each silence, and closes
 * it when the connection speaks again. One that never spoke is not silent. Repeatable: the alert of one silence is one report.
 */
export async function watchSilence(deps: WatchSilenceDeps): Promise<void> {
  for (const connection of await deps.connections.list()) {
    const { silentAfterMinutes: limit, id } = connection;
    const seen = limit === null ? null : await deps.activity.lastSeen(id);
    if (limit === null || seen === null) continue;
    const told = (await deps.control.cursor(cursorOf(id))) || null;
    const isSilent = deps.clock.now().getTime() - Date.parse(seen) > limit * MINUTE;
    if (isSilent && told !== seen) {
      await deps.queue.send(signalOf(connection, { since: seen, limit, spokeAt: null }));
      await deps.control.setCursor(cursorOf(id), seen);
      deps.meter.count('connection-silent');
    } else if (!isSilent && told !== null) {
      await deps.queue.send(signalOf(connection, { since: told, limit, spokeAt: seen }));
      await deps.control.setCursor(cursorOf(id), '');
    }
  }
}

function signalOf(
  { id, source, services }: Connection,
  { since, limit, spokeAt }: { readonly since: string; readonly limit: number; readonly spokeAt: string | null },
) {
  const startedAt = new Date(Date.parse(since) + limit * MINUTE);
  const [only] = services?.length === 1 ? services : [];
  return signalOfAlert(
    {
      id,
      state: spokeAt === null ? 'firing' : 'resolved',
      severity: 'medium',
      service: only ?? null,
      title: `Connection ${id} is silent`,
      text: `Nothing came through the connection ${id} (${source}) since ${since}, although it should speak every ${limit} minutes. Alerts of it may be lost: look at the sender, its address and its secret.`,
      url: null,
      startedAt,
      changedAt: spokeAt === null ? startedAt : new Date(spokeAt),
    },
    { provider: SILENCE, connection: id },
  );
}
