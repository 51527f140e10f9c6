import type * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { AnnouncementKind, FunctionConfig } from '#shared/domain/workflow/function-config.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import type { Mailer } from '#shared/ports/cloud.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { Grant } from '../grant.ts';

export type { Announcement, AskedPlan, IncidentStory } from '#shared/ports/announcement.ts';

export interface NotifierPorts {
  readonly codeHost: CodeHost;
  readonly mailer: Mailer;
}

export interface NotifierPlugin {
  readonly id: string;
  readonly title: string;
  /** Its section of `notifiers` in `selfheal.json`, with a default for everything that is not needed; absent when it has none. */
  readonly settings?: z.ZodType;
  /** What it uses of the deployment, by exact IAM actions: the roles of the functions get them that announce what it takes. */
  readonly uses?: FunctionConfig['uses'];
  /** IAM statements on what the deployment does not own. */
  grants?(configuration: Configuration): readonly Grant[];
  /** The ports it sends through. An announcing function that lacks one of them skips the notifier and logs that. */
  readonly needs: readonly (keyof NotifierPorts)[];
  /** The kinds of announcement that it can render. */
  readonly takes: readonly AnnouncementKind[];
  /** Pure: whether this announcement, of a kind that it takes, is sent on this channel (silent by default). */
  wants(announcement: Announcement): boolean;
  /**
   * Sends the announcement, once however often it is called: reads back before it writes where the channel allows.
   * Returns a link to it; null when nothing was sent.
   */
  notify(announcement: Announcement, ports: NotifierPorts): Promise<{ where: string } | null>;
  /** Whether a repeat of `notify` for the same announcement is harmless. When false, the caller prevents repeats. */
  readonly repeatable: boolean;
}

export function defineNotifier(plugin: NotifierPlugin): NotifierPlugin {
  return plugin;
}
