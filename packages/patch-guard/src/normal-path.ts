import { type Finding, refusal } from './finding.ts';
import { hasHidden, hasLookalike } from './hidden-characters.ts';
import { PATCH_LIMITS } from './patch-limits.ts';

export type NormalPath = { kind: 'path'; path: string } | { kind: 'refused'; finding: Finding };

/** Device names of Windows, with or without an extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\..*)?$/i;
/** Characters in paths of source files, including router folders with brackets and dollars. */
const ALLOWED = /^[\p{L}\p{M}\p{N} ._+@()[\]$,=/-]+$/u;

/**
 * A path of a patch, relative to the root of the repository, or why it is invalid. A path that could mean another one
 * on another file system (case aside) is refused rather than corrected; only a leading `./` is removed.
 */
export function normalPath(raw: string): NormalPath {
  const finding = problemOf(raw);
  return finding === null ? { kind: 'path', path: raw.replace(/^\.\//, '') } : { kind: 'refused', finding };
}

function problemOf(raw: string): Finding | null {
  const refused = (...[rule, reason]: Parameters<typeof refusal>) => refusal(rule, reason, { path: raw.slice(0, 300) });
  if (raw === '') return refused('path-spelling', 'A path is empty.');
  if (raw.length > PATCH_LIMITS.pathCharacters) return refused('too-large', 'A path is too long.');
  if (hasHidden(raw)) return refused('path-hidden-characters', 'A path contains invisible characters.');
  if (/^(?:[\\/~]|[A-Za-z]:)/.test(raw)) return refused('path-escape', 'A path is absolute.');
  if (/(?:^|[\\/])\.\.(?:[\\/]|$)/.test(raw)) return refused('path-escape', 'A path leads out of the repository.');
  if (raw.includes('\\')) return refused('path-spelling', 'A path contains a backslash.');
  if (/%[0-9A-Fa-f]{2}|%u[0-9A-Fa-f]{4}/.test(raw)) return refused('path-spelling', 'A path is percent-encoded.');
  if (raw !== raw.normalize('NFKC') || hasLookalike(raw)) {
    return refused('path-lookalike', 'A path contains lookalike characters.');
  }
  if (!ALLOWED.test(raw)) return refused('path-spelling', 'A path contains unusual characters.');
  const segments = raw.replace(/^\.\//, '').split('/');
  if (segments.length > PATCH_LIMITS.pathSegments) return refused('too-large', 'A path is too deep.');
  const problem = segments.map(segmentProblem).find((one) => one !== null);
  return problem === undefined ? null : refused('path-spelling', problem ?? '');
}

function segmentProblem(segment: string): string | null {
  if (segment === '' || segment === '.') return 'A path has an empty part.';
  if (/[. ]$|^ /.test(segment)) return 'A part of a path begins or ends with a space or ends with a dot.';
  if (DEVICE.test(segment)) return 'A path contains a Windows device name.';
  return /~\d/.test(segment) ? 'A path contains a Windows short name.' : null;
}

/** Equal for paths that are one file where case or Unicode composition is ignored. */
export function foldedPath(path: string): string {
  return path.normalize('NFKC').toLowerCase();
}
