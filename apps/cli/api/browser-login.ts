import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import * as z from 'zod';
import { addressOf, contentOf, openApiUnsigned, send, sessionOf } from '#apps/workbench/api/api-client.ts';
import { type Place, writeSession } from '#apps/workbench/api/session.ts';
import { BrowserSignIn } from '#shared/domain/access/browser-sign-in.ts';

export interface BrowserLogin {
  readonly waitSeconds: number;
  /** Whether to start a browser; the address is printed in any case. */
  readonly openBrowser: boolean;
}

const WITHOUT_BROWSER = 'Without a browser on this machine: selfheal login --user NAME.';
const MAX_TEXT = 300;
const Tokens = z.object({ id_token: z.string(), refresh_token: z.string().nullish(), expires_in: z.number() });
const Refusal = z.object({ error: z.string() });

/**
 * Signs in with a browser and stores the session: authorization code with PKCE (RFC 7636), answered to a port of this machine (RFC 8252). Throws
 * `UsageError` when the person or the issuer refuses, when no port is free and when no answer comes in time.
 */
export async function signInWithBrowser(
  url: string,
  { waitSeconds, openBrowser }: BrowserLogin,
  terminal: Terminal,
  place: Place & Pick<Terminal, 'now'>,
): Promise<void> {
  const base = addressOf(url);
  const issuer = await issuerOf(base);
  const [state, verifier] = [secret(), secret()];
  const { server, callback } = await listen(issuer.callbacks);
  try {
    const answer = codeFor(server, { state, callback, waitSeconds, say: terminal.say });
    const address = new URL(issuer.authorizeUrl);
    for (const [name, value] of Object.entries({
      response_type: 'code',
      client_id: issuer.clientId,
      redirect_uri: callback,
      scope: issuer.scope,
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }))
      address.searchParams.set(name, value);
    terminal.say(`selfheal: sign in with your browser, within ${waitSeconds} seconds:\n${address.href}`);
    if (openBrowser) startBrowser(address.href, terminal.environment);
    const { code, finish } = await answer;
    try {
      const tokens = await tokensFor(issuer, { code, callback, verifier });
      await writeSession(sessionOf(base, tokens, place), place);
      finish('You are signed in', 'Close this page and go on in your terminal.');
    } catch (error) {
      finish('You are not signed in', 'Your terminal says why.', 400);
      throw error;
    }
  } finally {
    server.close();
    server.closeIdleConnections();
  }
}

/** 256 random bits in 43 characters: a state, or a verifier (RFC 7636, 4.1). */
const secret = (): string => randomBytes(32).toString('base64url');

/** Throws `UsageError` for a deployment that cannot do this, or that sends elsewhere than it should. */
async function issuerOf(base: string): Promise<BrowserSignIn> {
  const parsed = BrowserSignIn.safeParse(await contentOf(await openApiUnsigned(base).api.auth.browser.$get()));
  if (!parsed.success) throw new UsageError(`${base} does not say how to sign in with a browser. ${WITHOUT_BROWSER}`);
  const { authorizeUrl, tokenUrl, callbacks } = parsed.data;
  for (const address of [authorizeUrl, tokenUrl]) addressOf(address);
  const strange = callbacks.find((one) => !/^http:\/\/127\.0\.0\.1:\d+\/[\w/-]*$/.test(one));
  if (strange !== undefined)
    throw new UsageError(`${base} wants the answer at ${cleanText(strange, MAX_TEXT)}, which is not this machine.`);
  return parsed.data;
}

/** Listens on the first port that is free. */
async function listen(callbacks: readonly string[]): Promise<{ server: Server; callback: string }> {
  for (const callback of callbacks) {
    const server = createServer();
    const isListening = await new Promise<boolean>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        ['EADDRINUSE', 'EACCES'].includes(error.code ?? '') ? resolve(false) : reject(error),
      );
      server.listen(Number(new URL(callback).port), '127.0.0.1', () => resolve(true));
    });
    if (isListening) return { server, callback };
  }
  const ports = callbacks.map((callback) => new URL(callback).port).join(', ');
  throw new UsageError(
    `Other programs use the ports ${ports} of this machine, and the issuer answers to no other. End one of them. ${WITHOUT_BROWSER}`,
  );
}

