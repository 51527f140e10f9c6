import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { UsageError, wholeNumber } from '../command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Options that describe a run; GitHub's variables are their defaults. */
export const RUN_OPTIONS = {
  commit: { type: 'string', value: 'SHA', about: 'the commit; GITHUB_SHA by default' },
  run: { type: 'string', value: 'ID', about: 'the id of the run, a number; GITHUB_RUN_ID by default' },
  attempt: { type: 'string', value: 'N', about: 'the attempt of the run; GITHUB_RUN_ATTEMPT or 1 by default' },
  branch: { type: 'string', value: 'NAME', about: 'its branch; GITHUB_HEAD_REF or GITHUB_REF_NAME by default' },
  'default-branch': {
    type: 'string',
    value: 'NAME',
    about: 'the default branch; that of GITHUB_EVENT_PATH or main by default',
  },
} as const;

type RunOptions = { readonly [K in keyof typeof RUN_OPTIONS]?: string | undefined };

interface DescribedRun {
  readonly id: number;
  readonly attempt: number;
  readonly commit: string;
  readonly branch: string | null;
  readonly onDefaultBranch: boolean;
}

const MAX_BRANCH = 250;

/** Throws `UsageError` for what is missing or cannot be. */
export function describedRun(command: string, options: RunOptions, environment: Environment): DescribedRun {
  const commit = options.commit ?? environment.GITHUB_SHA ?? '';
  if (!/^[0-9a-f]{7,64}$/i.test(commit))
    throw new UsageError(
      commit === ''
        ? `"selfheal ${command}" needs --commit SHA.`
        : `--commit ${commit}: expected the hexadecimal id of a commit.`,
    );
  const id = options.run ?? environment.GITHUB_RUN_ID ?? '';
  if (id === '') throw new UsageError(`"selfheal ${command}" needs --run ID, a number that grows from run to run.`);
  const branch = options.branch ?? (environment.GITHUB_HEAD_REF || environment.GITHUB_REF_NAME || null);
  if (branch !== null && branch.length > MAX_BRANCH)
    throw new UsageError(`The name of a branch has at most ${MAX_BRANCH} characters.`);
  const defaultBranch = options['default-branch'] ?? eventBranch(environment.GITHUB_EVENT_PATH) ?? 'main';
  const attempt = options.attempt ?? (environment.GITHUB_RUN_ATTEMPT || undefined);
  return {
    id: wholeNumber('run', id, { otherwise: 1, atMost: Number.MAX_SAFE_INTEGER }),
    attempt: wholeNumber('attempt', attempt, { otherwise: 1, atMost: 10_000 }),
    commit: commit.toLowerCase(),
    branch,
    // A pull request may come from a branch that is called like the default branch.
    onDefaultBranch:
      (options.branch !== undefined || !environment.GITHUB_HEAD_REF) && (branch === null || branch === defaultBranch),
  };
}

const Event = z.object({ repository: z.object({ default_branch: z.string().min(1).max(MAX_BRANCH) }) });

/** The default branch that GitHub's event names; null outside Actions, and for an event without a repository. */
function eventBranch(path: string | undefined): string | null {
  if (!path) return null;
  try {
    return Event.parse(JSON.parse(readFileSync(path, 'utf8'))).repository.default_branch;
  } catch {
    return null;
  }
}

/** The first CODEOWNERS file of the folder; empty when there is none. */
export function readCodeOwners(folder: string, files: readonly string[]): string {
  for (const file of files) {
    try {
      return readFileSync(`${folder}/${file}`, 'utf8');
    } catch {
      // The next one.
    }
  }
  return '';
}
