import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import type { KnownHistory } from '@selfheal/pull-request-quality/app/flaky-tests/test-history.ts';
import type { ApiOptions } from '../api/api-client.ts';
import { readSession } from '../api/session.ts';
import type { DecidingFiles } from '../input/base-files.ts';
import { chosenState, stateAt, withState } from '../input/state-place.ts';

/**
 * Whether a command about flaky tests means those that `flaky record` keeps, and not those of a deployment: with `--state` or SELFHEAL_STATE, and where neither
 * a repository nor a deployment is named (`--url`, SELFHEAL_URL, a sign-in).
 */
export async function isAboutRecorded(
  repository: string | undefined,
  options: ApiOptions & { readonly state?: string | undefined },
  { environment }: Terminal,
): Promise<boolean> {
  if (options.state !== undefined) return true;
  if ([repository, options.url, options.token, options.profile, environment.SELFHEAL_URL].some((given) => given))
    return false;
  if (environment.SELFHEAL_STATE) return true;
  return (await readSession({ environment }).catch(() => null)) === null;
}

/** What was recorded of one job, or of all. Throws `UsageError` where nothing was. */
export async function recordedHistories(
  given: string | undefined,
  job: string | null,
  terminal: Terminal,
): Promise<KnownHistory[]> {
  const { readHistories } = await import('@selfheal/pull-request-quality/app/flaky-tests/test-history.ts');
  const histories = await withState(() => readHistories(stateAt(given, terminal).state, job));
  if (histories.length > 0) return histories;
  throw new UsageError(
    `${chosenState(given, terminal.environment)}: no test reports are recorded here${job === null ? '' : ` for the job "${job}"`}. Record some with "selfheal flaky record", or name another place with --state.`,
  );
}

/** The first CODEOWNERS file, of a proposal that of its base; empty when there is none, or when it cannot be read, which is said. */
export async function readCodeOwners(
  files: Pick<DecidingFiles, 'read'>,
  paths: readonly string[],
  say: (text: string) => void,
): Promise<string> {
  for (const path of paths) {
    const found = await files.read(path);
    if (found.kind === 'text') return found.text;
    if (found.kind === 'missing') continue;
    say(`The code owners are not known: ${found.reason}`);
    return '';
  }
  return '';
}
