import { createHash } from 'node:crypto';
import { rawNameOf } from '@selfheal/kernel/text/raw-name.ts';
import type { BranchHead, CodeWriter } from '#shared/ports/code-writer.ts';
import type { IssueNote, Proposals, PullRequestNote } from '#shared/ports/proposals.ts';

export interface MemoryRepository {
  readonly code: CodeWriter;
  readonly proposals: Proposals;
  readonly branches: Map<string, BranchHead>;
  readonly pullRequests: PullRequestNote[];
  readonly issues: IssueNote[];
}

/** One repository in memory, with these files at every commit. `onEffect` hears of what others can see. */
export function makeMemoryRepository(
  files: Readonly<Record<string, string>>,
  onEffect: (effect: string) => void = () => undefined,
): MemoryRepository {
  const shaOf = (text: string) => createHash('sha1').update(text).digest('hex');
  const branches = new Map<string, BranchHead>();
  const commits = new Map<string, BranchHead>();
  const pullRequests: PullRequestNote[] = [];
  const issues: IssueNote[] = [];
  const code: CodeWriter = {
    readTree: async (_repository, commit) => ({
      sha: shaOf(`tree of ${commit}`),
      entries: new Map(Object.entries(files).map(([path, text]) => [path, { mode: '100644', sha: shaOf(text) }])),
    }),
    readText: async (_repository, blob) => Object.values(files).find((text) => shaOf(text) === blob) ?? null,
    branchHead: async (_repository, branch) =>
      branches.get(typeof branch === 'string' ? branch : rawNameOf(branch)) ?? null,
    writeCommit: async (_repository, { parent, message, filesOf, changes }) => {
      const sha = shaOf(JSON.stringify([parent, message, filesOf, changes]));
      commits.set(sha, { sha, parents: [parent], message });
      return sha;
    },
    createBranch: async (_repository, branch, sha) => {
      const head = commits.get(sha);
      if (head === undefined || branches.has(branch)) throw new Error(`The branch ${branch} cannot be made.`);
      onEffect(`branch:${branch}`);
      branches.set(branch, head);
    },
    deleteBranch: async (_repository, branch) => {
      if (branches.delete(branch)) onEffect(`deleted:${branch}`);
    },
  };
  const proposals: Proposals = {
    pullRequests: async (_repository, prefix) => pullRequests.filter(({ branch }) => branch.startsWith(prefix)),
    mergedAs: async () => [],
    openDraft: async (repository, { body, branch }) => {
      const number = 100 + pullRequests.length;
      const url = `https://github.example/${repository}/pull/${number}`;
      const pull: PullRequestNote = {
        number,
        url,
        state: 'open',
        draft: true,
        mergedAs: null,
        branch,
        body,
        labels: [],
      };
      onEffect(`pull:${branch}`);
      pullRequests.unshift(pull);
      return pull;
    },
    addLabels: async (_repository, number, labels) => {
      const at = pullRequests.findIndex((one) => one.number === number);
      const pull = pullRequests[at];
      if (pull !== undefined) pullRequests[at] = { ...pull, labels: [...new Set([...pull.labels, ...labels])] };
      const placed = issues.findIndex((one) => one.number === number);
      const issue = issues[placed];
      if (issue !== undefined) issues[placed] = { ...issue, labels: [...new Set([...issue.labels, ...labels])] };
    },
    issues: async (_repository, label) => issues.filter(({ labels }) => labels.includes(label)),
    findIssue: async (_repository, _label, marker) => issues.find(({ body }) => body.includes(marker)) ?? null,
    openIssue: async (repository, { body, labels }) => {
      const number = 500 + issues.length;
      const issue: IssueNote = {
        number,
        url: `https://github.example/${repository}/issues/${number}`,
        state: 'open',
        body,
        labels,
        updatedAt: '2026-11-21T12:00:00Z',
      };
      onEffect('issue');
      issues.unshift(issue);
      return issue;
    },
  };
  return { code, proposals, branches, pullRequests, issues };
}
