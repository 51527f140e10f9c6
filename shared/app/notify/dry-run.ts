import { messageOf } from '@selfheal/kernel/errors.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { onDuty, waysOf } from '#shared/domain/on-call/escalation-chain.ts';
import { incidentSeverity } from '#shared/domain/routing/route.ts';
import type { NotifierPlugin, NotifierPorts, ShownMessage } from '#shared/plugins/notifiers/contract.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import { chooseChannels, incidentOf, quietNow } from './choose-channels.ts';

/** What would happen at one channel. */
export interface DryChannel {
  readonly id: string;
  readonly title: string;
  /** `waits`: told in the digest after the quiet hours; `reserve`: told only what others could not be told. */
  readonly outcome: 'told' | 'waits' | 'silent' | 'left-out' | 'reserve' | 'failed';
  readonly why: string;
  /** What would be sent; null where nothing is. */
  readonly message: ShownMessage | null;
}

/** One level of who is on call, as it would be called. */
export interface DryLevel {
  readonly afterMinutes: number;
  readonly people: readonly { readonly name: string; readonly ways: readonly string[] }[];
  /** Why somebody else stands in, or what is not known without asking another tool; null for neither. */
  readonly note: string | null;
}

/** Every channel, in the order of the registry. Nothing is sent, nothing is read from a service. */
export async function dryRun(
  announcement: Announcement,
  notifiers: readonly NotifierPlugin[],
  configuration: Configuration,
  now: Date,
  textOf: (body: string) => string,
): Promise<readonly DryChannel[]> {
  const incident = incidentOf(announcement);
  const mayWait = announcement.kind === 'progress' || announcement.kind === 'escalation';
  const choices = chooseChannels(announcement, notifiers, configuration, now);
  const replaced = new Set(choices.filter(({ kind }) => kind === 'tell').map(({ notifier }) => notifier.id));
  return await Promise.all(
    choices.map(async ({ notifier, kind, why }): Promise<DryChannel> => {
      const { id, title, standsInFor } = notifier;
      const of = (outcome: DryChannel['outcome'], reason: string, message: ShownMessage | null = null) => ({
        id,
        title,
        outcome,
        why: reason,
        message,
      });
      if (kind === 'silent' || kind === 'left-out') return of(kind, why);
      const isReplaced = standsInFor !== undefined && replaced.has(standsInFor);
      const reserve = kind === 'reserve' ? why : isReplaced ? `it is told what ${standsInFor} could not be told` : null;
      const quiet = incident === null || !mayWait ? null : quietNow(id, incident, configuration, now);
      try {
        const message = await renderMessage(notifier, announcement, textOf);
        if (message === null) return of('silent', 'it has nothing to say about it');
        if (reserve !== null) return of('reserve', reserve, message);
        return quiet !== null && !notifier.repeatable ? of('waits', quiet, message) : of('told', why, message);
      } catch (error) {
        return of('failed', messageOf(error));
      }
    }),
  );
}

/** Who would be called, level by level; empty where nobody would be. Schedules of other tools are not read. */
export function dryCalls(announcement: Announcement, configuration: Configuration, now: Date): readonly DryLevel[] {
  const incident = incidentOf(announcement);
  const { onCall, policy } = configuration;
  const isCalled = announcement.kind === 'escalation' || announcement.kind === 'workflow-failure';
  if (incident === null || !isCalled || !onCall.severities.includes(incidentSeverity(incident, configuration)))
    return [];
  let afterMinutes = 0;
  return onCall.levels.map(({ minutes, schedule }, index) => {
    const at = new Date(now.getTime() + afterMinutes * 60_000);
    const duty = onDuty(onCall, index + 1, null, { now: at, timeZone: policy.circumstances.timeZone });
    const tool = schedule === null ? null : 'pagerduty' in schedule ? 'PagerDuty' : 'Jira Service Management';
    const level: DryLevel = {
      afterMinutes,
      people: duty.people.map((person) => ({ name: person.name, ways: waysOf(person) })),
      note:
        tool === null ? duty.gap : `first whoever the schedule of ${tool} names; these people where it names nobody`,
    };
    afterMinutes += minutes;
    return level;
  });
}

/** An announcement as a notifier would send it, by ports that only keep what is written. `textOf`: the words of a chat message's body. */
async function renderMessage(
  notifier: NotifierPlugin,
  announcement: Announcement,
  textOf: (body: string) => string,
): Promise<ShownMessage | null> {
  let message: ShownMessage | null = null;
  const ports: NotifierPorts = {
    mailer: {
      publish: async (subject, text) => {
        message = { subject, text };
      },
    },
    texter: {
      send: async (_phone, text) => {
        message = { subject: null, text };
      },
    },
    smtp: {
      send: async ({ subject, text, html }) => {
        message = { subject, text, html };
        return [];
      },
    },
    poster: {
      secretOf: async () => notifier.sample?.secret ?? {},
      send: async (request) => {
        const { status = 200, text, shown } = notifier.sample?.answer?.(request) ?? { text: 'ok' };
        if (shown !== null) message = shown ?? { subject: null, text: textOf(request.body) };
        return { status, headers: {}, text };
      },
    },
    codeHost: {
      findComment: async () => null,
      pullRequestState: async () => 'open',
      createComment: async (_repository, _pullRequest, text) => {
        message = { subject: null, text };
        return { id: 0, url: '', body: text, authorIsUs: true };
      },
      updateComment: async () => {
        throw new Error('A preview has no earlier comment.');
      },
      findCheck: async () => null,
      createCheck: async (_repository, { title, summary, text }) => {
        message = { subject: title, text: text === '' ? summary : `${summary}\n\n${text}` };
        return { id: 0, url: '' };
      },
      updateCheck: async () => {
        throw new Error('A preview has no earlier check run.');
      },
    },
  };
  await notifier.notify(announcement, ports);
  return message;
}
