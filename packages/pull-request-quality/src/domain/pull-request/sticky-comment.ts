import { digestOf } from '@selfheal/kernel/digest.ts';
import type { PullRequestFacts } from './pull-request-facts.ts';

/** Marker by which the comment is found again; invisible to readers. */
export const COMMENT_MARKER = '<!-- selfheal-pull-request -->';
/** Workflows that share the comment. */
const MAX_PARTS = 4;
/** Length of one workflow's part: all parts and their markers fit into the 65,536 characters that GitHub takes. */
export const MAX_PART_CHARACTERS = 15_000;

/** What one workflow says in the comment of a pull request, and how new it is. */
export interface CommentPart {
  /** Of the workflow: 16 hexadecimal digits. */
  readonly key: string;
  readonly runId: number;
  readonly attempt: number;
  readonly headSha: string;
  readonly conclusion: PullRequestFacts['conclusion'];
  /** Markdown without markers. */
  readonly text: string;
}

/** Workflows are told apart by their file; a name may be given twice. */
export const partKeyOf = (workflow: string): string => digestOf(workflow, 16);

const OPENING =
  /<!-- selfheal-part ([0-9a-f]{16}) run=(\d{1,16}) attempt=(\d{1,6}) commit=([0-9a-f]{7,64}) (failure|neutral|success) -->\n/g;
const CLOSING = '\n<!-- selfheal-part-end -->';

/** The parts of a comment. What cannot be read is left out, because people with write access can edit the comment. */
export function partsOf(body: string): CommentPart[] {
  return [...body.matchAll(OPENING)].flatMap((opening) => {
    const [whole, key = '', runId, attempt, headSha = '', conclusion] = opening;
    const start = opening.index + whole.length;
    const end = body.indexOf(CLOSING, start);
    if (end < 0) return [];
    return [
      {
        key,
        runId: Number(runId),
        attempt: Number(attempt),
        headSha,
        conclusion: conclusion as CommentPart['conclusion'],
        text: body.slice(start, end),
      },
    ];
  });
}

/** Positive when `a` is newer. A run that was started later has a larger id, and a re-run keeps its id. */
const newer = (a: CommentPart, b: CommentPart): number => a.runId - b.runId || a.attempt - b.attempt;

/**
 * The newest part of each workflow, in a fixed order. Parts about another commit than that of the newest run are left out: the code that
 * they describe is gone.
 */
export function mergeParts(parts: readonly CommentPart[]): CommentPart[] {
  const latest = [...Map.groupBy(parts, ({ key }) => key).values()].flatMap((same) => same.toSorted(newer).slice(-1));
  const newest = latest.toSorted(newer).at(-1);
  return latest
    .filter(({ headSha }) => headSha === newest?.headSha)
    .toSorted(newer)
    .slice(-MAX_PARTS)
    .sort((a, b) => a.key.localeCompare(b.key));
}

/** Whether `part` is among the newest. If not, a newer run has reported already and this one writes nothing. */
export const isShown = (part: CommentPart, merged: readonly CommentPart[]): boolean =>
  merged.some(({ key, runId, attempt }) => key === part.key && runId === part.runId && attempt === part.attempt);

/** Whether a later run of the same workflow has reported on the same commit: then this one writes nothing. */
export const isSuperseded = (part: CommentPart, known: readonly CommentPart[]): boolean =>
  known.some((one) => one.key === part.key && one.headSha === part.headSha && newer(one, part) > 0);

export function commentBody(parts: readonly CommentPart[]): string {
  const shown = parts.map(
    ({ key, runId, attempt, headSha, conclusion, text }) =>
      `<!-- selfheal-part ${key} run=${runId} attempt=${attempt} commit=${headSha} ${conclusion} -->\n${text}${CLOSING}`,
  );
  return [COMMENT_MARKER, ...shown].join('\n\n').replace('\n\n', '\n');
}

/** The conclusion of all workflows together: the worst. */
export function combinedConclusion(parts: readonly Pick<CommentPart, 'conclusion'>[]): PullRequestFacts['conclusion'] {
  const has = (wanted: PullRequestFacts['conclusion']): boolean =>
    parts.some(({ conclusion }) => conclusion === wanted);
  return has('failure') ? 'failure' : has('neutral') || parts.length === 0 ? 'neutral' : 'success';
}
