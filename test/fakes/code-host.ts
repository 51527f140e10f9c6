import { Refused } from '@selfheal/kernel/errors.ts';
import type { CodeHost, Comment } from '#shared/ports/code-host.ts';
import { type Scripted, scripted } from './scripted.ts';

/**
 * GitHub that answers only what was programmed. Unless programmed otherwise, repositories have no files and define no jobs, runners said nothing,
 * pull requests are open, and no run of a fork has one.
 */
export const fakeCodeHost = (answers: Partial<CodeHost> = {}): Scripted<CodeHost> =>
  scripted('codeHost', {
    defaultBranchFile: async () => ({ kind: 'missing' }),
    runnerMessages: async () => [],
    jobDefinitions: async () => [],
    pullRequestState: async () => 'open',
    pullRequestOfRun: async () => null,
    ...answers,
  });

export interface MemoryComments
  extends Pick<CodeHost, 'findComment' | 'listComments' | 'createComment' | 'updateComment'> {
  /** The comments as they stand now, oldest first. */
  readonly comments: readonly (Comment & { issue: number })[];
  /** Writes a comment as somebody else. */
  addForeign(issue: number, body: string): void;
}

/** Issue comments in memory, to be spread into `fakeCodeHost({...makeMemoryComments()})`. */
export function makeMemoryComments(): MemoryComments {
  const comments: (Comment & { issue: number })[] = [];
  const add = (repository: string, issue: number, body: string, authorIsUs: boolean): Comment => {
    const id = comments.length + 1;
    const url = `https://github.example/${repository}/pull/${issue}#issuecomment-${id}`;
    const comment = { id, issue, body, url, authorIsUs };
    comments.push(comment);
    return comment;
  };
  return {
    comments,
    addForeign: (issue, body) => void add('acme/shop', issue, body, false),
    findComment: async (_repository, issue, marker) =>
      comments.find((one) => one.issue === issue && one.authorIsUs && one.body.includes(marker)) ?? null,
    listComments: async (_repository, issue, marker) =>
      comments.filter((one) => one.issue === issue && one.authorIsUs && one.body.includes(marker)),
    createComment: async (repository, issue, body) => add(repository, issue, body, true),
    updateComment: async (_repository, commentId, body) => {
      const index = comments.findIndex((one) => one.id === commentId && one.authorIsUs);
      const old = comments[index];
      if (!old) throw new Refused(`There is no comment ${commentId} of ours.`);
      comments[index] = { ...old, body };
      return { ...old, body };
    },
  };
}
