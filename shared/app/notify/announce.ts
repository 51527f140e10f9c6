import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Ending, Notification } from '#shared/domain/incident/notification.ts';
import { OutcomeUnknown, Retryable } from '#shared/kernel/errors.ts';
import type { NotifierPlugin, NotifierPorts } from '#shared/plugins/notifiers/contract.ts';
import type { Announcement, IncidentStory } from '#shared/ports/announcement.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { type MailLimitDeps, mayMail } from './mail-limit.ts';
import { gistOf, isToldAlready } from './notification-dedup.ts';

/** The ports that a function has for its notifiers; one that it lacks leaves out the notifiers that need it. */
export interface AnnounceDeps extends Partial<NotifierPorts> {
  readonly notifiers: readonly NotifierPlugin[];
  readonly meter: Meter;
  readonly log: Log;
}

interface Hooks {
  /** Whether this notifier tells it now. */
  admits?(notifier: NotifierPlugin): Promise<boolean>;
  /** Somebody was told: right afterwards, before the next channel. */
  told?(notifier: NotifierPlugin, where: string): Promise<void>;
  /** A channel failed: what to throw after the others were tried, null for nothing. */
  failed?(notifier: NotifierPlugin, error: unknown): Promise<Error | null>;
}

/**
 * Tells an announcement on every channel that wants it, at least once. Returns the ids of those that told it. One channel that fails does not
 * keep the others from it: the first failure is thrown at the end, so that the caller is repeated.
 */
export async function announce(
  announcement: Announcement,
  { notifiers, meter, log, ...ports }: AnnounceDeps,
  { admits, told, failed = async (_notifier, error) => passing(error) }: Hooks = {},
): Promise<readonly string[]> {
  const channels: string[] = [];
  let failure: Error | null = null;
  for (const notifier of notifiers.filter((one) => one.takes.includes(announcement.kind) && one.wants(announcement))) {
    if (notifier.needs.some((port) => ports[port] === undefined)) {
      log.warn('A notifier has no port here.', { channel: notifier.id, kind: announcement.kind });
      meter.count('channel-without-port');
      continue;
    }
    if (admits !== undefined && !(await admits(notifier))) continue;
    try {
      const sent = await notifier.notify(announcement, ports as NotifierPorts);
      if (sent === null) continue;
      channels.push(notifier.id);
      await told?.(notifier, sent.where);
    } catch (error) {
      failure = (await failed(notifier, error)) ?? failure;
    }
  }
  if (failure !== null) throw failure;
  return channels;
}

export interface AnnounceIncidentDeps extends AnnounceDeps, MailLimitDeps {
  readonly incidents: Pick<IncidentStore, 'recordNotification' | 'listNotifications'>;
  readonly configuration: Configuration;
}

interface Once extends Pick<Hooks, 'failed' | 'told'> {
  /** By which a repeat is recognised on each channel. */
  readonly key: string;
  /** How the incident ends for its reader. */
  readonly ending: Ending;
  /** Left out where an alarm goes off again and again and the channel told the same within the window. */
  readonly unlessAlike: boolean;
  /** Counts against what a day may bring about one pull request. */
  readonly limited: boolean;
}

/**
 * The same about an incident, once for each channel and key. A channel that can be read back (`repeatable`) brings its message up to date
 * every time.
 */
export async function announceOnce(
  announcement: Announcement & { readonly story: IncidentStory },
  { key, ending, unlessAlike, limited, told, failed }: Once,
  deps: AnnounceIncidentDeps,
): Promise<readonly string[]> {
  const { incident, actions } = announcement.story;
  const sent = await deps.incidents.listNotifications(incident.id);
  const gist = gistOf(incident, ending, actions.length);
  const { flapWindowMinutes: windowMinutes } = deps.configuration.policy;
  return await announce(announcement, deps, {
    ...(failed === undefined ? {} : { failed }),
    admits: async ({ id, repeatable }) => {
      if (repeatable) return true;
      const own = sent.filter(({ channel }) => channel === id);
      if (isSent(key, own)) return false;
      const alike = unlessAlike && isToldAlready(incident, gist, own, { now: deps.clock.now(), windowMinutes });
      if (!alike && (!limited || (await mayMail(incident, `${incident.id}#${key}`, deps, id)))) return true;
      deps.meter.count('mail-left-out');
      return false;
    },
    told: async (notifier, where) => {
      await told?.(notifier, where);
      const { id: channel, repeatable } = notifier;
      const at = deps.clock.now().toISOString();
      const notification: Notification = { version: 1, incidentId: incident.id, channel, key, at, gist: null };
      await deps.incidents.recordNotification(repeatable ? notification : { ...notification, gist });
    },
  });
}

const isSent = (key: string, sent: readonly Notification[]): boolean => sent.some((one) => one.key === key);

/** A lost answer is retried: comments are read back first, and two mails are better than none. */
export function passing(error: unknown): Error {
  if (error instanceof OutcomeUnknown)
    return new Retryable('It is not known whether a notification arrived.', { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}
