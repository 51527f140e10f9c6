import { refusalOfOrigin } from '@selfheal/fake-server/same-machine.ts';
import type { OwnRoutes, Runtime } from '@selfheal/local-cloud/runtime-contract.ts';
import type { GatewayResponse } from '@selfheal/local-cloud/wire/request.ts';
import { chatPage } from './chat-page.ts';
import { htmlResponse } from './html-response.ts';
import { channelLookPage } from './message-looks.ts';
import { renderPreviews } from './previews.ts';
import { SLACK_FORM_PATH, slackPage, submitSlackForm } from './slack-page.ts';
import type { World } from './world/world.ts';

/** A failure that a person can make happen from the dashboard. */
interface Breakage {
  readonly id: string;
  readonly title: string;
  /** What Selfheal is expected to do about it. */
  readonly about: string;
  readonly begin: (world: World) => void;
}

/** Milliseconds that a re-run and an alarm's recovery take. */
const OUTSIDE_MS = 3_000;

const BREAKAGES: readonly Breakage[] = [
  {
    id: 'regression',
    title: 'A pull request breaks a test',
    about: 'Selfheal finds the commit and the line, and proposes what to do.',
    begin: ({ samples }) => void samples.failRun('regression', { rerunMs: OUTSIDE_MS }),
  },
  {
    id: 'transient',
    title: 'The package registry drops a connection',
    about: 'Selfheal runs the failed jobs again and checks that they pass.',
    begin: ({ samples }) => void samples.failRun('transient', { rerunMs: OUTSIDE_MS }),
  },
  {
    id: 'bad-deployment',
    title: 'An alarm right after a deployment',
    about: 'Selfheal moves the alias of checkout-api back to the version before.',
    begin: ({ samples }) => void samples.fireAlarm('checkout', { okAfterMs: OUTSIDE_MS }),
  },
  {
    id: 'unexplained-alarm',
    title: 'An alarm that nothing explains',
    about: 'No safe action fits: Selfheal hands it to a human.',
    begin: ({ samples }) => void samples.fireAlarm('ledger'),
  },
];

export interface LocalRoutesDeps {
  /** Null while they are starting. */
  readonly runtime: () => Runtime | null;
  readonly world: World;
  /** E-mail address of the user that pages of this machine are signed in as; null when there is none. */
  readonly user: string | null;
}

/**
 * What `npm start` adds for its own pages: the messages of the local chat at `/chat`, the local Slack at `/slack`, and below `/local-api/` a sign-in without a password, failures on
 * request, and how announcements look. A
 * page of another origin gets none of it, not even of another port of this machine.
 */
export function makeLocalRoutes({ runtime, world, user }: LocalRoutesDeps): OwnRoutes {
  return async (request) => {
    if (request.method === 'GET' && request.path === '/chat') return chatPage(world.channels.messages());
    if (request.method === 'GET' && request.path === '/slack') return slackPage(world.slack);
    if (!request.path.startsWith('/local-api/')) return null;
    const refusal = refusalOfOrigin(request.headers);
    if (refusal !== null) return json(403, { message: refusal });
    const route = `${request.method} ${request.path}`;
    if (route === `POST ${SLACK_FORM_PATH}`)
      return await submitSlackForm(new URLSearchParams(request.body.toString('utf8')), world.slack);
    if (route === 'GET /local-api/breakages')
      return json(200, { breakages: BREAKAGES.map(({ id, title, about }) => ({ id, title, about })) });
    if (route === 'GET /local-api/previews') return json(200, { previews: await renderPreviews() });
    const page = /^GET \/local-api\/previews\/(\d{1,3})\.html$/.exec(route)?.[1];
    if (page !== undefined) return await mailPage(Number(page));
    const channel = /^GET \/local-api\/looks\/([a-z-]{1,20})\.html$/.exec(route)?.[1];
    if (channel !== undefined) return await lookPage(channel);
    if (route === 'POST /local-api/session') {
      const started = runtime();
      if (started === null || user === null)
        return json(404, { message: 'There is no local user: sign in with a password.' });
      const { IdToken: token, ExpiresIn: expiresInSeconds, RefreshToken: refreshToken } = await started.signIn(user);
      return json(200, { token, expiresInSeconds, refreshToken });
    }
    const breakage = BREAKAGES.find(({ id }) => route === `POST /local-api/breakages/${id}`);
    if (breakage === undefined) return json(404, { message: `${route} is no route of the local pages.` });
    breakage.begin(world);
    return json(202, { message: `${breakage.title}: it is on its way.` });
  };
}

/** The mail of one occasion as a mail program shows it. */
async function mailPage(occasion: number): Promise<GatewayResponse> {
  const preview = (await renderPreviews())[occasion];
  const html = preview?.channels.find(({ message }) => message?.html !== undefined)?.message?.html;
  if (html === undefined) return json(404, { message: 'There is no mail of this occasion.' });
  return htmlResponse(html);
}

/** The messages of one channel as its service shows them. */
async function lookPage(channel: string): Promise<GatewayResponse> {
  const html = await channelLookPage(channel);
  if (html === null)
    return json(404, { message: `Messages of ${channel} are plain text: see the page Notifications.` });
  return htmlResponse(html);
}

function json(status: number, value: unknown): GatewayResponse {
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  return { status, headers, body: JSON.stringify(value) };
}
