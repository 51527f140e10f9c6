import { OutcomeUnknown } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { CodeHost, Comment } from '#shared/ports/code-host.ts';
import { type GithubClient, type GithubOptions, repositoryOf } from './github-client.ts';
import { isOurs, makeIdentity, Writer } from './identity.ts';

/** 100 pages of 100: an issue has at most 2,500 comments. */
const MAX_PAGES = 100;
const IssueComment = z.object({
  id: z.number(),
  body: z.string().nullish(),
  html_url: z.string(),
  user: Writer.nullable(),
});
type IssueComment = z.infer<typeof IssueComment>;

/**
 * A new comment may be missing in the listing for a while. Milliseconds before each further read for one whose answer
 * was lost.
 */
const LOOKS_AGAIN_AFTER = [500, 1000, 1500, 2000];

/** Comments of issues and pull requests. */
export function comments(
  client: GithubClient,
  access: Pick<GithubOptions, 'token' | 'botLogin' | 'clock'>,
): Pick<CodeHost, 'findComment' | 'listComments' | 'createComment' | 'updateComment'> {
  const identity = makeIdentity(client, access);
  async function* ours(repository: string, issue: number, marker: string): AsyncGenerator<Comment> {
    const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
    const parameters = { ...repositoryOf(repository), issue_number: issue };
    for await (const page of client.pages(route, parameters, z.array(IssueComment), MAX_PAGES)) {
      for (const comment of page) {
        // Anybody can write the marker into a comment; only one of ours may be edited.
        if (comment.body?.includes(marker) && isOurs(comment.user, await identity())) yield commentOf(comment);
      }
    }
  }
  const findComment: CodeHost['findComment'] = async (repository, issue, marker) => {
    for await (const comment of ours(repository, issue, marker)) return comment;
    return null;
  };
  /** Null when it did not appear. */
  const findLost: CodeHost['findComment'] = async (repository, issue, body) => {
    for (const wait of [0, ...LOOKS_AGAIN_AFTER]) {
      if (wait > 0) await access.clock.sleep(wait);
      const found = await findComment(repository, issue, body.trim());
      if (found !== null) return found;
    }
    return null;
  };
  return {
    findComment,
    listComments: async (repository, issue, marker) => {
      const found: Comment[] = [];
      for await (const comment of ours(repository, issue, marker)) found.push(comment);
      return found;
    },
    createComment: async (repository, issue, body) => {
      const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
      const parameters = { ...repositoryOf(repository), issue_number: issue, body };
      try {
        return commentOf(await client.effect(route, parameters, IssueComment));
      } catch (error) {
        const found =
          error instanceof OutcomeUnknown ? await findLost(repository, issue, body).catch(() => null) : null;
        if (found === null) throw error;
        return found;
      }
    },
    updateComment: async (repository, commentId, body) => {
      const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
      const parameters = { ...repositoryOf(repository), comment_id: commentId, body };
      return commentOf(await client.call(route, parameters, IssueComment));
    },
  };
}

const commentOf = ({ id, body, html_url }: IssueComment): Comment => ({
  id,
  body: body ?? '',
  url: html_url,
  authorIsUs: true,
});
