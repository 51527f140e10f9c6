import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { StopNotice } from '#shared/ports/announcement.ts';
import type { ControlSettings, Deduplication } from '#shared/ports/control-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import { type AnnounceDeps, announce } from './announce.ts';

export interface StopDeps {
  readonly control: Pick<ControlSettings, 'controls'>;
}

export interface RemindStopDeps extends AnnounceDeps {
  readonly control: StopDeps['control'] & Deduplication;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly meter: Meter;
}

const DAY_MILLISECONDS = 24 * 60 * 60_000;

/** The kill switch for an announcement; null while it is off. */
export async function readStop({ control }: StopDeps): Promise<StopNotice | null> {
  const { killSwitch, ...notice } = await control.controls();
  return killSwitch ? notice : null;
}

/**
 * Reminds people once a day that the kill switch is still on, first after 24 hours. Recorded after the mail, so that a crash in between repeats
 * the mail instead of losing it. Records of earlier releases do not say since when: their first reminder follows at once, the next ones at each
 * change of the day (UTC). Returns whether a reminder was sent.
 */
export async function remindOfStop(deps: RemindStopDeps): Promise<boolean> {
  const stopped = await readStop(deps);
  if (stopped === null) return false;
  const now = deps.clock.now();
  const days =
    stopped.since === undefined ? null : Math.floor((now.getTime() - Date.parse(stopped.since)) / DAY_MILLISECONDS);
  if (days !== null && days < 1) return false;
  const key = days === null ? `stop#${now.toISOString().slice(0, 10)}` : `stop#${stopped.since}#${days}`;
  if (await deps.control.isProcessed(key)) return false;
  const { timeZone } = deps.configuration.policy.circumstances;
  await announce({ kind: 'still-stopped', stopped, days, timeZone }, deps);
  await deps.control.markProcessed(key, now);
  deps.meter.count('stop-reminded');
  return true;
}
