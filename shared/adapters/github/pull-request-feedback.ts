import { Refused } from '@selfheal/kernel/errors.ts';
import type { LineNote } from '@selfheal/pull-request-quality/domain/pull-request/line-notes.ts';
import type {
  Check,
  FoundCheck,
  PullRequestFeedback,
} from '@selfheal/pull-request-quality/ports/pull-request-feedback.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { Comment } from '#shared/ports/code-host.ts';
import { comments } from './comments.ts';
import { type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';
import { isHttpError } from './github-errors.ts';
import { isOurs, makeIdentity, Writer } from './identity.ts';

/** GitHub lists at most 3,000 files of a pull request; 100 a page. */
const MAX_FILE_PAGES = 3;
const MAX_ANNOTATION_PAGES = 10;
const MAX_COMMENT_PAGES = 20;
/** GitHub takes that many annotations in a request. */
const MAX_ANNOTATIONS = 50;
/** The reaction that is the lock: a bot has at most one of each kind under a comment. */
const LOCK_REACTION = 'eyes';

const CheckRun = z.object({
  id: z.number(),
  external_id: z.string().nullish(),
  html_url: z.string().nullish(),
  output: z.object({ annotations_count: z.number() }),
});
const CheckRuns = z.object({ check_runs: z.array(CheckRun) });
const Annotation = z.object({
  path: z.string(),
  start_line: z.number(),
  end_line: z.number(),
  annotation_level: z.string().nullish(),
  title: z.string().nullish(),
  message: z.string().nullish(),
});
const Reaction = z.object({ id: z.number(), created_at: z.string() });
const File = z.object({ filename: z.string(), patch: z.string().nullish() });
const ReviewComment = z.object({ id: z.number(), body: z.string(), html_url: z.string(), user: Writer.nullable() });
const COMMENT = '/repos/{owner}/{repo}/issues/comments/{comment_id}';
const CHECKS = '/repos/{owner}/{repo}/check-runs';
const LINE_COMMENTS = '/repos/{owner}/{repo}/pulls/{pull_number}/comments';

/**
 * GitHub behind the `PullRequestFeedback` port. https://docs.github.com/en/rest/checks/runs,
 * https://docs.github.com/en/rest/pulls/comments, https://docs.github.com/en/rest/reactions
 */
export function makeGithubPullRequestFeedback(options: GithubOptions): PullRequestFeedback {
  const client = makeGithubClient(options);
  const identity = makeIdentity(client, options);
  const { listComments, createComment, updateComment } = comments(client, options);
  /** Further annotations go with further updates. */
  const addRest = async (
    repository: string,
    first: z.infer<typeof CheckRun>,
    check: Check,
    rest: readonly LineNote[],
  ): Promise<FoundCheck> => {
    let written = first;
    for (let at = 0; at < rest.length; at += MAX_ANNOTATIONS)
      written = await client.call(
        `PATCH ${CHECKS}/{check_run_id}`,
        { ...repositoryOf(repository), check_run_id: first.id, ...bodyOf(check, rest.slice(at, at + MAX_ANNOTATIONS)) },
        CheckRun,
      );
    return foundCheck(written);
  };
  return {
    listComments,
    createComment,
    updateComment,
    deleteComment: (repository, comment_id) =>
      unlessGone(() => client.call(`DELETE ${COMMENT}`, { ...repositoryOf(repository), comment_id }, z.unknown())),
    lockComment: async (repository, comment_id) => {
      try {
        // 201: added now; 200: it was there.
        const answer = await client.open(`POST ${COMMENT}/reactions`, {
          ...repositoryOf(repository),
          comment_id,
          content: LOCK_REACTION,
        });
        const { id, created_at: since } = Reaction.parse(answer.data);
        return answer.status === 201 ? { kind: 'taken', id } : { kind: 'held', id, since };
      } catch (error) {
        if (isGone(error)) return { kind: 'gone' };
        throw error;
      }
    },
    unlockComment: (repository, comment_id, reaction_id) =>
      unlessGone(() =>
        client.call(
          `DELETE ${COMMENT}/reactions/{reaction_id}`,
          { ...repositoryOf(repository), comment_id, reaction_id },
          z.unknown(),
        ),
      ),
    changedFiles: async (repository, pull_number) => {
      const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files';
      const found = [];
      for await (const page of client.pages(
        route,
        { ...repositoryOf(repository), pull_number },
        z.array(File),
        MAX_FILE_PAGES,
      ))
        found.push(...page.map(({ filename: path, patch }) => ({ path, patch: patch ?? null })));
      return found;
    },
    findCheck: async (repository, ref, check_name, prefix) => {
      const parameters = { ...repositoryOf(repository), ref, check_name, filter: 'latest', per_page: 100 };
      const { check_runs } = await client.call(
        'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
        parameters,
        CheckRuns,
      );
      const newest = check_runs
        .toSorted((a, b) => b.id - a.id)
        .find(({ external_id }) => external_id?.startsWith(prefix));
      return newest === undefined ? null : foundCheck(newest);
    },
    annotationsOf: async (repository, check_run_id) => {
      const route = `GET ${CHECKS}/{check_run_id}/annotations`;
      const parameters = { ...repositoryOf(repository), check_run_id };
      const found: LineNote[] = [];
      for await (const page of client.pages(route, parameters, z.array(Annotation), MAX_ANNOTATION_PAGES))
        found.push(...page.map(annotationOf));
      return found;
    },
    createCheck: async (repository, check, annotations) => {
      const body = { ...bodyOf(check, annotations.slice(0, MAX_ANNOTATIONS)), head_sha: check.headSha };
      const made = await client.effect(`POST ${CHECKS}`, { ...repositoryOf(repository), ...body }, CheckRun);
      return await addRest(repository, made, check, annotations.slice(MAX_ANNOTATIONS));
    },
    updateCheck: async (repository, check_run_id, check, annotations) => {
      const body = bodyOf(check, annotations.slice(0, MAX_ANNOTATIONS));
      const parameters = { ...repositoryOf(repository), check_run_id, ...body };
      // An update that adds annotations is no harmless repetition.
      const route = `PATCH ${CHECKS}/{check_run_id}`;
      const write = annotations.length > 0 ? client.effect : client.call;
      return await addRest(
        repository,
        await write(route, parameters, CheckRun),
        check,
        annotations.slice(MAX_ANNOTATIONS),
      );
    },
    listLineComments: async (repository, pull_number, marker) => {
      const own = await identity();
      const found: Comment[] = [];
      const parameters = { ...repositoryOf(repository), pull_number };
      for await (const page of client.pages(
        `GET ${LINE_COMMENTS}`,
        parameters,
        z.array(ReviewComment),
        MAX_COMMENT_PAGES,
      ))
        found.push(...page.filter(({ body, user }) => body.includes(marker) && isOurs(user, own)).map(lineComment));
      return found;
    },
    commentOnLines: async (repository, pull_number, { path, start, end, headSha, body }) => {
      const lines = { line: end, side: 'RIGHT', ...(start === end ? {} : { start_line: start, start_side: 'RIGHT' }) };
      const parameters = { ...repositoryOf(repository), pull_number, path, commit_id: headSha, body, ...lines };
      return lineComment(await client.effect(`POST ${LINE_COMMENTS}`, parameters, ReviewComment));
    },
  };
}

const isGone = (error: unknown): boolean =>
  error instanceof Refused && isHttpError(error.cause) && (error.cause.status === 404 || error.cause.status === 410);

async function unlessGone(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

const foundCheck = ({ id, external_id, html_url, output }: z.infer<typeof CheckRun>): FoundCheck => ({
  id,
  externalId: external_id ?? '',
  url: html_url ?? '',
  annotationCount: output.annotations_count,
});

const lineComment = ({ id, body, html_url: url }: z.infer<typeof ReviewComment>): Comment => ({
  id,
  body,
  url,
  authorIsUs: true,
});

function bodyOf(check: Check, annotations: readonly LineNote[]) {
  const { name, externalId, conclusion, title, summary, detailsUrl } = check;
  return {
    name,
    status: 'completed',
    conclusion,
    external_id: externalId,
    details_url: detailsUrl,
    output: {
      title,
      summary,
      annotations: annotations.map((one) => ({
        path: one.path,
        start_line: one.start,
        end_line: one.end,
        annotation_level: one.level,
        title: one.title,
        message: one.message,
      })),
    },
  };
}

const LEVELS = ['failure', 'warning', 'notice'] as const;

function annotationOf({ path, start_line, end_line, annotation_level, title, message }: z.infer<typeof Annotation>) {
  const level = LEVELS.find((one) => one === annotation_level) ?? 'notice';
  return {
    path,
    start: start_line,
    end: end_line,
    level,
    title: redactOutgoing(title ?? ''),
    message: redactOutgoing(message ?? ''),
  };
}
