import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { UsageError, wholeNumber } from '../command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The run that is checked or recorded, as GitHub Actions describes it. */
export interface GateRun {
  /** Null outside CI. */
  readonly run: number | null;
  readonly attempt: number;
  readonly commit: string | null;
  /** The branch of the run; of a pull request the one it goes into. */
  readonly branch: string;
  readonly defaultBranch: string;
  readonly event: string | null;
  /** Whether the code of the run is a proposal, whatever its branch is called. */
  readonly isProposal: boolean;
  /** How the run ended that this one looks at (`workflow_run`); null for the run itself, which goes on. */
  readonly conclusion: string | null;
}

export const RUN_OPTIONS = {
  branch: { type: 'string', value: 'NAME', about: 'the branch; GITHUB_BASE_REF or GITHUB_REF_NAME by default' },
  'default-branch': {
    type: 'string',
    value: 'NAME',
    about: 'the default branch; that of GITHUB_EVENT_PATH or main by default',
  },
  run: { type: 'string', value: 'ID', about: 'the id of the run, which orders runs; GITHUB_RUN_ID by default' },
  attempt: { type: 'string', value: 'N', about: 'the attempt of the run; GITHUB_RUN_ATTEMPT or 1 by default' },
  commit: { type: 'string', value: 'SHA', about: 'the commit; GITHUB_SHA by default' },
} as const;

interface RunOptions {
  readonly branch?: string | undefined;
  readonly 'default-branch'?: string | undefined;
  readonly run?: string | undefined;
  readonly attempt?: string | undefined;
  readonly commit?: string | undefined;
}

const PROPOSALS = /^(?:pull_request(?:_target)?|merge_group)$/;
/** Events of runs that test what is on their branch. */
const OWN_EVENTS = new Set(['push', 'schedule', 'workflow_dispatch', 'repository_dispatch']);
const Event = z.object({
  repository: z.object({ id: z.number().optional(), default_branch: z.string().min(1).max(255) }),
  workflow_run: z
    .object({
      event: z.string(),
      conclusion: z.string().nullish(),
      head_branch: z.string().nullish(),
      head_repository: z.object({ id: z.number() }).nullish(),
    })
    .optional(),
});
type Event = z.infer<typeof Event>;

/** Reads the run from options and the environment. Throws `UsageError` for what cannot be one. */
export function gateRunOf(options: RunOptions, environment: Environment): GateRun {
  const event = environment.GITHUB_EVENT_NAME || null;
  const payload = eventIn(environment.GITHUB_EVENT_PATH);
  // A run that follows another one is started on the default branch, though the other one may have tested a proposal.
  const follows = event === 'workflow_run' ? followedRun(payload) : null;
  const isProposal = event !== null && (PROPOSALS.test(event) || (follows?.isProposal ?? event === 'workflow_run'));
  const defaultBranch = options['default-branch'] ?? payload?.repository.default_branch ?? 'main';
  const ref =
    environment.GITHUB_REF_TYPE === 'tag' ? `tags/${environment.GITHUB_REF_NAME ?? ''}` : environment.GITHUB_REF_NAME;
  const base = follows?.branch ?? (isProposal ? environment.GITHUB_BASE_REF : ref);
  const branch = options.branch ?? (base || defaultBranch);
  const tooLong = [branch, defaultBranch].find((name) => name === '' || name.length > 255);
  if (tooLong !== undefined) throw new UsageError('The name of a branch has 1 to 255 characters.');
  const id = options.run ?? (environment.GITHUB_RUN_ID || undefined);
  const commit = options.commit ?? environment.GITHUB_SHA ?? '';
  if (options.commit !== undefined && !/^[0-9a-f]{7,64}$/.test(commit))
    throw new UsageError(`--commit ${commit}: expected the hexadecimal id of a commit.`);
  return {
    run: id === undefined ? null : wholeNumber('run', id, { otherwise: 1, atMost: Number.MAX_SAFE_INTEGER }),
    attempt: wholeNumber('attempt', options.attempt ?? (environment.GITHUB_RUN_ATTEMPT || undefined), {
      otherwise: 1,
      atMost: 10_000,
    }),
    commit: /^[0-9a-f]{7,64}$/.test(commit) ? commit : null,
    branch,
    defaultBranch,
    event,
    isProposal,
    conclusion: follows?.conclusion ?? null,
  };
}

/** The event of GitHub; null outside Actions, and for an event without a repository. */
function eventIn(path: string | undefined): Event | null {
  if (!path) return null;
  try {
    return Event.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** The run that a `workflow_run` event tells of; null when the event does not say. */
function followedRun(
  payload: Event | null,
): { readonly branch: string | null; readonly isProposal: boolean; readonly conclusion: string | null } | null {
  const run = payload?.workflow_run;
  if (run === undefined) return null;
  const isOwn = run.head_repository?.id !== undefined && run.head_repository.id === payload?.repository.id;
  const isProposal = !isOwn || !OWN_EVENTS.has(run.event);
  return { branch: isProposal ? null : (run.head_branch ?? null), isProposal, conclusion: run.conclusion ?? 'unknown' };
}
