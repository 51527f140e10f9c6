import { UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { type RunOrigin, readRunOrigin } from './run-origin.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Run {
  /** Null outside CI. */
  readonly run: number | null;
  readonly attempt: number;
  readonly commit: string | null;
  readonly defaultBranch: string;
  readonly event: string | null;
  /** Whether the code of the run is a proposal (a pull request, a merge queue), whatever its branch is called, or may be one as far as its event tells. */
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

/** The run that a gate is about. Throws `UsageError` for what cannot be one. */
export function gateRunOf(options: RunOptions, environment: Environment): GateRun {
  const { run, origin } = runOf(options, environment);
  const branch = options.branch ?? origin.base?.branch ?? refOf(origin) ?? run.defaultBranch;
  return { ...run, branch: checkedBranch(branch) };
}

/** The run whose tests are recorded. Throws `UsageError` for what is missing or cannot be; `command` needs it. */
export function testRunOf(command: string, options: RunOptions, environment: Environment): TestRun {
  const { run, origin } = runOf(options, environment);
  const { run: id, commit, attempt, defaultBranch, isProposal } = run;
  if (commit === null) throw new UsageError(`"selfheal ${command}" needs --commit SHA.`);
  if (id === null) throw new UsageError(`"selfheal ${command}" needs --run ID, a number that grows from run to run.`);
  const branch = options.branch ?? (environment.GITHUB_HEAD_REF || refOf(origin));
  // A pull request may come from a branch that is called like the default branch.
  const isOwn = options.branch !== undefined || !isProposal;
  const onDefaultBranch = isOwn && (branch === null || checkedBranch(branch) === defaultBranch);
  return { id, attempt, commit, branch: branch === null ? null : checkedBranch(branch), onDefaultBranch };
}

/** The branch of a run, or its tag below `tags/`, which no branch of the repository is taken for; null for a proposal. */
const refOf = ({ kind, ref }: RunOrigin): string | null => (kind === 'tag' ? `tags/${ref ?? ''}` : ref);

function runOf(options: RunOptions, environment: Environment): { readonly run: Run; readonly origin: RunOrigin } {
  const origin = readRunOrigin(environment);
  const { event, kind, followed } = origin;
  const id = options.run ?? (followed?.run?.toString() || environment.GITHUB_RUN_ID || undefined);
  const commit = (
    options.commit ??
    (followed === null ? null : origin.headSha) ??
    environment.GITHUB_SHA ??
    ''
  ).toLowerCase();
  const isCommit = /^[0-9a-f]{7,64}$/.test(commit);
  if (options.commit !== undefined && !isCommit)
    throw new UsageError(`--commit ${options.commit}: expected the hexadecimal id of a commit.`);
  const defaultBranch = options['default-branch'] ?? origin.defaultBranch;
  const attempt = followed?.run ? String(followed.attempt) : environment.GITHUB_RUN_ATTEMPT || undefined;
  const run: Run = {
    run: id === undefined ? null : wholeNumber('run', id, { otherwise: 1, atMost: Number.MAX_SAFE_INTEGER }),
    attempt: wholeNumber('attempt', options.attempt ?? attempt, { otherwise: 1, atMost: 10_000 }),
    commit: isCommit ? commit : null,
    defaultBranch: checkedBranch(defaultBranch ?? 'main'),
    event,
    isProposal: kind === 'proposal' || kind === 'unknown' || defaultBranch === null,
    conclusion: followed?.conclusion ?? null,
  };
  return { run, origin };
}

function checkedBranch(name: string): string {
  if (name !== '' && name.length <= MAX_BRANCH_LENGTH) return name;
  throw new UsageError(`The name of a branch has 1 to ${MAX_BRANCH_LENGTH} characters.`);
}
