import { Refused } from '@selfheal/kernel/errors.ts';
import { joined, phrase } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { FIX_BRANCH_PREFIX, fixBranch, readFixMarker } from '@selfheal/patch-guard/fix-branch.ts';
import type { PullRequestFeedback } from '@selfheal/pull-request-quality/ports/pull-request-feedback.ts';
import { entriesOf, type HelpfulFix, withHelpfulFixes } from '#shared/domain/triage/troubleshooting-page.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { CodeWriter } from '#shared/ports/code-writer.ts';
import type { Proposals, PullRequestNote } from '#shared/ports/proposals.ts';
import type { RunFinder } from '#shared/ports/run-finder.ts';

export interface DocumentFixesDeps {
  readonly proposals: Pick<Proposals, 'pullRequests' | 'openDraft'>;
  readonly finder: Pick<RunFinder, 'runsOf'>;
  readonly feedback: Pick<PullRequestFeedback, 'changedFiles'>;
}

/** What a triage report says about a failure, by its fingerprint. */
export type KnownFailures = ReadonlyMap<string, Pick<HelpfulFix, 'class' | 'signature'>>;

const MAX_FIXES = 50;

/** Our fixes that were merged and after which every workflow passed; oldest first. A fix that is still running, or failed, is left out. */
export async function helpfulFixes(
  repository: string,
  known: KnownFailures,
  { proposals, finder, feedback }: DocumentFixesDeps,
): Promise<HelpfulFix[]> {
  const ours = await proposals.pullRequests(repository, FIX_BRANCH_PREFIX);
  const fixes: HelpfulFix[] = [];
  for (const { number, url, mergedAs, body } of ours.slice(0, MAX_FIXES)) {
    const marker = readFixMarker(body);
    if (mergedAs === null || marker === null || !/^https?:\/\/[^\s()<>"']+$/.test(url)) continue;
    const runs = await finder.runsOf(repository, { number, headSha: mergedAs });
    const passed = runs.filter(({ conclusion }) => conclusion === 'success').length;
    if (passed === 0 || runs.some(({ conclusion }) => !['success', 'skipped', 'neutral'].includes(conclusion ?? '')))
      continue;
    const { fingerprint } = marker;
    const { class: failureClass, signature } = known.get(fingerprint) ?? { class: null, signature: null };
    const files = (await feedback.changedFiles(repository, number)).map(({ path }) => path);
    fixes.push({ pullRequest: number, url, fingerprint, class: failureClass, signature, files, passedRuns: passed });
  }
  return fixes.reverse();
}

export interface PageDraftDeps extends DocumentFixesDeps {
  readonly code: CodeWriter;
  readonly codeHost: Pick<CodeHost, 'defaultBranch'>;
  readonly clock: Clock;
}

/** In the description of our draft, by which it is found again. */
const DRAFT_MARKER = phrase`<!-- selfheal-troubleshooting -->`;

/**
 * Opens a draft pull request that adds the fixes to the page on the default branch; one at a time. Null when the page has them all. Never merged
 * by Selfheal. Throws `Refused` when the page cannot be read.
 */
export async function proposePage(
  repository: string,
  path: string,
  fixes: readonly HelpfulFix[],
  deps: PageDraftDeps,
): Promise<PullRequestNote | null> {
  const earlier = await deps.proposals.pullRequests(repository, FIX_BRANCH_PREFIX);
  const open = earlier.find(({ state, body }) => state === 'open' && body.includes(DRAFT_MARKER));
  if (open !== undefined) return open;
  const { name: base } = await deps.codeHost.defaultBranch(repository);
  const head = await deps.code.branchHead(repository, base);
  const page = head === null ? null : await pageAt(repository, head.sha, path, deps.code);
  if (head === null || page === null)
    throw new Refused(`${path} on the default branch of ${repository} cannot be read as text.`);
  const content = withHelpfulFixes(page, fixes);
  if (content === null) return null;
  const message = phrase`docs: failures that were fixed`;
  const branch = fixBranch(deps.clock.now());
  const commit = await deps.code.writeCommit(repository, {
    parent: head.sha,
    filesOf: head.sha,
    changes: [{ path, content }],
    message,
  });
  await deps.code.createBranch(repository, branch, commit);
  const words = phrase`Selfheal proposes to add these fixes to the page, because they were merged and every workflow passed afterwards. Add what a reader should know before you merge it.`;
  const body = joined([DRAFT_MARKER, words, entriesOf(fixes)], '\n\n');
  return await deps.proposals.openDraft(repository, { title: message, body, branch, base });
}

/** The page, empty when it is not there yet; null when it is no text. */
async function pageAt(repository: string, commit: string, path: string, code: CodeWriter): Promise<string | null> {
  const tree = await code.readTree(repository, commit);
  if (tree === null) return null;
  const entry = tree.entries.get(path);
  if (entry === undefined) return '# Troubleshooting\n';
  return entry.mode === '100644' ? await code.readText(repository, entry.sha) : null;
}
