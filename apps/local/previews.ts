import type { NotifierPlugin, NotifierPorts } from '#shared/plugins/notifiers/contract.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import { chatText } from './chat-text.ts';
import { SAMPLE_ANNOUNCEMENTS, type SampleAnnouncement } from './sample/announcements.ts';

interface Message {
  /** Of a mail; a comment has none. */
  readonly subject: string | null;
  readonly text: string;
  /** The same as a page, where the message has one. */
  readonly html?: string;
}

/** Settings and secrets with which every notifier renders; nothing is sent. */
const SAMPLE_SETTINGS = {
  ...Object.fromEntries(
    ['slack', 'teams', 'pagerduty', 'webhook'].map((id) => [id, { tell: ['incidents', 'approvals', 'upkeep'] }]),
  ),
  sms: { to: ['+491700000000'] },
  smtp: { host: 'smtp.example.com', from: 'selfheal@example.com', to: ['on-call@example.com'] },
};

/** Obviously of nobody. */
const SAMPLE_SECRETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  slack: { url: 'https://hooks.slack.com/services/T000/B000/preview' },
  teams: { url: 'https://example.com/workflows/preview' },
  pagerduty: { routingKey: '0'.repeat(32) },
  webhook: { url: 'https://example.com/webhook' },
};

/** One announcement as each notifier would send it. */
interface Preview {
  readonly title: string;
  readonly kind: string;
  readonly channels: readonly {
    readonly id: string;
    readonly title: string;
    /** Null when the notifier does not take this kind, or is silent about it. */
    readonly message: Message | null;
  }[];
}

/** The sample announcements as the notifiers themselves render them. Their ports only keep what is written, so nothing is sent. */
export function renderPreviews(
  notifiers: readonly NotifierPlugin[] = notifiersOf({ notifiers: SAMPLE_SETTINGS }),
): Promise<Preview[]> {
  return Promise.all(
    SAMPLE_ANNOUNCEMENTS.map(async (sample) => ({
      title: sample.title,
      kind: sample.announcement.kind,
      channels: await Promise.all(
        notifiers.map(async (notifier) => ({
          id: notifier.id,
          title: notifier.title,
          message: await messageOf(sample, notifier),
        })),
      ),
    })),
  );
}

async function messageOf({ announcement }: SampleAnnouncement, notifier: NotifierPlugin): Promise<Message | null> {
  if (!notifier.takes.includes(announcement.kind) || !notifier.wants(announcement)) return null;
  let message: Message | null = null;
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
      secretOf: async (channel) => SAMPLE_SECRETS[channel] ?? {},
      send: async ({ body }) => {
        message = { subject: null, text: chatText(body) };
        return { status: 200, headers: {}, text: 'ok' };
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
    },
  };
  await notifier.notify(announcement, ports);
  return message;
}
