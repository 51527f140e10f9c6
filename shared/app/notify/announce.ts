import { OutcomeUnknown, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Ending, Notification } from '#shared/domain/incident/incident.ts';
import type { NotifierPlugin, NotifierPorts } from '#shared/plugins/notifiers/contract.ts';
import type { Announcement, IncidentStory } from '#shared/ports/announcement.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import type { Counts } from '../common/counts.ts';
import { chooseChannels, isOutside } from './choose-channels.ts';
import { type GatherMailsDeps, waitsForDigest } from './gather-mails.ts';
import { type MailLimitDeps, mayMail } from './mail-limit.ts';
import { gistOf, isAlreadyNotified } from './notification-dedup.ts';

/** The ports that a function has for its notifiers; notifiers that need a missing port are skipped. */
export interface AnnounceDeps extends Partial<NotifierPorts> {
  readonly notifiers: readonly NotifierPlugin[];
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
  /** Absent in functions that tell people of something else than an incident's progress. */
  readonly counts?: Pick<Counts, 'note'>;
}

interface Hooks {
  /** Whether this notifier is to announce it now. */
  shouldNotify?(notifier: NotifierPlugin): Promise<boolean>;
  /** Called right after a notifier has announced it, before the next one. */
  onNotified?(notifier: NotifierPlugin, where: string): Promise<void>;
  /** Called when a notifier fails; returns the error to throw after the others were tried, or null for none. */
  onFailed?(notifier: NotifierPlugin, error: unknown): Promise<Error | null>;
}

/**
 * Sends an announcement through every notifier that wants it and that the rules of routing do not leave out, at least once. Returns the ids of the notifiers that sent it. One that fails does
 * not stop the others: its error is thrown at the end, so that the caller is repeated. A service outside AWS that is down or refuses is no reason to
 * repeat what the others told: they are told after it, and say so.
 */
export async function announce(
  announcement: Announcement,
  { notifiers, configuration, clock, meter, log, counts, ...ports }: AnnounceDeps,
  { shouldNotify, onNotified, onFailed = async (_notifier, error) => notificationError(error) }: Hooks = {},
): Promise<readonly string[]> {
  const channels: string[] = [];
  let failure: Error | null = null;
  const untold: string[] = [];
  /** Notifiers that told it, now or before. */
  const told = new Set<string>();
  const choices = chooseChannels(announcement, notifiers, configuration, clock.now());
  const wanting = choices.filter(({ kind }) => kind === 'tell').map(({ notifier }) => notifier);
  const reserve = choices.filter(({ kind }) => kind === 'reserve').map(({ notifier }) => notifier);
  const isEarly = (one: NotifierPlugin): boolean => isOutside(one) || one.isExtra === true;
  const inside = [...wanting.filter((one) => !isEarly(one)), ...reserve];
  for (const notifier of [...wanting.filter(isEarly), ...inside]) {
    if (untold.length === 0 && reserve.includes(notifier)) continue;
    if (notifier.standsInFor !== undefined && told.has(notifier.standsInFor)) continue;
    if (notifier.needs.some((port) => ports[port] === undefined)) {
      log.warn('A notifier was skipped, because this function lacks a port that it needs.', {
        channel: notifier.id,
        kind: announcement.kind,
      });
      meter.count('channel-without-port');
      continue;
    }
    if (shouldNotify !== undefined && !(await shouldNotify(notifier))) {
      told.add(notifier.id);
      continue;
    }
    try {
      const sent = await notifier.notify(
        untold.length === 0 ? announcement : { ...announcement, untold },
        ports as NotifierPorts,
      );
      if (sent === null) continue;
      channels.push(notifier.id);
      counts?.note('notifications_total', {
        channel: notifier.id,
        outcome: sent.problem === undefined ? 'sent' : 'failed',
      });
      if (sent.problem === undefined) told.add(notifier.id);
      else untold.push(notTold(notifier, new Error(sent.problem), { meter, log }));
      await onNotified?.(notifier, sent.where);
    } catch (error) {
      counts?.note('notifications_total', { channel: notifier.id, outcome: 'failed' });
      // The comment on a pull request has no place for it.
      const isSaid = isOutside(notifier)
        ? inside.length > 0
        : notifier.isExtra === true && error instanceof Refused && inside.some(({ isPlaced }) => isPlaced !== true);
      if (isSaid) untold.push(notTold(notifier, error, { meter, log }));
      else failure = (await onFailed(notifier, error)) ?? failure;
    }
  }
  if (failure !== null) throw failure;
  return channels;
}

