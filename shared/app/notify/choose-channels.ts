import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { incidentSeverity, matterOf, quietReason, routeOf } from '#shared/domain/routing/route.ts';
import { TOPIC_OF } from '#shared/plugins/notifiers/common/chat-notifier.ts';
import type { NotifierPlugin } from '#shared/plugins/notifiers/contract.ts';
import type { Announcement } from '#shared/ports/announcement.ts';

/** What becomes of an announcement at one channel, and why, in words. */
export interface ChannelChoice {
  readonly notifier: NotifierPlugin;
  /** `reserve`: no rule names it; it is told only what a channel of the rule could not be told. */
  readonly kind: 'tell' | 'silent' | 'left-out' | 'reserve';
  readonly why: string;
}

/**
 * The channels of an announcement, by what each takes and by the rules of routing. Rules narrow: a rule whose channels would all be silent about it counts as
 * not there, so that no rule makes a message reach nobody. Pure.
 */
export function chooseChannels(
  announcement: Announcement,
  notifiers: readonly NotifierPlugin[],
  configuration: Configuration,
  now: Date,
): readonly ChannelChoice[] {
  const takes = (one: NotifierPlugin) => one.takes.includes(announcement.kind) && one.wants(announcement);
  // The channel of a digest was chosen when its messages were gathered.
  const isChosen = announcement.kind === 'reports-gathered';
  const topic = TOPIC_OF[announcement.kind] ?? 'approvals';
  const route = isChosen
    ? { channels: null, why: 'a digest' }
    : routeOf(matterOf(incidentOf(announcement), topic, configuration), configuration, now);
  const named = (one: NotifierPlugin) => route.channels?.includes(one.id) ?? true;
  const reachesSomebody = notifiers.some((one) => one.isPlaced !== true && named(one) && takes(one));
  return notifiers.map((notifier): ChannelChoice => {
    if (!takes(notifier)) return { notifier, kind: 'silent', why: 'it does not tell this' };
    if (notifier.isPlaced === true) return { notifier, kind: 'tell', why: 'its place follows from the incident' };
    if (named(notifier)) return { notifier, kind: 'tell', why: route.why };
    if (!reachesSomebody)
      return { notifier, kind: 'tell', why: `no channel of ${route.why} tells this, so every channel does` };
    return isOutside(notifier)
      ? { notifier, kind: 'left-out', why: `${route.why} does not name it` }
      : {
          notifier,
          kind: 'reserve',
          why: `${route.why} does not name it; it is told what the others could not be told`,
        };
  });
}

/** Why a message about an incident waits until the quiet hours of a channel are over; null when it does not. Pure. */
export function quietNow(
  channel: NotifierPlugin['id'],
  incident: Incident,
  configuration: Configuration,
  now: Date,
): string | null {
  return quietReason(channel, incidentSeverity(incident, configuration), configuration, now);
}

/** Ports to what is outside the deployment: a service, a mail server, telephones. */
const OUTSIDE: readonly NotifierPlugin['needs'][number][] = ['poster', 'smtp', 'texter'];
export const isOutside = ({ needs }: NotifierPlugin): boolean => needs.some((port) => OUTSIDE.includes(port));

/** The incident that it is about; null for what is about none. */
export function incidentOf(announcement: Announcement): Incident | null {
  if ('story' in announcement) return announcement.story.incident;
  return announcement.kind === 'alert-raised' ? announcement.incident : null;
}
