import { type Finding, type PatchRule, refusal } from './finding.ts';
import { readHunks } from './hunk.ts';
import { normalPath } from './normal-path.ts';
import type { FileChange } from './patch-limits.ts';
import { unquotedPath } from './quoted-path.ts';

export type ReadPatch =
  | { kind: 'read'; changes: readonly FileChange[] }
  | { kind: 'refused'; findings: readonly Finding[] };

const NOWHERE = '/dev/null';
const MODES: Readonly<Record<string, PatchRule | null>> = {
  '100644': null,
  '100755': 'mode',
  '120000': 'symlink',
  '160000': 'submodule',
};
const MODE_REASONS: Partial<Record<PatchRule, string>> = {
  mode: 'The patch makes a file executable or changes its mode.',
  symlink: 'The patch creates or changes a symbolic link.',
  submodule: 'The patch creates or changes a submodule.',
};

/** Thrown and caught within this file. */
class Stop extends Error {
  readonly finding: Finding;
  constructor(finding: Finding) {
    super(finding.reason);
    this.finding = finding;
  }
}

function stop(rule: PatchRule, reason: string, line: number): never {
  throw new Stop(refusal(rule, `${reason} (line ${line + 1} of the patch)`));
}

interface Header {
  /** From `diff --git`; null in a plain diff. */
  named: { from: string; to: string } | null;
  renamed: { from: string | null; to: string | null };
  created: boolean;
  deleted: boolean;
}

/**
 * Parses a unified diff as Git writes it (git-diff, "Generating patch text with -p") or a plain one with `a/` and `b/`.
 * Strict: no text around it, no fuzz, no binary files, modes, links, copies or submodules, and every name must agree
 * with the others.
 */
export function readDiff(text: string): ReadPatch {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const changes: FileChange[] = [];
  try {
    for (let at = 0; at < lines.length; ) {
      const { change, next } = readFile(lines, at);
      changes.push(change);
      at = next;
    }
  } catch (error) {
    if (error instanceof Stop) return { kind: 'refused', findings: [error.finding] };
    throw error;
  }
  return { kind: 'read', changes };
}

function readFile(lines: readonly string[], from: number): { change: FileChange; next: number } {
  const header: Header = { named: null, renamed: { from: null, to: null }, created: false, deleted: false };
  let at = from;
  if (/^diff --git /.test(lines[at] ?? '')) {
    header.named = namesOf(lines[at] ?? '', lines, at);
    for (at += 1; at < lines.length && !/^(?:--- |diff --git )/.test(lines[at] ?? ''); at += 1)
      readExtended(lines[at] ?? '', header, at);
  }
  const names = /^--- /.test(lines[at] ?? '') ? { old: lines[at], fresh: lines[at + 1] } : null;
  if (names === null) return { change: withoutHunks(header, at), next: at };
  if (!/^\+\+\+ /.test(names.fresh ?? '')) stop('malformed', 'A file header has no +++ line.', at + 1);
  const [old, fresh] = [markedName(names.old ?? '', 'a/', at), markedName(names.fresh ?? '', 'b/', at + 1)];
  const read = readHunks(lines, at + 2);
  if (read.kind === 'malformed')
    stop('malformed', 'A hunk does not match the line counts in its header.', read.line - 1);
  if (read.hunks.length === 0) stop('malformed', 'A file has no hunk.', at + 2);
  return { change: changeOf(header, old, fresh, read.hunks, at), next: read.next };
}

function changeOf(
  header: Header,
  old: string,
  fresh: string,
  hunks: Extract<FileChange, { kind: 'hunks' }>['hunks'],
  at: number,
): FileChange {
  const { named, renamed, created, deleted } = header;
  if (fresh === NOWHERE || deleted) stop('file-deleted', 'The patch deletes a file.', at);
  if ((old === NOWHERE) !== created && named !== null)
    stop('malformed', 'The header lines of a file disagree on whether it is new.', at);
  const path = normal(fresh);
  if (named !== null && normal(named.to) !== path)
    stop('malformed', 'The header lines of a file disagree on its name.', at);
  if (old === NOWHERE) return { kind: 'create', path, hunks };
  const previousPath = normal(old);
  if (named !== null && normal(named.from) !== previousPath)
    stop('malformed', 'The header lines of a file disagree on its name.', at);
  const isRename = renamed.from === named?.from && renamed.to === named?.to && named !== null;
  if (path !== previousPath && !isRename) stop('malformed', 'A file changes its name without rename lines.', at);
  if (path === previousPath && (renamed.from ?? renamed.to) !== null)
    stop('malformed', 'A file is renamed to itself.', at);
  return { kind: 'hunks', path, previousPath, hunks };
}

