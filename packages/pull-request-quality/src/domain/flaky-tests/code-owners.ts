/** Paths where GitHub looks for the file, in order. */
export const CODE_OWNER_FILES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

const MAX_LINES = 5_000;
const MAX_LINE_LENGTH = 500;
const MAX_OWNERS = 5;
/** A login, or a team of an organisation. An e-mail address cannot be mentioned in an issue. */
const OWNER = /^@[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:\/[A-Za-z0-9][\w.-]{0,99})?$/;

/**
 * The owners that a `CODEOWNERS` file assigns to a path: those of the last matching line, at most five, with their `@`.
 * Empty when there are none.
 * https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export function codeOwnersOf(text: string, path: string): readonly string[] {
  let owners: readonly string[] = [];
  const segments = path.split('/');
  for (const line of text.split('\n', MAX_LINES)) {
    const [pattern, ...named] = line
      .slice(0, MAX_LINE_LENGTH)
      .replace(/(?:^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    if (pattern === undefined || pattern === '' || !matches(pattern, segments)) continue;
    owners = named.filter((one) => OWNER.test(one)).slice(0, MAX_OWNERS);
  }
  return owners;
}

/** Like `.gitignore` patterns, without negation and ranges, which GitHub does not support here either. */
function matches(pattern: string, path: readonly string[]): boolean {
  if (/[![\]\\]/.test(pattern)) return false;
  const isFolder = pattern.endsWith('/');
  const parts = pattern.replace(/^\/|\/$/g, '').split('/');
  const anchored = pattern.startsWith('/') || parts.length > 1;
  const whole = anchored ? parts : ['**', ...parts];
  // A folder owns everything below it; a final `*` only the files directly in its folder.
  const below = isFolder || (parts.at(-1) !== '*' && parts.at(-1) !== '**');
  return (!isFolder && fits(whole, path)) || (below && fits([...whole, '*', '**'], path));
}

/** Whether the segments match, with `**` for any number of them. Time proportional to both lengths. */
function fits(parts: readonly string[], path: readonly string[]): boolean {
  let reached = new Set([0]);
  for (const part of parts) {
    const next = new Set<number>();
    for (const at of reached) {
      if (part === '**') for (let to = at; to <= path.length; to++) next.add(to);
      else if (at < path.length && fitsSegment(part, path[at] ?? '')) next.add(at + 1);
    }
    reached = next;
  }
  return reached.has(path.length);
}

/**
 * `*` for any characters, `?` for one; greedy with one step back, because one `*` can always take over from the
 * previous one.
 */
function fitsSegment(part: string, segment: string): boolean {
  let [p, s, star, resume] = [0, 0, -1, 0];
  while (s < segment.length) {
    if (part[p] === '*') {
      star = p++;
      resume = s;
    } else if (p < part.length && (part[p] === '?' || part[p] === segment[s])) {
      p++;
      s++;
    } else if (star >= 0) {
      p = star + 1;
      s = ++resume;
    } else return false;
  }
  while (part[p] === '*') p++;
  return p === part.length;
}
