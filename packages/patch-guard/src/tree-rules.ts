import type { SourceTree } from './apply-patch.ts';
import { type Finding, refusal } from './finding.ts';

/** Files that say which files pipelines run, and which are not handwritten. */
const PIPELINES =
  /^(?:\.github\/(?:workflows|actions)\/.*\.ya?ml|\.gitlab-ci\.yml|\.circleci\/config\.yml|azure-pipelines\.yml|\.travis\.yml|(?:.*\/)?(?:Makefile|Jenkinsfile|package\.json|Dockerfile|tox\.ini|noxfile\.py|Rakefile))$/;
const ATTRIBUTES = /^(?:.*\/)?\.gitattributes$/;
const GENERATED = /\s(?:linguist-generated|linguist-vendored|binary|-diff|-text|filter=\S+)(?:=true)?(?=\s|$)/;

/** The files of a repository that `treeFindings` needs besides those of the patch. */
function isTreeRule(path: string): boolean {
  return PIPELINES.test(path) || ATTRIBUTES.test(path);
}

/**
 * Objections of the repository itself to changing a file: a pipeline runs it by its path, or `.gitattributes` marks it
 * as generated, vendored or binary. Unread rules object to nothing.
 */
export function treeFindings(path: string, role: 'source' | 'test', tree: SourceTree): Finding[] {
  const rules = [...tree.modes.keys()].filter(isTreeRule);
  const texts = (wanted: RegExp) =>
    rules.filter((rule) => wanted.test(rule)).map((rule) => ({ rule, text: tree.contentOf(rule) ?? '' }));
  const isRun = role === 'source' && texts(PIPELINES).some(({ rule, text }) => runs(commandsOf(rule, text), path));
  const isGenerated = texts(ATTRIBUTES).some(({ rule, text }) =>
    text.split('\n').some((line) => GENERATED.test(line) && covers(line, rule, path)),
  );
  return [
    ...(isRun ? [refusal('path-protected', 'The file is run by a pipeline.', { path })] : []),
    ...(isGenerated
      ? [refusal('generated-file', 'The repository marks the file as generated, vendored or binary.', { path })]
      : []),
  ];
}

/** Of a package, only its scripts are run. */
function commandsOf(rule: string, text: string): string {
  return rule.endsWith('package.json') ? (/"scripts"\s*:\s*\{([^}]*)\}/.exec(text)?.[1] ?? '') : text;
}

function runs(commands: string, path: string): boolean {
  for (let at = commands.indexOf(path); at >= 0; at = commands.indexOf(path, at + 1)) {
    const [before, after] = [commands[at - 1] ?? ' ', commands[at + path.length] ?? ' '];
    if (/[\s'"`=:/(,;|&[]/.test(before) && /[\s'"`:),;|&\]]/.test(after)) return true;
  }
  return false;
}

/**
 * Whether the pattern at the beginning of a `.gitattributes` line matches the path (gitattributes(5); of its patterns
 * `*`, `**` and `?`).
 */
function covers(line: string, rule: string, path: string): boolean {
  const folder = rule.slice(0, rule.lastIndexOf('/') + 1);
  const pattern = /^\s*(\S{1,200})/.exec(line)?.[1] ?? '';
  if (pattern.startsWith('#') || !path.startsWith(folder)) return false;
  const below = path.slice(folder.length).split('/');
  const parts = pattern
    .replace(/^\//, '')
    .replace(/\/$/, '/**')
    .replace(/(?:\*\*\/)+/g, '**/')
    .split('/');
  return pattern.replace(/^\//, '').includes('/') || pattern.startsWith('/')
    ? matches(parts, below)
    : matches(parts, below.slice(-1));
}

function matches(parts: readonly string[], path: readonly string[]): boolean {
  const [part, ...rest] = parts;
  if (part === undefined) return path.length === 0;
  if (part === '**')
    return path.some((_one, at) => matches(rest, path.slice(at))) || (rest.length === 0 && path.length > 0);
  return path[0] !== undefined && matchesName(part, path[0]) && matches(rest, path.slice(1));
}

/** Wildcards without backtracking beyond the last star. */
function matchesName(pattern: string, name: string): boolean {
  let [p, n, star, mark] = [0, 0, -1, 0];
  while (n < name.length) {
    if (pattern[p] === '?' || pattern[p] === name[n]) [p, n] = [p + 1, n + 1];
    else if (pattern[p] === '*') [star, mark, p] = [p, n, p + 1];
    else if (star >= 0) [p, mark, n] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  return /^\**$/.test(pattern.slice(p));
}
