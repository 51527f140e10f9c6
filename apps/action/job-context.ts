import { type RunOrigin, readRunOrigin } from '#apps/workbench/input/run-origin.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import type { Environment } from './runner.ts';

/** What a step knows about its run, from the variables and the event file of the runner. Null or empty where they do not say. */
export interface JobContext {
  /** `owner/name`. */
  readonly repository: string | null;
  /** Whose code the run tests, and on what. */
  readonly origin: RunOrigin;
  /** The run that is looked at: the one that this one follows (`workflow_run`), else this one. */
  readonly runId: number | null;
  readonly runAttempt: number;
  /** `https://api.github.com`, or that of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  /** Folder of the checked-out repository. */
  readonly workspace: string;
  /** What could not be read, in words for the log. */
  readonly problems: readonly string[];
}

/** An event file that is missing or not what GitHub writes is a problem, not an error: reports can be read without it. */
export function readJobContext(environment: Environment): JobContext {
  const origin = readRunOrigin(environment);
  const problems = origin.problem === null ? [] : [origin.problem];
  const { GITHUB_RUN_ID: id, GITHUB_RUN_ATTEMPT: attempt } = environment;
  const { followed } = origin;
  return {
    repository: repositoryIn(environment, problems),
    origin,
    runId: followed?.run ?? (/^\d{1,15}$/.test(id ?? '') ? Number(id) : null),
    runAttempt: followed?.run ? followed.attempt : Number(/^\d{1,4}$/.exec(attempt ?? '')?.[0] ?? 1),
    apiUrl: environment.GITHUB_API_URL || 'https://api.github.com',
    workspace: environment.GITHUB_WORKSPACE || process.cwd(),
    problems,
  };
}

function repositoryIn({ GITHUB_REPOSITORY: given }: Environment, problems: string[]): string | null {
  if (!given) return null;
  if (RepositoryName.safeParse(given).success) return given;
  problems.push(`GITHUB_REPOSITORY is ${given.slice(0, 100)}: expected owner/name.`);
  return null;
}
