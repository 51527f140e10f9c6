import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { UsageError, wholeNumber } from '../command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Run {
  /** Null outside CI. */
  readonly run: number | null;
  readonly attempt: number;
  readonly commit: string | null;
  readonly defaultBranch: string;
  readonly event: string | null;
  /** Whether the code of the run is a proposal (a pull request, a merge queue), whatever its branch is called. */
  readonly isProposal: boolean;
  /** How the run ended that this one looks at (`workflow_run`); null for the run itself, which goes on. */
  readonly conclusion: string | null;
}

/** The run that a gate judges or records. */
export interface GateRun extends Run {
  /** The branch of the run; of a pull request the one it goes into, whose baseline it is compared with. */
  readonly branch: string;
}

/** The run whose tests are recorded. */
interface TestRun extends Pick<Run, 'attempt'> {
  readonly id: number;
  readonly commit: string;
  /** The branch that holds the code; of a pull request its own. */
  readonly branch: string | null;
  readonly onDefaultBranch: boolean;
}

/** Options that describe a run; GitHub's variables are their defaults. */
export const RUN_OPTIONS = {
  branch: { type: 'string', value: 'NAME', about: "the branch; that of GitHub's variables by default" },
  'default-branch': {
    type: 'string',
    value: 'NAME',
    about: 'the default branch; that of GITHUB_EVENT_PATH or main by default',
  },
  run: { type: 'string', value: 'ID', about: 'the id of the run, which orders runs; GITHUB_RUN_ID by default' },
  attempt: { type: 'string', value: 'N', about: 'the attempt of the run; GITHUB_RUN_ATTEMPT or 1 by default' },
  commit: { type: 'string', value: 'SHA', about: 'the commit; GITHUB_SHA by default' },
} as const;
type RunOptions = { readonly [K in keyof typeof RUN_OPTIONS]?: string | undefined };

const MAX_BRANCH_LENGTH = 255;
const PROPOSALS = /^(?:pull_request(?:_target)?|merge_group)$/;
/** Events of runs that test what is on their branch. */
const OWN_EVENTS = new Set(['push', 'schedule', 'workflow_dispatch', 'repository_dispatch']);
const Event = z.object({
  repository: z.object({ id: z.number().optional(), default_branch: z.string().min(1).max(MAX_BRANCH_LENGTH) }),
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

/** The run that a gate is about. Throws `UsageError` for what cannot be one. */
export function gateRunOf(options: RunOptions, environment: Environment): GateRun {
  const { run, ref, followed } = runOf(options, environment);
  const base = followed ?? (run.isProposal ? environment.GITHUB_BASE_REF : ref);
  return { ...run, branch: checkedBranch(options.branch ?? (base || run.defaultBranch)) };
}

/** The run whose tests are recorded. Throws `UsageError` for what is missing or cannot be; `command` needs it. */
export function testRunOf(command: string, options: RunOptions, environment: Environment): TestRun {
  const { run, ref, followed } = runOf(options, environment);
  const { run: id, commit, attempt, defaultBranch, isProposal } = run;
  if (commit === null) throw new UsageError(`"selfheal ${command}" needs --commit SHA.`);
  if (id === null) throw new UsageError(`"selfheal ${command}" needs --run ID, a number that grows from run to run.`);
  const branch = options.branch ?? (environment.GITHUB_HEAD_REF || followed || (isProposal ? null : ref) || null);
  // A pull request may come from a branch that is called like the default branch.
  const isOwn = options.branch !== undefined || !isProposal;
  const onDefaultBranch = isOwn && (branch === null || checkedBranch(branch) === defaultBranch);
  return { id, attempt, commit, branch: branch === null ? null : checkedBranch(branch), onDefaultBranch };
}

interface ReadRun {
  readonly run: Run;
  /** What GitHub calls the branch or the tag that the run is of. */
  readonly ref: string | undefined;
  /** The branch of the run that this one follows. */
  readonly followed: string | null;
}

function runOf(options: RunOptions, environment: Environment): ReadRun {
  const event = environment.GITHUB_EVENT_NAME || null;
  const payload = eventIn(environment.GITHUB_EVENT_PATH);
  // A run that follows another one is started on the default branch, though the other one may have tested a proposal.
  const follows = event === 'workflow_run' ? followedRun(payload) : null;
  const isNamed = event !== null && (PROPOSALS.test(event) || (follows?.isProposal ?? event === 'workflow_run'));
  const id = options.run ?? (environment.GITHUB_RUN_ID || undefined);
  const commit = (options.commit ?? environment.GITHUB_SHA ?? '').toLowerCase();
  const isCommit = /^[0-9a-f]{7,64}$/.test(commit);
  if (options.commit !== undefined && !isCommit)
    throw new UsageError(`--commit ${options.commit}: expected the hexadecimal id of a commit.`);
  const run: Run = {
    run: id === undefined ? null : wholeNumber('run', id, { otherwise: 1, atMost: Number.MAX_SAFE_INTEGER }),
    attempt: wholeNumber('attempt', options.attempt ?? (environment.GITHUB_RUN_ATTEMPT || undefined), {
      otherwise: 1,
      atMost: 10_000,
    }),
    commit: isCommit ? commit : null,
    defaultBranch: checkedBranch(options['default-branch'] ?? payload?.repository.default_branch ?? 'main'),
    event,
    isProposal: isNamed || (event === null && !!environment.GITHUB_HEAD_REF),
    conclusion: follows?.conclusion ?? null,
  };
  const name = environment.GITHUB_REF_NAME;
  const ref = environment.GITHUB_REF_TYPE === 'tag' ? `tags/${name ?? ''}` : name;
  return { run, ref, followed: follows?.branch ?? null };
}

function checkedBranch(name: string): string {
  if (name !== '' && name.length <= MAX_BRANCH_LENGTH) return name;
  throw new UsageError(`The name of a branch has 1 to ${MAX_BRANCH_LENGTH} characters.`);
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
