import { UsageError } from '@selfheal/cli-kit/command.ts';
import { githubAccess } from '#shared/adapters/github/github-access.ts';
import type { GithubOptions } from '#shared/adapters/github/github-client.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `GITHUB_API_URL`, or that of github.com. Throws UsageError when it is not a URL. */
export function apiUrlOf({ GITHUB_API_URL: given }: Environment): string {
  const apiUrl = given || 'https://api.github.com';
  if (/^https?:$/.test(URL.parse(apiUrl)?.protocol ?? '')) return apiUrl.replace(/\/+$/, '');
  throw new UsageError(`GITHUB_API_URL is ${apiUrl}: expected a URL such as https://github.example.com/api/v3.`);
}

const YES = ['true', '1', 'yes', 'on'];
const NO = ['', 'false', '0', 'no', 'off'];

/** `DRY_RUN`: whether nothing may be written. Throws UsageError when it says neither yes nor no, because a guess could write. */
export function isDryRun({ DRY_RUN: given = '' }: Environment): boolean {
  const said = given.trim().toLowerCase();
  if (YES.includes(said)) return true;
  if (NO.includes(said)) return false;
  throw new UsageError(`DRY_RUN is ${given}: expected true or false.`);
}

/** Credentials from the environment: a token of a user or of a workflow's run, or a GitHub App. */
export function githubOptions(environment: Environment, apiUrl: string, meter: Pick<Meter, 'count'>): GithubOptions {
  const { GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY, GITHUB_APP_INSTALLATION_ID } = environment;
  const token = tokenOf(environment);
  if (!token && !GITHUB_APP_ID)
    throw new UsageError(
      'Set GITHUB_TOKEN to a token that may read Actions (with --post: also write pull requests): https://github.com/settings/personal-access-tokens',
    );
  if (GITHUB_APP_ID && !GITHUB_APP_PRIVATE_KEY)
    throw new UsageError('GITHUB_APP_ID needs GITHUB_APP_PRIVATE_KEY, the key of the app in PEM.');
  const secret: Record<string, string> = GITHUB_APP_ID
    ? {
        appId: GITHUB_APP_ID,
        privateKey: GITHUB_APP_PRIVATE_KEY ?? '',
        ...(GITHUB_APP_INSTALLATION_ID ? { installationId: GITHUB_APP_INSTALLATION_ID } : {}),
      }
    : { token };
  const access = githubAccess({ apiUrl, secret: async () => secret, clock: systemClock, meter });
  const { botLogin } = access;
  if (!isOfWorkflow(environment)) return access;
  // This token cannot ask for its own name; its comments have this author.
  return { ...access, botLogin: async () => (await botLogin?.()) ?? 'github-actions[bot]' };
}

const tokenOf = ({ GITHUB_TOKEN, GH_TOKEN }: Environment): string => (GITHUB_TOKEN || GH_TOKEN || '').trim();

/** Form of tokens of GitHub Apps, including the token of a workflow's run. https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
const isOfApp = (environment: Environment): boolean => tokenOf(environment).startsWith('ghs_');
const isOfWorkflow = (environment: Environment): boolean =>
  environment.GITHUB_ACTIONS === 'true' && isOfApp(environment);

/** What to know before a comment is written with the token of an app; null for every other. */
export function appTokenWarning(environment: Environment): string | null {
  if (!isOfApp(environment) || isOfWorkflow(environment) || environment.GITHUB_APP_ID) return null;
  return 'The token is of an app that cannot be asked for its name, so an earlier comment is not found and a new one is added: set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY instead.';
}
