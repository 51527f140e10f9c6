import { Refused } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import * as z from 'zod';
import { TOPICS, type Topic } from '#shared/domain/policy/routing-settings.ts';
import { ANNOUNCEMENT_KINDS, type AnnouncementKind } from '#shared/domain/workflow/function-config.ts';
import type { Announcement, IncidentStory } from '#shared/ports/announcement.ts';
import type { ChannelAnswer, ChannelRequest, Poster } from '#shared/ports/poster.ts';
import { defineNotifier, type NotifierPlugin, type NotifierSample } from '../contract.ts';
import { type ChannelMessage, channelMessageOf } from './channel-message.ts';
import { storedFields } from './stored-fields.ts';
import { isToldEnd } from './told-end.ts';

export const TOPIC_OF: Readonly<Record<AnnouncementKind, Topic | null>> = {
  progress: 'incidents',
  escalation: 'incidents',
  'workflow-failure': 'incidents',
  'channel-failure': 'incidents',
  'alert-raised': 'incidents',
  'reports-gathered': 'incidents',
  'approval-asked': 'approvals',
  'approval-too-late': 'approvals',
  'capacity-forecast': 'upkeep',
  'quality-degraded': 'upkeep',
  'learning-reviewed': 'upkeep',
  'still-stopped': 'upkeep',
  'approval-decided': null,
  'approval-expired': null,
};

/** What pagers and telephones are told: what needs a person, and how it ended. */
export const PAGED_KINDS: readonly AnnouncementKind[] = [
  'progress',
  'escalation',
  'workflow-failure',
  'channel-failure',
  'approval-asked',
  'alert-raised',
];

/** Fields that every such channel has. */
const ChatSettings = z.strictObject({
  tell: z
    .array(z.enum(TOPICS))
    .min(1, 'name at least one of incidents, approvals and upkeep')
    .describe('What the channel is told: incidents, approvals, upkeep.'),
});

interface ChatPlace<F, S> {
  readonly fields: F;
  readonly settings: S;
  readonly poster: Poster;
  readonly announcement: Announcement;
}

interface ChatNotifier<F, S> {
  readonly id: string;
  readonly title: string;
  /** The fields that people store for it in the secret of the channels. */
  readonly fields: z.ZodType<F>;
  /** Its settings without `tell`. */
  readonly sample: NotifierSample;
  /** Variables of the environment with such fields. */
  readonly variables?: Readonly<Record<string, readonly string[]>>;
  /** The kinds of announcement it can render; everything that any topic holds when absent. */
  readonly takes?: readonly AnnouncementKind[];
  /** What it told stays open until it is told of the end: it hears of every recovery, also where a comment shows it. */
  readonly staysOpen?: true;
  /** Pure. That a person took an incident on, as a request of a service that pages people about it. */
  readonly acknowledge?: (incidentId: string, fields: F, by: string) => Omit<ChannelRequest, 'what'>;
  /** Its section of `notifiers`, in addition to `tell`. */
  readonly settings?: z.ZodObject;
  /** Pure. Whether it tells this progress, too, which needs nobody and ends nothing. */
  readonly alsoTells?: (story: IncidentStory, settings: S) => boolean;
  /** Pure. The message as a request of its service; null when there is nothing to say there. */
  readonly request?: (
    message: ChannelMessage,
    fields: F,
    settings: S,
    announcement: Announcement,
  ) => Omit<ChannelRequest, 'what'> | null;
  /** In place of `request`, for a service that takes more than one; false when there was nothing to say there. */
  readonly post?: (message: ChannelMessage, to: ChatPlace<F, S>) => Promise<boolean>;
  /** Null when the service took the message, else why not: some answer 200 with an error in the text. */
  readonly problemOf?: (answer: ChannelAnswer) => string | null;
}

/**
 * A channel that is posted to: with settings, secret, rights, and what it tells. Messages cannot be read back, so the caller prevents repeats; after
 * a crash one may be sent twice, but it is never lost.
 */
export function defineChatNotifier<F, S = unknown>(chat: ChatNotifier<F, S>): NotifierPlugin {
  const settings = ChatSettings.extend(chat.settings?.shape ?? {});
  return defineNotifier<z.output<typeof ChatSettings>>({
    id: chat.id,
    title: chat.title,
    settings: settings as unknown as z.ZodType<z.output<typeof ChatSettings>>,
    sample: { ...chat.sample, settings: { tell: [...TOPICS], ...chat.sample.settings } },
    ...(chat.variables === undefined
      ? {}
      : { environment: { secrets: chat.variables, base: { tell: ['incidents', 'approvals'] } } }),
    uses: { channelSecret: ['secretsmanager:GetSecretValue'] },
    needs: ['poster'],
    takes: chat.takes ?? ANNOUNCEMENT_KINDS.filter((kind) => TOPIC_OF[kind] !== null),
    repeatable: false,
    ...present({ staysOpen: chat.staysOpen, acknowledges: chat.acknowledge === undefined ? undefined : true }),
    // Without its section it is not used.
    wants: (announcement, given?: { readonly tell: readonly Topic[] }) => {
      const topic = TOPIC_OF[announcement.kind];
      if (topic === null || given?.tell.includes(topic) !== true) return false;
      if (announcement.kind !== 'progress') return true;
      const { incident, stage, acknowledgedBy } = announcement.story;
      if (acknowledgedBy !== undefined) return chat.acknowledge !== undefined;
      const isRecovered = stage === 'final' && incident.status === 'resolved';
      return (
        isToldEnd(announcement.story) ||
        (chat.staysOpen === true && isRecovered) ||
        chat.alsoTells?.(announcement.story, given as S) === true
      );
    },
    async notify(announcement, { poster }, given) {
      const message = channelMessageOf(announcement);
      if (message === null) return null;
      const fields = await storedFields(chat.id, chat.fields, poster);
      if (chat.post !== undefined) {
        const place = { fields, settings: given as S, poster, announcement };
        return (await chat.post(message, place)) ? { where: chat.title } : null;
      }
      const by = announcement.kind === 'progress' ? announcement.story.acknowledgedBy : undefined;
      const request =
        by === undefined
          ? (chat.request?.(message, fields, given as S, announcement) ?? null)
          : (chat.acknowledge?.(message.incidentId ?? '', fields, by) ?? null);
      if (request === null) return null;
      const answer = await poster.send({ what: chat.title, ...request });
      const problem = chat.problemOf?.(answer) ?? null;
      if (problem !== null) throw new Refused(`${chat.title}: ${problem}`);
      return { where: chat.title };
    },
  });
}

/** The address of an incoming webhook. */
export const WebhookFields = z.strictObject({ url: z.url({ protocol: /^https$/ }) });

/** The whole text of a message, for services that show plain text. */
export function plainText({ title, paragraphs, facts, quoted, links }: ChannelMessage): string {
  return [
    title,
    ...paragraphs,
    facts.map(({ name, value }) => `${name}: ${value}`).join('\n'),
    quoted.join('\n'),
    links.map(({ name, url }) => `${name}: ${url}`).join('\n'),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}
