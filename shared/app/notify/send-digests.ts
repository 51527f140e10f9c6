import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { quietReason } from '#shared/domain/routing/route.ts';
import type { GatheredMessages } from '#shared/ports/control-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { readStop, type StopDeps } from './stop-notice.ts';

export interface SendDigestsDeps extends AnnounceDeps, StopDeps {
  readonly control: StopDeps['control'] & GatheredMessages;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly meter: Meter;
}

/** Messages of one digest; the rest follows in the next round. */
const MAX_LISTED = 50;
const AT_ONCE = 500;

/**
 * Sends what was gathered, one message for each channel and service, once the oldest has waited for the window and the channel has no quiet hours. What was sent is removed
 * afterwards, so that a crash in between repeats a digest instead of losing it. Returns how many were sent.
 */
export async function sendDigests(deps: SendDigestsDeps): Promise<number> {
  const { control, configuration, clock } = deps;
  const groups = Map.groupBy(await control.gathered(AT_ONCE), ({ channel, about }) => `${channel}\n${about}`);
  if (groups.size === 0) return 0;
  const { policy } = configuration;
  const due = clock.now().getTime() - policy.flapWindowMinutes * 60_000;
  const stopped = await readStop(deps);
  let sent = 0;
  for (const all of groups.values()) {
    const messages = all.toSorted((a, b) => (a.at < b.at ? -1 : 1)).slice(0, MAX_LISTED);
    const [first] = messages;
    if (first === undefined || Date.parse(first.at) > due) continue;
    if (quietReason(first.channel, 'low', configuration, clock.now()) !== null) continue;
    await announce(
      { kind: 'reports-gathered', about: first.about, messages, stopped, timeZone: policy.circumstances.timeZone },
      { ...deps, notifiers: deps.notifiers.filter(({ id }) => id === first.channel) },
    );
    for (const message of messages) await control.dropGathered(message);
    deps.meter.count('digest-sent');
    sent += 1;
  }
  return sent;
}
