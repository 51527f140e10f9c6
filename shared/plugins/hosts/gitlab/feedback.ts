import { Refused } from '@selfheal/kernel/errors.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import type { PullRequestFeedback } from '@selfheal/pull-request-quality/ports/pull-request-feedback.ts';
import type { HostApi } from '#shared/ports/host-api.ts';
import { mergeRequests } from './merge-requests.ts';

/** The project as its pipelines name it. */
const named = (project: string): string => `gitlab:${project}`;
const missing = async (): Promise<never> => {
  throw new Refused('GitLab has nothing of the kind.');
};

/**
 * The report on a merge request as one note. GitLab has no checks with notes at lines and no lock of a note: the job that writes the report is its check, what stands
 * at lines elsewhere stands in the note, and of notes that two pipelines created at once the later ones point to the first.
 */
export function makeGitlabFeedback(api: HostApi): PullRequestFeedback {
  const notes = mergeRequests(api);
  const update: PullRequestFeedback['updateComment'] = (project, id, body) =>
    notes.updateComment(named(project), id, body);
  return {
    host: { title: 'GitLab', right: 'a GITLAB_TOKEN with the scope api and the role Developer' },
    withoutChecks: 'GitLab has none: the job says by its exit code how it ended.',
    listComments: (project, iid, marker) => notes.listComments(named(project), iid, marker),
    createComment: (project, iid, body) => notes.createComment(named(project), iid, body),
    updateComment: update,
    deleteComment: async (project, id) =>
      void (await update(project, id, phrase`The report stands in the first note of Selfheal.`)),
    lockComment: missing,
    unlockComment: async () => {},
    changedFiles: async () => [],
    findCheck: async () => null,
    annotationsOf: async () => [],
    createCheck: missing,
    updateCheck: missing,
    listLineComments: async () => [],
    commentOnLines: missing,
  };
}
