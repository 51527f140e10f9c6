import { digestOf } from '@selfheal/kernel/digest.ts';
import { fenced, safeLine } from '@selfheal/kernel/text/markdown.ts';
import { hasHidden } from '@selfheal/patch-guard/hidden-characters.ts';
import type { Hunk } from '@selfheal/patch-guard/hunk.ts';
import { readDiff } from '@selfheal/patch-guard/read-diff.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { CodeChange } from './job-result.ts';

const MAX_REPLACEMENT = 4000;

/** Marker of all our suggestions; the digest of the suggestion follows it. */
export const SUGGESTION_MARKER = '<!-- selfheal-suggestion ';

/** Digest of a suggestion, which stays the same when later commits move its lines. */
export const suggestionMarker = ({ path, replacement }: CodeChange): string =>
  `${SUGGESTION_MARKER}${digestOf(JSON.stringify([path, replacement]), 16)} -->`;

/**
 * Whether a change may be offered for one click. It must hold no secret, which redaction would alter, and no invisible character, which would be
 * applied unseen.
 */
export const isOfferable = ({ replacement, path }: CodeChange): boolean =>
  !hasHidden(path) &&
  !replacement.split('\n').some((line) => hasHidden(line)) &&
  redactOutgoing(replacement) === replacement;

/** The body of a review comment with a suggestion that its reader can apply. An empty replacement deletes the lines. */
export function suggestionBody(change: CodeChange): string {
  const longest = Math.max(2, ...[...change.replacement.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const code = change.replacement === '' ? '' : `${change.replacement}\n`;
  return [
    suggestionMarker(change),
    `${safeLine(change.reason)} Proposed by Selfheal; nobody has tried it.`,
    '',
    `${fence}suggestion\n${code}${fence}`,
  ].join('\n');
}

/** The same for a place outside of the diff: GitHub takes no suggestion there. */
export const changeAsText = ({ replacement }: CodeChange): string =>
  replacement === '' ? 'Delete these lines.' : fenced(replacement);

/**
 * The changes of a proposed patch, one for each run of changed lines; lines are those of the patched commit. New and renamed files and a patch
 * that cannot be read give none. `reason`: why the patch is proposed.
 */
export function changesOfPatch(patch: string, reason: CodeChange['reason']): CodeChange[] {
  const read = readDiff(patch);
  if (read.kind === 'refused') return [];
  return read.changes.flatMap((change) => {
    if (change.kind !== 'hunks' || change.path !== change.previousPath) return [];
    return change.hunks.flatMap((hunk) => changesOfHunk(hunk, change.path, reason));
  });
}

function changesOfHunk({ start, count, lines }: Hunk, path: string, reason: CodeChange['reason']): CodeChange[] {
  const changes: CodeChange[] = [];
  let at = count === 0 ? start + 1 : start;
  for (let index = 0; index < lines.length; ) {
    if (lines[index]?.kind === 'kept') {
      at += 1;
      index += 1;
      continue;
    }
    const [first, before] = [at, lines[index - 1]];
    const fresh: string[] = [];
    for (; index < lines.length && lines[index]?.kind !== 'kept'; index += 1) {
      const line = lines[index];
      if (line?.kind === 'added') fresh.push(line.text);
      else at += 1;
    }
    const after = lines[index];
    // A suggestion replaces lines, so an insertion takes a neighbour along.
    if (at > first) changes.push({ path, lines: { start: first, end: at - 1 }, replacement: fresh.join('\n'), reason });
    else if (before !== undefined)
      changes.push({
        path,
        lines: { start: first - 1, end: first - 1 },
        replacement: [before.text, ...fresh].join('\n'),
        reason,
      });
    else if (after !== undefined)
      changes.push({
        path,
        lines: { start: first, end: first },
        replacement: [...fresh, after.text].join('\n'),
        reason,
      });
  }
  return changes.filter(({ replacement }) => replacement.length <= MAX_REPLACEMENT);
}
