import { makeLocalChannels } from '#apps/local/world/channels.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import type { ChannelRequest, Poster } from '#shared/ports/poster.ts';

/** Of the webhook of one's own. */
export const SIGNING_KEY = Buffer.from('a key of the tests, of nobody at all');
/** What people stored for each channel: its sample. */
export const SECRETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ...Object.fromEntries(NOTIFIERS.map(({ id, sample }) => [id, sample?.secret ?? {}])),
  webhook: { url: 'https://example.com/hooks/sample', signingSecret: `whsec_${SIGNING_KEY.toString('base64')}` },
};

/** A poster that speaks to the local services, which refuse what the vendors' would refuse. */
export function localPoster() {
  const sent: ChannelRequest[] = [];
  const { service } = makeLocalChannels({ dataDir: undefined, now: () => new Date(0) });
  const poster: Poster = {
    secretOf: async (channel) => SECRETS[channel] ?? {},
    send: async (request) => {
      sent.push(request);
      const path = new URL(request.url).pathname;
      const call = service.recognise({
        method: 'POST',
        path,
        query: new URLSearchParams(),
        headers: Object.fromEntries(
          Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
        ),
        body: Buffer.from(request.body),
      });
      const answer = await call?.perform();
      if (answer === undefined || answer.status >= 300) throw new Error(`${path}: ${answer?.status} ${answer?.body}`);
      return { status: answer.status, headers: {}, text: String(answer.body) };
    },
  };
  return { poster, sent };
}
