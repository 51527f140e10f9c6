import { OutcomeUnknown, Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { CheckRun, CheckText, CodeHost } from '#shared/ports/code-host.ts';
import { type GithubClient, type GithubOptions, repositoryOf } from './github-client.ts';
import { isHttpError } from './github-errors.ts';
import { isOurs, makeIdentity } from './identity.ts';

/** 100 a page; the name is ours, so that a commit has few. */
const MAX_PAGES = 3;
/** Milliseconds before each further look for one whose answer was lost. */
const LOOKS_AGAIN_AFTER = [0, 500, 1000, 2000];

const Created = z.object({ id: z.number(), html_url: z.string().nullish() });
const Listed = z.object({
  check_runs: z.array(
    Created.extend({
      external_id: z.string().nullish(),
      app: z.object({ id: z.number(), slug: z.string().nullish() }).nullish(),
    }),
  ),
});

/** Check runs that tell of an incident (https://docs.github.com/en/rest/checks/runs). */
export function checkRuns(
  client: GithubClient,
  access: Pick<GithubOptions, 'token' | 'botLogin' | 'clock'>,
): Pick<CodeHost, 'findCheck' | 'createCheck' | 'updateCheck'> {
  const identity = makeIdentity(client, access);
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof Refused) || !isHttpError(cause.cause) || cause.cause.status !== 403) throw cause;
      const isPerson = (await identity()).kind === 'user';
      throw new Refused(
        isPerson
          ? 'GitHub lets only a GitHub App write check runs (403), and the token secret holds the token of an account. Store appId and privateKey of an app there, or turn this channel off.'
          : 'The GitHub App may not write check runs here (403): give it the permission Checks: write, and accept that at its installation.',
        { cause },
      );
    }
  };
  const findCheck: CodeHost['findCheck'] = async (repository, { headSha: ref, name: check_name, externalId }) => {
    const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
    // `latest` would leave out those of other incidents with the same name.
    const parameters = { ...repositoryOf(repository), ref, check_name, filter: 'all' };
    for await (const { check_runs } of client.pages(route, parameters, Listed, MAX_PAGES))
      for (const { app, external_id, ...found } of check_runs) {
        // Any app may write our id into a check run of its own.
        if (external_id !== externalId || !app?.slug) continue;
        if (isOurs({ id: app.id, login: `${app.slug}[bot]` }, await botOnly(identity))) return checkOf(found);
      }
    return null;
  };
  return {
    findCheck: (repository, place) => explained(() => findCheck(repository, place)),
    createCheck: async (repository, check) => {
      const parameters = {
        ...repositoryOf(repository),
        head_sha: check.headSha,
        ...checkBodyOf(check, check.annotation),
      };
      try {
        return checkOf(
          await explained(() => client.effect('POST /repos/{owner}/{repo}/check-runs', parameters, Created)),
        );
      } catch (error) {
        if (!(error instanceof OutcomeUnknown)) throw error;
        for (const wait of LOOKS_AGAIN_AFTER) {
          if (wait > 0) await access.clock.sleep(wait);
          const found = await findCheck(repository, check).catch(() => null);
          if (found !== null) return found;
        }
        throw error;
      }
    },
    updateCheck: async (repository, check_run_id, check) => {
      // GitHub adds the annotations of an update to those that are there.
      const parameters = { ...repositoryOf(repository), check_run_id, ...checkBodyOf(check, null) };
      const route = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
      return checkOf(await explained(() => client.call(route, parameters, Created)));
    },
  };
}

/** A user never owns a check run, whatever number the app has. */
async function botOnly(identity: ReturnType<typeof makeIdentity>): ReturnType<typeof identity> {
  const own = await identity();
  return own.kind === 'user' ? { kind: 'unproven' } : own;
}

const checkOf = ({ id, html_url }: z.infer<typeof Created>): CheckRun => ({ id, url: html_url ?? '' });

/** The body of a request that writes the check run. Exported for whoever compares it with GitHub's description. */
export function checkBodyOf(
  { name, externalId, detailsUrl, title, summary, text }: CheckText,
  line: CheckText['annotation'],
) {
  const annotations =
    line === null
      ? []
      : [
          {
            path: line.path,
            start_line: line.line,
            end_line: line.line,
            annotation_level: 'warning',
            message: line.message,
          },
        ];
  return {
    name,
    external_id: externalId,
    ...(detailsUrl === null ? {} : { details_url: detailsUrl }),
    status: 'completed',
    conclusion: 'neutral',
    output: { title, summary, ...(text === '' ? {} : { text }), ...(annotations.length > 0 && { annotations }) },
  };
}