interface Answer {
  readonly code: string;
  /** Answers the browser, which waits. */
  finish(title: string, text: string, status?: number): void;
}

/** Waits for the browser to come back with a code and this state; whatever else arrives is refused and changes nothing. */
function codeFor(
  server: Server,
  {
    state,
    callback,
    waitSeconds,
    say,
  }: { readonly state: string; readonly callback: string; readonly waitSeconds: number; readonly say: Terminal['say'] },
): Promise<Answer> {
  const { host, pathname } = new URL(callback);
  return new Promise<Answer>((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new UsageError(`Nobody signed in within ${waitSeconds} seconds; nothing was stored. ${WITHOUT_BROWSER}`),
        ),
      waitSeconds * 1000,
    );
    let isOver = false;
    server.on('request', (request, response) => {
      const finish: Answer['finish'] = (title, text, status = 200) => answerBrowser(response, title, text, status);
      const asked = URL.parse(request.url ?? '/', callback);
      const isCallback = request.method === 'GET' && request.headers.host === host && asked?.pathname === pathname;
      if (asked === null || !isCallback) return finish('Not found', 'This port waits for a sign-in only.', 404);
      if (isOver) return finish('This sign-in is over', 'Begin again in your terminal.', 400);
      if (asked.searchParams.get('state') !== state) {
        say('selfheal: refused an answer with another state, which belongs to another sign-in; still waiting.');
        return finish('Refused', 'This answer does not belong to the sign-in that your terminal began.', 400);
      }
      isOver = true;
      clearTimeout(timer);
      const [code, error] = [asked.searchParams.get('code'), asked.searchParams.get('error')];
      if (error === null && code) return resolve({ code, finish });
      finish('You are not signed in', 'Your terminal says why.', 400);
      const reason = cleanText(asked.searchParams.get('error_description') ?? '', MAX_TEXT);
      return reject(
        new UsageError(`The sign-in was refused: ${cleanText(error ?? 'no code', MAX_TEXT)}. ${reason}`.trim()),
      );
    });
  });
}

/** The page runs and loads nothing. */
function answerBrowser(response: ServerResponse, title: string, text: string, status: number): void {
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      connection: 'close',
    })
    .end(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>`,
    );
}

/** Exchanges the code. Throws `UsageError` when the issuer does not take it. */
async function tokensFor(
  { tokenUrl, clientId }: BrowserSignIn,
  { code, callback, verifier }: { readonly code: string; readonly callback: string; readonly verifier: string },
) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: callback,
    code_verifier: verifier,
  });
  const response = await send(new URL(tokenUrl).origin, tokenUrl, { method: 'POST', body });
  const answer: unknown = await response.json().catch(() => null);
  const tokens = Tokens.safeParse(answer);
  if (response.ok && tokens.success) {
    const { id_token: token, refresh_token: refreshToken = null, expires_in: expiresInSeconds } = tokens.data;
    return { token, refreshToken, expiresInSeconds };
  }
  const { error = `status ${response.status}` } = Refusal.safeParse(answer).data ?? {};
  throw new UsageError(`The issuer did not take the code (${cleanText(error, MAX_TEXT)}): run "selfheal login" again.`);
}

/** Starts the person's browser, `BROWSER` before the system's own. When there is none, the address has been printed. */
function startBrowser(address: string, { BROWSER }: Terminal['environment']): void {
  const [command, ...args] = BROWSER
    ? [BROWSER]
    : ({
        darwin: ['open'],
        win32: ['rundll32', 'url.dll,FileProtocolHandler'],
      }[process.platform as string] ?? ['xdg-open']);
  if (command === undefined) return;
  const child = spawn(command, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
