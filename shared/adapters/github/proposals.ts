import { Refused } from '@selfheal/kernel/errors.ts';
import { rawNameOf } from '@selfheal/kernel/text/raw-name.ts';
import * as z from 'zod';
import type { IssueNote, Proposals, PullRequestNote } from '#shared/ports/proposals.ts';
import { type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';
import { isOurs, makeIdentity, Writer } from './identity.ts';

/** 100 a page. */
const MAX_PAGES = 5;
const Label = z.union([z.string(), z.object({ name: z.string().nullish() })]);
const PullRequest = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.string(),
  merged_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  draft: z.boolean().default(false),
  body: z.string().nullish(),
  head: z.object({ ref: z.string() }),
  labels: z.array(Label).default([]),
  user: Writer.nullable(),
});
const Merged = z.object({
  number: z.number(),
  merged_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
});
const Issue = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.string(),
  body: z.string().nullish(),
  labels: z.array(Label).default([]),
  updated_at: z.string(),
  user: Writer.nullable(),
});

/** GitHub behind the `Proposals` port. https://docs.github.com/en/rest/pulls/pulls, https://docs.github.com/en/rest/issues */
export function makeGithubProposals(options: GithubOptions): Proposals {
  const client = makeGithubClient(options);
  const identity = makeIdentity(client, options);
  /** Something that cannot be found again would be written again and again. */
  const us = async () => {
    const found = await identity();
    if (found.kind !== 'unproven') return found;
    throw new Refused(
      'The token does not identify an account: use the token of a machine account, or a GitHub App with appId and privateKey.',
    );
  };
  async function* ownIssues(repository: string, label: string): AsyncGenerator<IssueNote[]> {
    const own = await us();
    const newest = { state: 'all', sort: 'created', direction: 'desc' };
    const parameters = { ...repositoryOf(repository), labels: label, ...newest };
    const pages = client.pages('GET /repos/{owner}/{repo}/issues', parameters, z.array(Issue), MAX_PAGES);
    for await (const page of pages) yield page.filter((issue) => isOurs(issue.user, own)).map(issueNote);
  }
  return {
    async pullRequests(repository, branchPrefix) {
      const parameters = { ...repositoryOf(repository), state: 'all', sort: 'created', direction: 'desc' };
      const own = await us();
      const found: PullRequestNote[] = [];
      const pages = client.pages('GET /repos/{owner}/{repo}/pulls', parameters, z.array(PullRequest), MAX_PAGES);
      for await (const page of pages) {
        found.push(
          ...page
            .filter((pull) => pull.head.ref.startsWith(branchPrefix) && isOurs(pull.user, own))
            .map(pullRequestNote),
        );
      }
      return found;
    },
    async mergedAs(repository, commit_sha) {
      const parameters = { ...repositoryOf(repository), commit_sha };
      const route = 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls';
      const found = await client.call(route, parameters, z.array(Merged));
      return found.flatMap((pull) =>
        pull.merged_at != null && pull.merge_commit_sha === commit_sha ? [pull.number] : [],
      );
    },
    async openDraft(repository, { title, body, branch, base }) {
      const parameters = { ...repositoryOf(repository), title, body, head: branch, base: rawNameOf(base), draft: true };
      return pullRequestNote(await client.effect('POST /repos/{owner}/{repo}/pulls', parameters, PullRequest));
    },
    async addLabels(repository, issue_number, labels) {
      const parameters = { ...repositoryOf(repository), issue_number, labels: [...labels] };
      await client.call('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', parameters, z.unknown());
    },
    async issues(repository, label) {
      const found: IssueNote[] = [];
      for await (const page of ownIssues(repository, label)) found.push(...page);
      return found;
    },
    async findIssue(repository, label, marker) {
      for await (const page of ownIssues(repository, label)) {
        const found = page.find(({ body }) => body.includes(marker));
        if (found !== undefined) return found;
      }
      return null;
    },
    async openIssue(repository, { title, body, labels, assignees }) {
      const parameters = { ...repositoryOf(repository), title, body, labels: [...labels], assignees: [...assignees] };
      return issueNote(await client.effect('POST /repos/{owner}/{repo}/issues', parameters, Issue));
    },
  };
}

function pullRequestNote(pull: z.infer<typeof PullRequest>): PullRequestNote {
  const { number, html_url: url, draft, body, head, labels, state, merged_at, merge_commit_sha } = pull;
  return {
    number,
    url,
    state: state === 'open' ? 'open' : merged_at == null ? 'closed' : 'merged',
    mergedAs: merged_at == null ? null : (merge_commit_sha ?? null),
    draft,
    branch: head.ref,
    body: body ?? '',
    labels: namesOf(labels),
  };
}

const namesOf = (labels: readonly z.infer<typeof Label>[]): string[] =>
  labels.flatMap((label) => (typeof label === 'string' ? label : (label.name ?? [])));

const issueNote = ({ number, html_url, state, body, labels, updated_at }: z.infer<typeof Issue>): IssueNote => ({
  number,
  url: html_url,
  state: state === 'open' ? 'open' : 'closed',
  body: body ?? '',
  labels: namesOf(labels),
  updatedAt: updated_at,
});
