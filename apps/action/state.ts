import { resolve } from 'node:path';
import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import type { QualityState } from '@selfheal/pull-request-quality/ports/quality-state.ts';
import * as z from 'zod';
import { type DecidingFiles, pathBelow } from '#apps/workbench/input/base-files.ts';
import { connectRemote, guardedFolder } from '#apps/workbench/input/state-place.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { githubOptions } from './github.ts';
import type { ActionInputs } from './inputs.ts';
import type { JobContext } from './job-context.ts';
import type { Environment, Runner } from './runner.ts';

interface Place {
  readonly job: JobContext;
  readonly environment: Environment;
  readonly runner: Runner;
  readonly decidingFiles: DecidingFiles;
}

/**
 * The state that the inputs name, connected when it is first asked for; by default a folder that the workflow keeps in the Actions cache. Only runs
 * of the default branch change a branch or a deployment, because other code is not reviewed. GitHub's cache has the same rule for a folder, except for runs that it starts on
 * the default branch to look at something else.
 */
export function connectState(inputs: ActionInputs, place: Place): () => Promise<QualityState> {
  let connected: Promise<QualityState> | null = null;
  return () => {
    connected ??= connect(inputs, place);
    return connected;
  };
}

async function connect(
  inputs: ActionInputs,
  { job, environment, runner, decidingFiles }: Place,
): Promise<QualityState> {
  const place = inputs.state;
  if (place.kind === 'folder') {
    const { makeFolderState } = await import('#shared/adapters/state/folder-state.ts');
    const folder = makeFolderState(resolve(job.workspace, place.folder), systemClock);
    return guardedFolder(folder, job.origin, {
      files: decidingFiles,
      path: pathBelow(job.workspace, place.folder),
      say: runner.say,
    });
  }
  const { repository } = job;
  if (repository === null) throw new Refused('GITHUB_REPOSITORY is not set, so the state has no repository.');
  return await connectRemote(place, {
    repository,
    origin: job.origin,
    say: runner.say,
    github: async () => githubOptions(inputs, job),
    tokenFor: async (url) => runToken(url, environment, runner),
  });
}

const TokenAnswer = z.object({ value: z.string().min(1) });
const TIMEOUT_MILLISECONDS = 10_000;
/** A token is valid for some minutes; a task takes less time. */
const KEPT_MILLISECONDS = 120_000;

/**
 * A token by which a deployment knows this run, with the deployment as its audience; the runner gives it only to jobs with `id-token: write`.
 * https://docs.github.com/en/actions/reference/security/oidc
 */
function runToken(audience: string, environment: Environment, runner: Runner): () => Promise<string> {
  let kept: { readonly value: string; readonly at: number } | null = null;
  return async () => {
    if (kept !== null && Date.now() - kept.at < KEPT_MILLISECONDS) return kept.value;
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: authorization } = environment;
    if (!url || !authorization)
      throw new Refused(
        'This job gets no token for the deployment. Give it the permission "id-token: write"; a fork never gets one.',
      );
    const address = new URL(url);
    address.searchParams.set('audience', audience);
    let text: string;
    try {
      const response = await fetch(address, {
        headers: { authorization: `Bearer ${authorization}` },
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      text = await response.text();
    } catch (cause) {
      throw new Retryable(`The runner gives no token for the deployment: ${(cause as Error).message}.`, { cause });
    }
    const { value } = TokenAnswer.parse(JSON.parse(text));
    runner.mask(value);
    kept = { value, at: Date.now() };
    return value;
  };
}
