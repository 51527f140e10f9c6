import { lazy } from '@selfheal/kernel/lazy.ts';
import { instantsIn } from '@selfheal/log-reading/logs/instant.ts';
import { makePatternSet } from '@selfheal/log-reading/logs/pattern-set.ts';
import { isHostName } from '@selfheal/log-reading/templates/lexicon.ts';
import {
  ENTITY_PATTERNS,
  type EntityKind,
  type EntityPattern,
  IP_V4,
  IP_V6,
  VERSION_BEFORE,
} from './entity-patterns.ts';

/** A thing that a line names. `start` and `end` (exclusive) are positions in the line. Tainted. */
export interface Entity {
  readonly kind: EntityKind;
  /** As the line writes it. */
  readonly text: string;
  /** Equal for equal things: hosts in lower case, files without the line, codes with their kind (`HTTP 503`). */
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** Of a file, 1-based. */
  readonly line?: number;
  readonly column?: number;
}

/** Characters of a line that are read. */
const LONGEST = 2_000;
/** Maximum entities of one line; more are not informative. */
const MOST = 60;
const STOPS = /[.,;:!?)\]}'"*]{1,8}$/;

/** Whether a text of hexadecimal groups is an IPv6 address (RFC 4291): eight groups, or fewer around one `::`. */
export function isIpv6(text: string): boolean {
  const [address = '', embedded] = text.includes('.') ? [text.replace(/[^:]*$/, '0:0'), text] : [text, undefined];
  if (embedded !== undefined && !/:(?:\d{1,3}\.){3}\d{1,3}$/.test(embedded)) return false;
  if (!/^[0-9a-f:]{2,39}$/i.test(address) || /:::/.test(address)) return false;
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return false;
  // A namespace in code (`ab::cd`) looks the same; an address of several groups contains a digit.
  if (halves.length === 2) return groups.length < 8 && (groups.length < 2 || /\d/.test(address) || groups.length > 3);
  return groups.length === 8;
}

function withoutStops(text: string): string {
  const stops = STOPS.exec(text)?.[0] ?? '';
  // A closing bracket whose opening bracket is inside belongs to the text.
  const keeps = stops.startsWith(')') && text.includes('(') ? 1 : 0;
  return text.slice(0, text.length - stops.length + keeps);
}

function numbered(groups: Readonly<Record<string, string | undefined>>): Pick<Entity, 'line' | 'column'> {
  const line = groups.line ?? groups.row ?? groups.atLine ?? groups.onLine;
  const column = groups.column ?? groups.place;
  return {
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column: Number(column) }),
  };
}

function canonicalValue({ kind, as }: EntityPattern, text: string): string {
  if (as !== undefined) return `${as} ${text}`;
  if (kind === 'host' || kind === 'service' || kind === 'request-id') return text.toLowerCase();
  return kind === 'file' ? text.replace(/^(?:\.\/)+/, '').replaceAll('\\', '/') : text;
}

/** Not every text that has a kind's form is of that kind. */
function isPlausible({ kind, as }: EntityPattern, text: string, whole: string): boolean {
  switch (kind) {
    case 'host':
      return !text.includes('.') || isHostName(text.replace(/:\d+$/, '')) || whole !== text;
    case 'file':
      return /[A-Za-z]/.test(text) && !/^\/{1,2}[a-z]{0,2}$/i.test(text) && !/^[\w.-]+\/\d/.test(text);
    case 'error-code':
      return as !== 'exit' || Number(text) <= 255;
    case 'exception':
      return !/^(?:Error|Exception|Failure|Timeout|Fault)$/.test(text);
    default:
      return true;
  }
}

/** Every match of a global pattern. Not `matchAll`, which copies the pattern. */
function matchesIn(text: string, pattern: RegExp): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) found.push(match);
  return found;
}

