import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { type GithubOptions, makeGithubClient, type RepositoryReference } from './github-client.ts';
import { isHttpError } from './github-errors.ts';

/** A GitHub App, as on its settings page. */
export interface GithubApp {
  readonly appId: string;
  /** PEM. */
  readonly privateKey: string;
  /** The app's only installation; looked up by repository when absent. */
  readonly installationId: string | null;
}

export interface AppTokens {
  /** An installation token for the repository, cached until shortly before it expires. */
  token(repository: RepositoryReference): Promise<string>;
  /** The app's slug: its comments are written by `<slug>[bot]`. */
  slug(): Promise<string>;
}

/** GitHub accepts at most ten minutes, and clocks differ: issued a minute ago, for nine. */
const ISSUED_BEFORE_SECONDS = 60;
const VALID_SECONDS = 9 * 60;
/** A token is valid for an hour; one that expires during a request would be refused. */
const SPARE_MILLISECONDS = 5 * 60_000;

const Installation = z.object({ id: z.number() });
const InstallationToken = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });
const App = z.object({ slug: z.string().min(1) });

/**
 * Tokens of a GitHub App: a JWT signed with its private key (RS256) is exchanged for one per owner the app is installed
 * on. https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app Throws `Refused` that says
 * what to fix: the key, the app id, or a missing installation.
 */
export function makeAppTokens(
  app: GithubApp,
  { apiUrl, clock, meter }: Pick<GithubOptions, 'apiUrl' | 'clock' | 'meter'>,
): AppTokens {
  const key = readKey(app);
  const client = makeGithubClient({
    apiUrl,
    clock,
    ...(meter && { meter }),
    token: async () => signJwt(app.appId, key, clock.now()),
  });
  const kept = new Map<string, Promise<{ token: string; until: number }>>();
  let slug: Promise<string> | null = null;
  const installationOf = async ({ owner, repo }: RepositoryReference): Promise<number> => {
    if (app.installationId !== null) return Number(app.installationId);
    const found = client.call('GET /repos/{owner}/{repo}/installation', { owner, repo }, Installation);
    return (await explained(found, app, `GitHub App ${app.appId} is not installed on ${owner}/${repo}.`)).id;
  };
  const buy = async (repository: RepositoryReference): Promise<{ token: string; until: number }> => {
    const installation_id = await installationOf(repository);
    const route = 'POST /app/installations/{installation_id}/access_tokens';
    // Repeatable: a second token does no harm.
    const bought = client.call(route, { installation_id }, InstallationToken);
    const missing = `GitHub App ${app.appId} has no installation ${installation_id}: correct installationId in the token secret.`;
    const { token, expires_at } = await explained(bought, app, missing);
    return { token, until: Date.parse(expires_at) - SPARE_MILLISECONDS };
  };
  return {
    token: async (repository) => {
      const owner = repository.owner.toLowerCase();
      const before = kept.get(owner);
      const found = before && (await before);
      if (found && found.until > clock.now().getTime()) return found.token;
      const fresh = buy(repository);
      kept.set(owner, fresh);
      fresh.catch(() => kept.delete(owner));
      return (await fresh).token;
    },
    slug: async () => {
      slug ??= explained(client.call('GET /app', {}, App), app, `There is no GitHub App ${app.appId}.`).then(
        (one) => one.slug,
      );
      slug.catch(() => {
        slug = null;
      });
      return await slug;
    },
  };
}

function readKey({ privateKey }: GithubApp): KeyObject {
  try {
    // Copied through a form, line breaks often arrive as two characters.
    const key = createPrivateKey(privateKey.replaceAll('\\n', '\n'));
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Its cause could quote the key.
  }
  throw new Refused('privateKey in the token secret is not the RSA private key (PEM) of a GitHub App.');
}

function signJwt(appId: string, key: KeyObject, now: Date): string {
  const at = Math.floor(now.getTime() / 1000);
  const claims = { iat: at - ISSUED_BEFORE_SECONDS, exp: at + VALID_SECONDS, iss: appId };
  const signed = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

/** Explains a refusal; `missing` is used for 404. */
async function explained<T>(answer: Promise<T>, { appId }: GithubApp, missing: string): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const status = cause instanceof Refused && isHttpError(cause.cause) ? cause.cause.status : null;
    if (status === 404) throw new Refused(missing, { cause });
    if (status !== 401) throw cause;
    const words = `GitHub rejected the key of GitHub App ${appId}: appId and privateKey in the token secret do not belong together.`;
    throw new Refused(words, { cause });
  }
}
