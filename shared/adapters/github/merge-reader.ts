import * as z from 'zod';
import type { MergeReader } from '#shared/ports/merge-reader.ts';
import { type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';

/** 100 a page. */
const MAX_PAGES = 2;
const PullRequest = z.object({
  number: z.number().int(),
  title: z.string(),
  body: z.string().nullish(),
  merged_at: z.string().nullish(),
  updated_at: z.string(),
  head: z.object({ ref: z.string() }),
  base: z.object({ ref: z.string(), repo: z.object({ default_branch: z.string() }) }),
});

/** Merged pull requests of GitHub (https://docs.github.com/en/rest/pulls/pulls#list-pull-requests). */
export function makeGithubMergeReader(options: GithubOptions): MergeReader {
  const client = makeGithubClient(options);
  return {
    mergedSince: async (repository, since) => {
      const parameters = { ...repositoryOf(repository), state: 'closed', sort: 'updated', direction: 'desc' };
      const found: z.infer<typeof PullRequest>[] = [];
      const pages = client.pages('GET /repos/{owner}/{repo}/pulls', parameters, z.array(PullRequest), MAX_PAGES);
      for await (const page of pages) {
        found.push(...page);
        if (Date.parse(page.at(-1)?.updated_at ?? '') < since.getTime()) break;
      }
      return found.flatMap(({ number, title, body, merged_at: mergedAt, head, base }) => {
        if (!mergedAt || Date.parse(mergedAt) < since.getTime() || base.ref !== base.repo.default_branch) return [];
        const text = [title, body ?? '', head.ref].join('\n').toLowerCase();
        return [{ number, mergedAt, names: (word) => isNamed(text, word.toLowerCase()) }];
      });
    },
  };
}

const PART_OF_WORD = /[a-z0-9_-]/;

/** Whether the word stands in the text by itself: `ops-1` is not in `ops-12`. */
function isNamed(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text[at + word.length] ?? ' '];
    if (!PART_OF_WORD.test(before) && !PART_OF_WORD.test(after)) return true;
  }
  return false;
}
