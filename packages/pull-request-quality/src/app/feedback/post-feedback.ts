import { OutcomeUnknown, RateLimited, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import {
  isOfferable,
  SUGGESTION_MARKER,
  suggestionBody,
  suggestionMarker,
} from '../../domain/pull-request/code-suggestion.ts';
import { placeChanges } from '../../domain/pull-request/diff-lines.ts';
import type { CodeChange } from '../../domain/pull-request/job-result.ts';
import { lineNotesOf, noteKey } from '../../domain/pull-request/line-notes.ts';
import type { PullRequestFacts } from '../../domain/pull-request/pull-request-facts.ts';
import { headlineOf, type ReportedRun, renderReport, runUrl } from '../../domain/pull-request/render-report.ts';
import type { ReportWords } from '../../domain/pull-request/report-words.ts';
import {
  type CommentPart,
  combinedConclusion,
  MAX_PART_CHARACTERS,
  partKeyOf,
} from '../../domain/pull-request/sticky-comment.ts';
import type { Check, FoundCheck } from '../../ports/pull-request-feedback.ts';
import { type StickyCommentDeps, writeStickyComment } from './sticky-comment.ts';

export interface FeedbackRequest {
  readonly run: ReportedRun;
  readonly pullRequest: number;
  readonly facts: PullRequestFacts;
  readonly words: ReportWords;
  /** Name of the check. */
  readonly checkName: string;
  /** Whether to write, or why not: a fork's token may only read. */
  readonly write: 'yes' | keyof typeof NOT_WRITTEN;
}

/** What became of the comment or the check. `reason`: sentences that say what is missing. */
export type Writing =
  | { readonly kind: 'written'; readonly url: string; readonly changed: 'created' | 'updated' | 'unchanged' }
  | { readonly kind: 'newer'; readonly url: string }
  | { readonly kind: 'not-written'; readonly reason: string };

export interface FeedbackOutcome {
  readonly conclusion: PullRequestFacts['conclusion'];
  /** One line: `1 of 4 jobs failed`. */
  readonly headline: string;
  readonly comment: Writing;
  readonly check: Writing;
  /** Suggestions that are offered at their lines now, and those that stand in the comment. */
  readonly suggestions: { readonly offered: number; readonly inComment: number };
  /** The report in Markdown as the comment has it, and whole, for the page of the job. */
  readonly text: string;
  readonly page: string;
}

/** GitHub takes so many characters of a check's summary. */
const MAX_CHECK_CHARACTERS = 60_000;
/** GitHub takes 1 MiB of a job's summary, in bytes. */
const MAX_PAGE_CHARACTERS = 250_000;
/** More are noise; the rest stands in the comment. */
const MAX_SUGGESTIONS = 10;
const CHECK_PREFIX = 'selfheal:';
const NOT_WRITTEN = {
  'dry-run': 'Dry run.',
  fork: 'The pull request comes from a fork, whose token may only read: the report stands on the page of the job.',
  'no-pull-request': 'The run is of no pull request: the report stands on the page of the job.',
  'no-token': 'There is no token: give the job GITHUB_TOKEN.',
  'fork-on-gitlab':
    'The merge request comes from a fork, whose pipelines get no token of this project: the report stands in the log of the job.',
  'no-merge-request': 'The pipeline is of no merge request: the report stands in the log of the job.',
  'no-gitlab-token':
    'There is no token: give the job GITLAB_TOKEN, a project access token with the scope api and the role Developer.',
} as const;

/**
 * Writes one comment, one check with notes at lines, and suggestions about a pull request. Does not fail when GitHub does: the outcome says what could
 * not be written, and the page has everything.
 */
export async function postFeedback(request: FeedbackRequest, deps: StickyCommentDeps): Promise<FeedbackOutcome> {
  const { facts, write } = request;
  const suggestions =
    write === 'yes' ? await placed(request, deps) : { inDiff: [], outside: facts.changes.filter(isOfferable) };
  const page = (maxCharacters: number, place: 'page' | 'comment'): string =>
    renderReport(facts, request.run, request.words, { place, maxCharacters, changes: suggestions.outside });
  const outcome = {
    conclusion: facts.conclusion,
    headline: headlineOf(facts),
    suggestions: { offered: 0, inComment: suggestions.outside.length },
    text: redactOutgoing(page(MAX_PART_CHARACTERS, 'comment')),
    page: redactOutgoing(page(MAX_PAGE_CHARACTERS, 'page')),
  };
  if (write !== 'yes') {
    const skipped: Writing = { kind: 'not-written', reason: NOT_WRITTEN[write] };
    return { ...outcome, comment: skipped, check: skipped };
  }
  const part = partOf(request, outcome.text);
  let check: Writing | null = null;
  let offered = 0;
  const writeRest = async (shown: readonly CommentPart[]): Promise<void> => {
    check = await attempt(deps, 'checks: write', () => writeCheck(request, part, shown, deps));
    offered = await offer(suggestions.inDiff, request, deps);
  };
  const comment = await attempt(deps, 'pull-requests: write', () =>
    writeStickyComment({ repository: request.run.repository, pullRequest: request.pullRequest }, part, deps, writeRest),
  );
  if (check === null && comment.kind === 'newer') check = comment;
  else if (check === null) await writeRest([part]);
  const unknown: Writing = { kind: 'not-written', reason: 'It was not tried.' };
  return { ...outcome, comment, check: check ?? unknown, suggestions: { ...outcome.suggestions, offered } };
}

const partOf = ({ run, facts }: FeedbackRequest, text: string): CommentPart => ({
  key: partKeyOf(run.workflow),
  runId: run.runId,
  attempt: run.attempt,
  headSha: run.headSha,
  conclusion: facts.conclusion,
  text,
});

/** Turns a failure of the host into a reason. */
async function attempt(
  { feedback }: Pick<StickyCommentDeps, 'feedback'>,
  right: string,
  work: () => Promise<Writing>,
): Promise<Writing> {
  try {
    return await work();
  } catch (error) {
    const reason = reasonOf(error, feedback.host ?? { title: 'GitHub', right: `the permission ${right}` });
    if (reason === null) throw error;
    return { kind: 'not-written', reason };
  }
}

function reasonOf(error: unknown, { title, right }: { readonly title: string; readonly right: string }): string | null {
  if (error instanceof RateLimited) return `${title}'s rate limit is used up: run the job again later.`;
  if (error instanceof OutcomeUnknown) return `${title} gave no answer: it may have been written or not.`;
  if (error instanceof Retryable) return `${title} cannot be reached: ${cleanText(error.message, 200)}`;
  if (error instanceof Refused) return `${title} refused it: ${cleanText(error.message, 200)} Give the job ${right}.`;
  return null;
}

async function placed({ run, pullRequest, facts }: FeedbackRequest, { feedback }: StickyCommentDeps) {
  const changes = facts.changes.filter(isOfferable);
  if (changes.length === 0 || feedback.withoutChecks !== undefined) return { inDiff: [], outside: changes };
  try {
    const { inDiff, outside } = placeChanges(changes, await feedback.changedFiles(run.repository, pullRequest));
    return { inDiff: inDiff.slice(0, MAX_SUGGESTIONS), outside: [...outside, ...inDiff.slice(MAX_SUGGESTIONS)] };
  } catch (error) {
    if (reasonOf(error, { title: '', right: '' }) === null) throw error;
    return { inDiff: [], outside: changes };
  }
}

/** Of a check that several workflows share, the worst conclusion and every report. */
async function writeCheck(
  { run, facts, words, checkName }: FeedbackRequest,
  part: CommentPart,
  shown: readonly CommentPart[],
  { feedback }: StickyCommentDeps,
): Promise<Writing> {
  if (feedback.withoutChecks !== undefined) return { kind: 'not-written', reason: feedback.withoutChecks };
  const others = shown.filter(({ key, headSha }) => key !== part.key && headSha === run.headSha);
  const parts = [part, ...others];
  const prefix = `${CHECK_PREFIX}${part.key}:`;
  const own = renderReport(facts, run, words, { place: 'page', maxCharacters: MAX_CHECK_CHARACTERS });
  const failed = parts.filter(({ conclusion }) => conclusion === 'failure').length;
  const check: Check = {
    name: checkName,
    headSha: run.headSha,
    externalId: `${prefix}${run.runId}:${run.attempt}`,
    conclusion: combinedConclusion(parts),
    title: redactOutgoing(others.length === 0 ? headlineOf(facts) : `${failed} of ${parts.length} workflows failed`),
    summary: redactOutgoing(others.length === 0 ? own : parts.map(({ text }) => text).join('\n\n')).slice(
      0,
      65_535,
    ) as Check['summary'],
    detailsUrl: runUrl(run),
  };
  const found = await feedback.findCheck(run.repository, run.headSha, checkName, CHECK_PREFIX);
  if (found !== null && isNewer(found.externalId, prefix, run)) return { kind: 'newer', url: found.url };
  const notes = lineNotesOf(facts);
  if (found === null) return created(await feedback.createCheck(run.repository, check, notes));
  const existing = found.annotationCount === 0 ? [] : await feedback.annotationsOf(run.repository, found.id);
  const [keys, known] = [new Set(notes.map(noteKey)), new Set(existing.map(noteKey))];
  // Notes cannot be removed: when one no longer holds, a new check replaces this one.
  if (others.length === 0 && existing.some((note) => !keys.has(noteKey(note))))
    return created(await feedback.createCheck(run.repository, check, notes));
  const added = notes.filter((note) => !known.has(noteKey(note)));
  const { url } = await feedback.updateCheck(run.repository, found.id, check, added);
  return { kind: 'written', url, changed: 'updated' };
}

const created = ({ url }: FoundCheck): Writing => ({ kind: 'written', url, changed: 'created' });

/** Whether a check is of a later run or attempt of the same workflow. */
function isNewer(externalId: string, prefix: string, { runId, attempt }: ReportedRun): boolean {
  if (!externalId.startsWith(prefix)) return false;
  const [otherRun = 0, otherAttempt = 0] = externalId.slice(prefix.length).split(':').map(Number);
  return otherRun > runId || (otherRun === runId && otherAttempt > attempt);
}

/** Suggestions that are not there yet; returns how many are there then. */
async function offer(
  changes: readonly CodeChange[],
  { run, pullRequest }: FeedbackRequest,
  { feedback }: StickyCommentDeps,
): Promise<number> {
  if (changes.length === 0) return 0;
  let offered = 0;
  try {
    const existing = await feedback.listLineComments(run.repository, pullRequest, SUGGESTION_MARKER);
    for (const change of changes) {
      const { path, lines } = change;
      const body = redactOutgoing(suggestionBody(change));
      if (!existing.some((comment) => comment.body.includes(suggestionMarker(change))))
        await feedback.commentOnLines(run.repository, pullRequest, { path, ...lines, headSha: run.headSha, body });
      offered += 1;
    }
  } catch (error) {
    // The diff moved on, or GitHub is down: the next run offers them again.
    if (reasonOf(error, { title: '', right: '' }) === null) throw error;
  }
  return offered;
}
