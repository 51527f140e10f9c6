import { randomInt } from 'node:crypto';
import { DRY_RUN_NOTE, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { CorruptRecord, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import type { StateDeps } from '@selfheal/pull-request-quality/app/quality-state/update-document.ts';
import type { QualityDocument, QualityState } from '@selfheal/pull-request-quality/ports/quality-state.ts';
import * as z from 'zod';
import type { GithubOptions } from '#shared/adapters/github/github-client.ts';
import { makeFolderState } from '#shared/adapters/state/folder-state.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { type DecidingFiles, pathBelow, withBaseDocuments } from './base-files.ts';
import { decidingFilesHere } from './deciding-files.ts';
import { runGit } from './git.ts';
import { type RunOrigin, readRunOrigin } from './run-origin.ts';

const DEFAULT_FOLDER = 'ci_metrics';
const BRANCH = 'branch:';

/** Where the quality checks of a repository keep what they know between runs. */
export type StatePlace =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'branch'; readonly branch: string }
  | { readonly kind: 'deployment'; readonly url: string };

type RemotePlace = Exclude<StatePlace, { kind: 'folder' }>;

/** A folder, `branch:NAME` or a URL. */
export const StatePlace = z.string().transform((given, context): StatePlace => {
  const refused = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (/^[a-z]+:\/\//.test(given)) {
    if (/^https?:/.test(given) && URL.canParse(given)) return { kind: 'deployment', url: given.replace(/\/+$/, '') };
    return refused('expected a URL such as https://selfheal.example.com');
  }
  if (!given.startsWith(BRANCH)) return { kind: 'folder', folder: given };
  const branch = given.slice(BRANCH.length);
  if (/^[\w][\w./-]{0,99}$/.test(branch)) return { kind: 'branch', branch };
  return refused('expected the name of a branch, such as branch:selfheal-state');
});

/** The option that names the place which keeps `what` between runs. */
export const stateOption = (what: string) =>
  ({
    state: {
      type: 'string',
      value: 'PLACE',
      about: `a folder, branch:NAME, or the URL of a deployment, ${what}; SELFHEAL_STATE or ${DEFAULT_FOLDER} by default`,
    },
  }) as const;

/** The place in the words of whoever named it: the option, SELFHEAL_STATE, or the default folder. */
export const chosenState = (given: string | undefined, environment: Terminal['environment']): string =>
  given ?? (environment.SELFHEAL_STATE || DEFAULT_FOLDER);

/** Throws `UsageError` for what is no place. */
export function chosenPlace(given: string | undefined, environment: Terminal['environment']): StatePlace {
  const words = chosenState(given, environment);
  const place = StatePlace.safeParse(words);
  if (place.success) return place.data;
  throw new UsageError(`--state ${words}: ${place.error.issues[0]?.message}.`);
}

/**
 * State in the chosen place, dated by the terminal's clock; it is connected when it is first asked for. With `dryRun` what is written is only
 * remembered. Throws `UsageError` for what is no place.
 */
export function stateAt(
  given: string | undefined,
  terminal: Pick<Terminal, 'now' | 'environment' | 'say'>,
  { dryRun = false }: { readonly dryRun?: boolean | undefined } = {},
): StateDeps {
  const place = chosenPlace(given, terminal.environment);
  const spread = 1_000_000;
  const clock = { ...systemClock, now: () => new Date(terminal.now()) };
  // The age of a lock is real time, whatever a terminal is told.
  const state =
    place.kind === 'folder'
      ? guardedFolder(makeFolderState(place.folder, systemClock), readRunOrigin(terminal.environment), {
          files: decidingFilesHere(terminal),
          path: pathBelow('.', place.folder),
          say: terminal.say,
        })
      : connectedLater(() => connect(place, terminal));
  return {
    state: dryRun ? remembering(state, () => terminal.say(DRY_RUN_NOTE)) : state,
    clock,
    random: () => randomInt(spread) / spread,
  };
}

/** What is written can be read again, and nothing is changed, which `note` says once. */
function remembering(state: QualityState, note: () => void): QualityState {
  const written = new Map<string, QualityDocument>();
  return {
    read: async (name) => written.get(name) ?? (await state.read(name)),
    write: async (name, text) => {
      if (written.size === 0) note();
      written.set(name, { text, revision: `remembered ${written.size}` });
      return 'written';
    },
  };
}

function connectedLater(connect: () => Promise<QualityState>): QualityState {
  let connecting: Promise<QualityState> | null = null;
  const connected = () => {
    connecting ??= connect();
    return connecting;
  };
  return {
    read: async (name) => (await connected()).read(name),
    write: async (name, text, replaces) => (await connected()).write(name, text, replaces),
  };
}

/**
 * The repository whose state is meant: `GITHUB_REPOSITORY`, else that of the remote `origin` of the current folder, which is said. Throws `UsageError`
 * when neither names one.
 */
async function repositoryFor({ environment, say }: Pick<Terminal, 'environment' | 'say'>): Promise<string> {
  const given = environment.GITHUB_REPOSITORY ?? '';
  if (/^[\w.-]+\/[\w.-]+$/.test(given)) return given;
  if (given !== '') throw new UsageError(`GITHUB_REPOSITORY is "${given.slice(0, 100)}": expected owner/name.`);
  const server = environment.GITHUB_SERVER_URL || 'https://github.com';
  const origin = (await runGit('.', 'config', '--get', 'remote.origin.url'))?.trim() ?? '';
  const found = repositoryOfRemote(origin, server);
  if (found === null)
    throw new UsageError(
      `Set GITHUB_REPOSITORY to owner/name: the state is that of a repository, and this folder has no remote "origin" on ${new URL(server).host}.`,
    );
  say(
    `selfheal: the state is that of ${found}, the remote "origin" of this folder. GITHUB_REPOSITORY names another one.`,
  );
  return found;
}

/** `owner/name` of a remote on this server: `git@github.com:acme/shop.git`, or an address of HTTPS or SSH; null for another server. */
export function repositoryOfRemote(remote: string, server: string): string | null {
  const { hostname } = new URL(server);
  const [, host, path = ''] =
    /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(remote) ??
    /^(?:[^/@:]+@)?([^/:]+):(.+)$/.exec(remote) ??
    [];
  const repository = path.replace(/\/$/, '').replace(/\.git$/, '');
  return host?.toLowerCase() === hostname.toLowerCase() && /^[\w.-]+\/[\w.-]+$/.test(repository) ? repository : null;
}

async function connect(
  place: RemotePlace,
  { environment, say, now }: Pick<Terminal, 'now' | 'environment' | 'say'>,
): Promise<QualityState> {
  const repository = await repositoryFor({ environment, say });
  return await connectRemote(place, {
    repository,
    origin: readRunOrigin(environment),
    say,
    async github() {
      const { apiUrlOf, githubOptions } = await import('../analyze/github-environment.ts');
      return githubOptions(environment, apiUrlOf(environment), { count() {} });
    },
    async tokenFor(url) {
      const { credentialsOf } = await import('../api/api-client.ts');
      const { token } = await credentialsOf({ url }, { environment, now });
      return async () => token;
    },
  });
}

/** How a branch or a deployment is reached, and for whom. */
interface RemoteAccess {
  /** `owner/name`. */
  readonly repository: string;
  readonly origin: RunOrigin;
  readonly say: (text: string) => void;
  /** For a branch. */
  readonly github: () => Promise<GithubOptions>;
  /** For a deployment. */
  readonly tokenFor: (url: string) => Promise<() => Promise<string>>;
}

/** The state of a repository in a branch or a deployment, which only runs of the default branch, and persons, change. */
export async function connectRemote(
  place: RemotePlace,
  { repository, origin, say, github, tokenFor }: RemoteAccess,
): Promise<QualityState> {
  const reason = origin.event === null || origin.isDefaultBranch ? null : whyUnchanged(origin);
  const guarded = (state: QualityState): QualityState =>
    reason === null ? state : remembering(state, () => say(reason));
  if (place.kind === 'branch') {
    const { makeBranchState } = await import('#shared/adapters/state/branch-state.ts');
    return guarded(makeBranchState({ ...(await github()), repository, branch: place.branch }));
  }
  const { makeDeploymentState } = await import('#shared/adapters/state/deployment-state.ts');
  const token = await tokenFor(place.url);
  return guarded(makeDeploymentState({ url: place.url, repository, token, clock: systemClock }));
}

function whyUnchanged({ event, kind, followed, defaultBranch }: RunOrigin): string {
  if (kind === 'proposal' && followed === null && event !== 'merge_group')
    return 'The state is not changed: this is a pull request.';
  return `The state is not changed: only runs of the default branch${defaultBranch === null ? '' : ` ${defaultBranch}`} change it.`;
}

/**
 * A state in a folder, as far as a run may change it. What a run keeps in a cache only it and those after it on its branch can see; but a run that GitHub starts on the default
 * branch to look at something else would leave it to all. Documents that a proposal has committed are those of its base. `path`: of the folder, where it lies in the checkout.
 */
export function guardedFolder(
  state: QualityState,
  origin: RunOrigin,
  {
    files,
    path,
    say,
  }: { readonly files: DecidingFiles; readonly path: string | null; readonly say: (text: string) => void },
): QualityState {
  const known = files.from === null || path === null ? state : withBaseDocuments(state, { files, path, say });
  const isOfAll = origin.sharesDefaultCache && !origin.isDefaultBranch;
  return isOfAll ? remembering(known, () => say(whyUnchanged(origin))) : known;
}

/** Runs `work`; a state that a person has to mend, or that cannot be reached, is said in one line. */
export async function withState<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOfState = error instanceof CorruptRecord || error instanceof Retryable || error instanceof Refused;
    throw isOfState ? new UsageError(error.message, { cause: error }) : error;
  }
}
