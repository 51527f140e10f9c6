import type { Grant } from '@selfheal/kernel/plugin.ts';
import type * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { AnnouncementKind, FunctionConfig } from '#shared/domain/workflow/function-config.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import type { Mailer, Texter } from '#shared/ports/cloud.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { ChannelRequest, Poster } from '#shared/ports/poster.ts';
import type { SmtpSender } from '#shared/ports/smtp-sender.ts';

export type { Announcement, AskedPlan, IncidentStory } from '#shared/ports/announcement.ts';

export interface NotifierPorts {
  readonly codeHost: Pick<
    CodeHost,
    'findComment' | 'createComment' | 'updateComment' | 'pullRequestState' | 'findCheck' | 'createCheck' | 'updateCheck'
  >;
  readonly mailer: Mailer;
  readonly poster: Poster;
  readonly smtp: SmtpSender;
  readonly texter: Texter;
}

/** A message that was sent. */
interface SentMessage {
  /** The channel, or a link to the message. */
  readonly where: string;
  /** Who of the channel was not told, and why; other channels say so. */
  readonly problem?: string;
}

/** Names of variables, the first of which wins, by the field that they set. */
interface NotifierEnvironment {
  /** Fields of its section; `list`: with commas. */
  readonly settings?: Readonly<
    Record<string, { readonly names: readonly string[]; readonly kind: 'text' | 'number' | 'list' }>
  >;
  /** Fields of its secret: their values are never part of a deployment. */
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
  /** The section that a variable is added to where the configuration has none. */
  readonly base?: Readonly<Record<string, unknown>>;
}

/** A message in words: `subject` of a mail or a ticket, `html` of a mail as a page. */
export interface ShownMessage {
  readonly subject: string | null;
  readonly text: string;
  readonly html?: string;
}

/** How the service of a sample answers one request. */
interface SampleAnswer {
  /** 200 by default. */
  readonly status?: number;
  readonly text: string;
  /** The message in the request; null where it only asks something. The request's body in words when absent. */
  readonly shown?: ShownMessage | null;
}

/** Made-up settings and secret, of nobody, with which a notifier renders; previews, dry runs and the local runtime use them. */
export interface NotifierSample {
  /** A section of `notifiers`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly secret?: Readonly<Record<string, string>>;
  /** Pure. Answers as its service would; `ok` to everything when absent. */
  answer?(request: ChannelRequest): SampleAnswer;
}

export interface NotifierPlugin {
  readonly id: string;
  readonly title: string;
  /**
   * Schema of its section of `notifiers` in `selfheal.json`; absent when it has none. Where every field has a default, the section may be left out;
   * otherwise the notifier is used only when its section is there.
   */
  readonly settings?: z.ZodType;
  /** Variables of the environment that set its section, or are stored in its secret; read by `cdk deploy` and `npm start`. */
  readonly environment?: NotifierEnvironment;
  readonly sample?: NotifierSample;
  /** What it uses of the deployment, as exact IAM actions. Functions that make announcements it takes get these permissions. */
  readonly uses?: FunctionConfig['uses'];
  /** IAM statements for resources outside the deployment. */
  grants?(configuration: Configuration): readonly Grant[];
  /** The ports it sends through. A function that lacks one of them skips the notifier and logs it. */
  readonly needs: readonly (keyof NotifierPorts)[];
  /** The kinds of announcement that it can render. */
  readonly takes: readonly AnnouncementKind[];
  /** Pure: whether it sends this announcement, whose kind it takes. `settings`: its section, as its schema gives it. */
  wants(announcement: Announcement, settings?: unknown): boolean;
  /**
   * Sends the announcement. Where the channel allows, it reads back first, so that repeated calls send it once. Returns a link to the message;
   * null when nothing was sent. `settings`: its section, as its schema gives it.
   */
  notify(announcement: Announcement, ports: NotifierPorts, settings?: unknown): Promise<SentMessage | null>;
  /** Whether a repeat of `notify` for the same announcement is harmless; if not, the caller prevents repeats. */
  readonly repeatable: boolean;
  /** True: what it told stands open until it is told of the end, as a ticket does. */
  readonly staysOpen?: true;
  /** True: it pages people, and is told when somebody took the incident on elsewhere (`acknowledgedBy` of the story). */
  readonly acknowledges?: true;
  /** True: its place follows from the incident, as of a comment on a pull request, so that no rule routes it. */
  readonly isPlaced?: true;
  /** True: others tell the same. Where its service refuses it, those that are told after it say so. */
  readonly isExtra?: true;
  /** Id of another notifier that reaches the same people: where that one is used, this one sends only what it could not. */
  readonly standsInFor?: string;
}

/** A notifier as it is written: its settings have the type that its schema gives them. */
interface NotifierDefinition<S> extends NotifierPlugin {
  readonly settings?: z.ZodType<S>;
  wants(announcement: Announcement, settings: S): boolean;
  notify(announcement: Announcement, ports: NotifierPorts, settings: S): Promise<SentMessage | null>;
}

export function defineNotifier<S = undefined>(plugin: NotifierDefinition<S>): NotifierPlugin {
  return plugin;
}