function notTold(
  { id, title }: NotifierPlugin,
  error: unknown,
  { meter, log }: Pick<AnnounceDeps, 'meter' | 'log'>,
): string {
  const reason = redactOutgoing(error instanceof Error ? error.message : String(error));
  log.warn('A channel could not be told.', { channel: id, reason });
  meter.count(`untold-${id}`);
  return `${title} could not be told: ${reason}`;
}

export interface AnnounceIncidentDeps extends AnnounceDeps, MailLimitDeps, GatherMailsDeps {
  readonly control: MailLimitDeps['control'] & GatherMailsDeps['control'];
  readonly incidents: Pick<IncidentStore, 'recordNotification' | 'listNotifications'>;
  readonly configuration: Configuration;
}

interface OnceOptions extends Pick<Hooks, 'onFailed'> {
  /** Called right after a notifier has announced it. `isFirst`: nobody was told anything of this attempt of the incident before. */
  onNotified?(notifier: NotifierPlugin, where: string, isFirst: boolean): Promise<void>;
  /** Identifies the announcement on each channel, so that a repeat is recognised. */
  readonly key: string;
  /** How the incident ends for its reader. */
  readonly ending: Ending;
  /** Skips an alarm that goes off again and again, when the channel announced the same within the window. */
  readonly skipSimilar: boolean;
  /** Counts towards the daily limit for one pull request. */
  readonly limited: boolean;
}

/**
 * Announces something about an incident once for each channel and key. A channel whose message can be updated in place (`repeatable`) updates
 * it every time.
 */
export async function announceOnce(
  announcement: Announcement & { readonly story: IncidentStory },
  { key, ending, skipSimilar, limited, onNotified, onFailed }: OnceOptions,
  deps: AnnounceIncidentDeps,
): Promise<readonly string[]> {
  const { incident, actions } = announcement.story;
  const sent = await deps.incidents.listNotifications(incident.id);
  const gist = gistOf(incident, ending, actions.length);
  const { flapWindowMinutes: windowMinutes } = deps.configuration.policy;
  // A comment, whose record has no gist, was certainly made; a mail may still wait for a digest.
  let isFirst = !sent.some((one) => one.gist === null && one.key.endsWith(`#${incident.attempt}`));
  const recordSent = async (channel: string, told: Notification['gist']) => {
    const at = deps.clock.now().toISOString();
    await deps.incidents.recordNotification({ version: 1, incidentId: incident.id, channel, key, at, gist: told });
  };
  return await announce(announcement, deps, {
    ...(onFailed === undefined ? {} : { onFailed }),
    shouldNotify: async ({ id, repeatable }) => {
      if (repeatable) return true;
      const own = sent.filter(({ channel }) => channel === id);
      if (isSent(key, own)) return false;
      const isSimilar = skipSimilar && isAlreadyNotified(incident, gist, own, { now: deps.clock.now(), windowMinutes });
      if (isSimilar || (limited && !(await mayMail(incident, `${incident.id}#${key}`, deps, id)))) {
        deps.meter.count('mail-left-out');
        return false;
      }
      const message = { story: announcement.story, channel: id, key, ending };
      if (!skipSimilar || !(await waitsForDigest(message, deps))) return true;
      deps.meter.count('mail-gathered');
      await recordSent(id, gist);
      return false;
    },
    onNotified: async (notifier, where) => {
      await onNotified?.(notifier, where, isFirst);
      isFirst = false;
      await recordSent(notifier.id, notifier.repeatable ? null : gist);
    },
  });
}

const isSent = (key: string, sent: readonly Notification[]): boolean => sent.some((one) => one.key === key);

/**
 * The error to throw for a failed notifier. A lost answer is retried: a comment is read back first, and two mails are better than none.
 */
export function notificationError(error: unknown): Error {
  if (error instanceof OutcomeUnknown)
    return new Retryable('It is unknown whether a notification arrived; it will be sent again.', { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}