/** Only a rename without changed lines has no hunks. */
function withoutHunks({ named, renamed, created, deleted }: Header, at: number): FileChange {
  if (deleted) stop('file-deleted', 'The patch deletes a file.', at);
  if (named === null || created) stop('malformed', 'Some text belongs to no file.', at);
  if (renamed.from !== named.from || renamed.to !== named.to) stop('malformed', 'A file has no change.', at);
  return { kind: 'hunks', path: normal(named.to), previousPath: normal(named.from), hunks: [] };
}

function readExtended(line: string, header: Header, at: number): void {
  const mode = /^(?:(new file|deleted file|old|new) mode|index [0-9a-f]{4,64}\.\.[0-9a-f]{4,64}) ?(\d{6})?$/.exec(line);
  const rename = /^rename (from|to) (.+)$/.exec(line);
  if (mode !== null) {
    const rule = mode[2] === undefined ? null : MODES[mode[2]];
    if (rule === undefined) stop('malformed', 'A file mode is unknown.', at);
    if (rule !== null) stop(rule, MODE_REASONS[rule] ?? '', at);
    if (mode[1] === 'old' || mode[1] === 'new') stop('mode', 'The patch changes a file mode.', at);
    if (mode[1] === 'new file') header.created = true;
    if (mode[1] === 'deleted file') header.deleted = true;
  } else if (rename !== null) {
    const name = rename[2] ?? '';
    header.renamed[rename[1] === 'from' ? 'from' : 'to'] = name.startsWith('"') ? unquoted(name, at) : name;
  } else if (/^copy (?:from|to) /.test(line)) stop('copy', 'The patch copies a file.', at);
  else if (/^(?:GIT binary patch|Binary files )/.test(line)) stop('binary', 'The patch changes a binary file.', at);
  else if (!/^(?:dis)?similarity index \d{1,3}%$/.test(line)) stop('malformed', 'Some text belongs to no file.', at);
}

/**
 * The two names of a `diff --git` line. Without quotes a name may contain blanks: then both names are equal, or a
 * rename states them.
 */
function namesOf(line: string, lines: readonly string[], at: number): { from: string; to: string } {
  const rest = line.slice('diff --git '.length);
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(rest);
  if (quoted !== null) return { from: prefixed(quoted[1] ?? '', 'a/', at), to: prefixed(quoted[2] ?? '', 'b/', at) };
  const half = (rest.length - 1) / 2;
  const [first, second] = [rest.slice(0, half), rest.slice(half + 1)];
  if (Number.isInteger(half) && first.slice(2) === second.slice(2) && rest[half] === ' ') {
    return { from: prefixed(first, 'a/', at), to: prefixed(second, 'b/', at) };
  }
  const section = lines.slice(at + 1, at + 8);
  const [from, to] = ['from', 'to'].map((word) =>
    section.find((one) => one.startsWith(`rename ${word} `))?.slice(`rename ${word} `.length),
  );
  if (from === undefined || to === undefined || rest !== `a/${from} b/${to}`)
    stop('malformed', 'The file names of a header are ambiguous.', at);
  return { from, to };
}

/** Git ends a name that contains a blank with a tab. */
function markedName(line: string, prefix: string, at: number): string {
  const name = line.slice(4).replace(/\t$/, '');
  return name === NOWHERE ? NOWHERE : prefixed(name, prefix, at);
}

function prefixed(name: string, prefix: string, at: number): string {
  const plain = name.startsWith('"') ? unquoted(name, at) : name;
  if (!plain.startsWith(prefix)) {
    // Not called malformed when the path itself is the problem.
    normal(plain);
    stop('malformed', `A name does not begin with ${prefix}`, at);
  }
  return plain.slice(prefix.length);
}

function unquoted(name: string, at: number): string {
  return unquotedPath(name) ?? stop('path-spelling', 'The quotation of a path is invalid.', at);
}

function normal(raw: string): string {
  const path = normalPath(raw);
  if (path.kind === 'refused') throw new Stop(path.finding);
  return path.path;
}