function ofPattern(line: string, one: EntityPattern): Entity[] {
  return matchesIn(line, one.pattern).flatMap((match) => {
    const groups = match.groups ?? {};
    const named = groups.it ?? groups.unit ?? groups.rule;
    const text =
      one.kind === 'url' || one.kind === 'host' || one.kind === 'service' || one.kind === 'request-id'
        ? withoutStops(named ?? match[0])
        : (named ?? match[0]);
    if (text === '' || !isPlausible(one, text, match[0])) return [];
    const start = match.index + Math.max(0, match[0].lastIndexOf(text));
    const place = one.kind === 'file' ? numbered(groups) : {};
    const end = one.kind === 'file' ? match.index + match[0].length : start + text.length;
    return [{ kind: one.kind, text: line.slice(start, end), value: canonicalValue(one, text), start, end, ...place }];
  });
}

function addresses(line: string): Entity[] {
  const v4 = matchesIn(line, IP_V4).filter(
    ({ index }) => !VERSION_BEFORE.test(line.slice(Math.max(0, index - 12), index)),
  );
  const v6 = matchesIn(line, IP_V6).filter(({ groups }) => isIpv6(groups?.bracketed ?? groups?.bare ?? ''));
  return [...v4, ...v6].map(({ 0: text, index: start }) => {
    return { kind: 'ip-address', text, value: text.toLowerCase(), start, end: start + text.length };
  });
}

function timestamps(line: string): Entity[] {
  return instantsIn(line).map(({ start, end, milliseconds, precision }) => {
    const text = line.slice(start, end);
    const isDated = precision === 'absolute' || precision === 'local';
    return { kind: 'timestamp', text, value: isDated ? new Date(milliseconds).toISOString() : text, start, end };
  });
}

/** The host of a URL with its port, because other lines name that. */
function hostIn({ text, start }: Entity): Entity | null {
  const authority =
    /:\/\/(?:[^\s/@?#]{0,200}@)?(?<host>\[[0-9a-f:.]{2,45}\](?::\d{1,5})?|[\w.-]{1,253}(?::\d{1,5})?)/i.exec(text);
  const host = authority?.groups?.host;
  if (authority === null || host === undefined) return null;
  const from = start + authority.index + authority[0].length - host.length;
  const isAddress = /^(?:\[|\d{1,3}(?:\.\d{1,3}){3}(?::|$))/.test(host);
  const kind = isAddress ? 'ip-address' : 'host';
  return { kind, text: host, value: host.toLowerCase(), start: from, end: from + host.length };
}

const patterns = lazy(() =>
  makePatternSet(ENTITY_PATTERNS.map(({ pattern, needs }) => ({ pattern, literals: needs }))),
);

/** Which characters of the line belong to an entity; one line is read after the other. */
const CLAIMED = new Uint8Array(LONGEST);

/**
 * The entities that a line names, in its order: times, URLs with their hosts, addresses, request ids, files with line and column, error
 * codes, exceptions, packages, services and hosts. Only the first 2,000 characters are read; linear in them.
 */
export function entitiesOf(line: string): Entity[] {
  const text = line.slice(0, LONGEST);
  const found: Entity[] = [];
  const claimed = CLAIMED.fill(0, 0, text.length);
  const claim = (entity: Entity): void => {
    if (entity.end <= entity.start || found.length >= MOST) return;
    for (let at = entity.start; at < entity.end; at++) if (claimed[at] === 1) return;
    claimed.fill(1, entity.start, entity.end);
    found.push(entity);
    const host = entity.kind === 'url' ? hostIn(entity) : null;
    if (host !== null) found.push(host);
  };
  const set = patterns();
  // By index: an iterator of pairs makes one for each pattern and line.
  for (let index = 0; index < ENTITY_PATTERNS.length; index++) {
    const one = ENTITY_PATTERNS[index];
    if (one !== undefined && set.mayMatch(index, text)) for (const entity of ofPattern(text, one)) claim(entity);
    if (index > 0) continue;
    // Behind URLs, which may contain both.
    for (const entity of timestamps(text)) claim(entity);
    for (const entity of addresses(text)) claim(entity);
  }
  return found.sort((a, b) => a.start - b.start || b.end - a.end);
}
