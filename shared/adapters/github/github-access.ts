import { Refused } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import { type AppTokens, type GithubApp, makeAppTokens } from './app-tokens.ts';
import type { GithubOptions, RepositoryReference } from './github-client.ts';

type Secret = Readonly<Record<string, string>>;
type Access = { kind: 'user'; token: string } | { kind: 'app'; tokens: AppTokens };

/**
 * How to act on GitHub, depending on the token secret: `{token}` of a machine account, or `{appId, privateKey,
 * installationId?}` of a GitHub App. The secret is read for every request (its reader caches it), so that a new one
 * takes effect without a new process.
 */
export function githubAccess(options: {
  readonly apiUrl: string;
  readonly secret: () => Promise<Secret>;
  readonly clock: Clock;
  readonly meter?: Pick<Meter, 'count'>;
}): GithubOptions {
  const { apiUrl, clock, meter } = options;
  let known: { app: string; tokens: AppTokens } | null = null;
  /** After a redirect a request no longer names a repository. */
  let latest: RepositoryReference | null = null;
  const access = async (): Promise<Access> => {
    const secret = await options.secret();
    const app = appOf(secret);
    if (app === null) return { kind: 'user', token: secret.token ?? '' };
    const name = JSON.stringify(app);
    if (known?.app !== name)
      known = { app: name, tokens: makeAppTokens(app, { apiUrl, clock, ...(meter && { meter }) }) };
    return { kind: 'app', tokens: known.tokens };
  };
  return {
    apiUrl,
    clock,
    ...present({ meter }),
    token: async (repository) => {
      const found = await access();
      if (found.kind === 'user') return found.token;
      latest = repository ?? latest;
      if (latest === null) throw new Refused('A GitHub App token needs a repository; none was requested yet.');
      return await found.tokens.token(latest);
    },
    botLogin: async () => {
      const found = await access();
      return found.kind === 'user' ? null : `${await found.tokens.slug()}[bot]`;
    },
  };
}

/** Null for a plain token. Throws naming the missing field when an app is incomplete. */
function appOf({ token, appId, privateKey, installationId }: Secret): GithubApp | null {
  if (!appId && !privateKey) {
    if (token) return null;
    throw new Refused('The token secret has neither token nor appId and privateKey.');
  }
  if (!appId || !privateKey) throw new Refused(`The token secret lacks ${appId ? 'privateKey' : 'appId'}.`);
  if (installationId !== undefined && !/^\d+$/.test(installationId)) {
    throw new Refused('installationId in the token secret is not a number.');
  }
  return { appId, privateKey, installationId: installationId ?? null };
}
