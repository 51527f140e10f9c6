import { type Finding, refusal } from './finding.ts';
import { foldedPath, normalPath } from './normal-path.ts';
import { type FileChange, PATCH_LIMITS, type ProposedPatch } from './patch-limits.ts';
import { type ReadPatch, readDiff } from './read-diff.ts';

/** Parses a proposed patch of either form; all its paths are normal afterwards. Never throws. */
export function readPatch(patch: ProposedPatch): ReadPatch {
  const size = patch.kind === 'diff' ? patch.text.length : sum(patch.files.map(({ content }) => content.length));
  if (size > PATCH_LIMITS.characters) return refused(refusal('too-large', 'The patch is too long to review.'));
  const read = patch.kind === 'diff' ? readDiff(patch.text) : readReplacements(patch.files);
  if (read.kind === 'refused') return read;
  const { changes } = read;
  if (changes.length === 0) return refused(refusal('malformed', 'The patch changes nothing.'));
  if (changes.length > PATCH_LIMITS.files)
    return refused(refusal('too-large', `The patch changes more than ${PATCH_LIMITS.files} files.`));
  const paths = changes.flatMap((change) =>
    change.kind === 'hunks' && change.previousPath !== change.path ? [change.path, change.previousPath] : [change.path],
  );
  const twice = paths.find((path, at) => paths.findIndex((one) => foldedPath(one) === foldedPath(path)) !== at);
  return twice === undefined
    ? read
    : refused(
        refusal('path-collision', 'The patch lists a file twice, or two files whose names differ only in case.', {
          path: twice,
        }),
      );
}

function readReplacements(files: Extract<ProposedPatch, { kind: 'replace' }>['files']): ReadPatch {
  const changes: FileChange[] = [];
  for (const { path, content } of files) {
    const normal = normalPath(path);
    if (normal.kind === 'refused') return refused(normal.finding);
    changes.push({ kind: 'replace', path: normal.path, content });
  }
  return { kind: 'read', changes };
}

const refused = (finding: Finding): ReadPatch => ({ kind: 'refused', findings: [finding] });
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
