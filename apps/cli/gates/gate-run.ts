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
  readonly isProposal: boolean;
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
const Event = z.object({ repository: z.object({ default_branch: z.string().min(1).max(255) }) });

/** Reads the run from options and the environment. Throws `UsageError` for what cannot be one. */
export function gateRunOf(options: RunOptions, environment: Environment): GateRun {
  const event = environment.GITHUB_EVENT_NAME || null;
  const isProposal = event !== null && PROPOSALS.test(event);
  const defaultBranch = options['default-branch'] ?? eventBranch(environment.GITHUB_EVENT_PATH) ?? 'main';
  const base = isProposal ? environment.GITHUB_BASE_REF : environment.GITHUB_REF_NAME;
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
  };
}

/** The default branch that GitHub's event names; null outside Actions, and for an event without a repository. */
function eventBranch(path: string | undefined): string | null {
  if (!path) return null;
  try {
    return Event.parse(JSON.parse(readFileSync(path, 'utf8'))).repository.default_branch;
  } catch {
    return null;
  }
}
