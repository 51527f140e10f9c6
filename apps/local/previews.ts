import { dryRun } from '#shared/app/notify/dry-run.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { NotifierPlugin } from '#shared/plugins/notifiers/contract.ts';
import { NOTIFIERS, notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import { chatText } from './chat-text.ts';
import { SAMPLE_ANNOUNCEMENTS } from './sample/announcements.ts';

/** Settings with which every notifier renders; nothing is sent. */
const SAMPLE_SETTINGS = Object.fromEntries(
  NOTIFIERS.flatMap(({ id, sample }) => (sample?.settings === undefined ? [] : [[id, sample.settings]])),
);
export const SAMPLE_NOTIFIERS = notifiersOf({ notifiers: SAMPLE_SETTINGS });
export const SAMPLE_CONFIGURATION = Configuration.parse({ version: 1, notifiers: SAMPLE_SETTINGS });
/** Noon of a day on which nobody has quiet hours. */
export const SAMPLE_NOW = new Date('2026-11-24T12:00:00.000Z');

/**
 * The sample announcements as the notifiers themselves render them, and why each is told or not. Their ports only keep what is written, so nothing is sent.
 */
export function renderPreviews(
  notifiers: readonly NotifierPlugin[] = SAMPLE_NOTIFIERS,
  configuration: Configuration = SAMPLE_CONFIGURATION,
) {
  return Promise.all(
    SAMPLE_ANNOUNCEMENTS.map(async ({ title, announcement }) => ({
      title,
      kind: announcement.kind,
      channels: (await dryRun(announcement, notifiers, configuration, SAMPLE_NOW, chatText)).map(
        ({ id, title: channel, outcome, why, message }) => {
          if (outcome === 'failed') throw new Error(`The preview of ${id} failed: ${why}`);
          return { id, title: channel, why, message };
        },
      ),
    })),
  );
}
