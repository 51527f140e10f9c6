/**
 * Finds the message in the lines of a log. The header before it (time, level, process, host, thread, logger) has the same columns in nearly
 * all lines of a log, so it is learned from many lines once. Without a time, or a level in front, a log has no header. Lines of JSON or
 * key=value pairs have their message in one of the pairs.
 */

/** Where a line's message begins and ends. */
export interface MessageSpan {
  readonly start: number;
  readonly end: number;
}

/** Kinds of columns by which a header is recognised. */
type AnchorKind = 'wordless' | 'level' | 'closed' | 'enclosed' | 'letter' | 'aligned' | 'dash';

interface Anchor {
  /** Columns between the anchor before it and this one; for `dash`, their number varies. */
  readonly skip: number;
  readonly kind: AnchorKind;
  /** For `aligned`: where the next column begins. */
  readonly offset: number;
}

export interface Layout {
  readonly kind: 'columns' | 'pair';
  readonly anchors: readonly Anchor[];
  /** For `pair`: the text directly before the message, without its quote. */
  readonly key: string;
}

const LEVELS = new Set(
  `TRACE DEBUG INFO INFORMATION NOTICE WARN WARNING ERROR ERR SEVERE CRIT CRITICAL ALERT EMERG FATAL PANIC FAILURE FINE FINER FINEST CONFIG`.split(
    ' ',
  ),
);
/** The default of Python's logging. */
const PYTHON_HEADER = /^(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):[\w.]{1,80}:/;
const TIME = /(?<![\d.])\d\d:\d\d(?!\d)|\d{4}[-/.]\d\d[-/.]\d\d|(?:^|[^\d.])1\d{9}|^\d{6}$|^\[? *\d+\.\d{3,}\]?$/;
const ADDRESS = /\d{1,3}(?:\.\d{1,3}){3}/;
const MESSAGE_KEYS = ['msg', 'message', 'log', 'event', 'text'];
/** A name that a colon follows: a logger or tag, but not an exception, which belongs to the message. */
const LOGGER =
  /^(?!.*(?:error|exception|warn|fail|caus))(?:[\w$-]+(?:[.$][\w$-]+)+|\w*[a-z][A-Z]\w*|.*\[\d+\]|[a-z][\w.-]*\([\w.-]+\)(?:\[\d+\])?):$/i;

const MAX_COLUMNS = 16;
const MAX_HEADER_LENGTH = 300;
/** Columns between two anchors. */
const MAX_GAP = 3;
/** Share of the lines that must agree about a column. */
const MIN_SHARE = 0.9;
const MAX_LAYOUTS = 3;
/** Share of the lines that a layout must have. */
const MIN_LAYOUT_SHARE = 0.1;
/** From this many lines on, what nearly all lines share is taken for a header, whatever it looks like. */
const MANY_LINES = 16;

const SPACE = 32;
const BAR = 124;
const COLON = 58;
const COMMA = 44;
const DASH = 45;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const MAX_LEVEL_LENGTH = 14;

const WORDLESS = 1;
const ENCLOSED = 2;
const CLOSED = 4;
const SINGLE_LETTER = 8;
const SINGLE_DASH = 16;

/** A column of a line, found by `nextColumn`, with the kinds that its characters tell. Reused. */
const column = { from: 0, to: 0, digits: 0, kinds: 0 };

const OTHER = 0;
const DIGIT = 1;
const LETTER = 2;
/** Ends a column that is not enclosed. */
const GAP = 4;
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code <= SPACE || code === BAR) return GAP;
  const character = String.fromCharCode(code);
  return /\d/.test(character) ? DIGIT : /[a-z]/i.test(character) ? LETTER : OTHER;
});

/** What closes a column that a bracket opens; -1 when `code` is none. */
function closerFor(code: number): number {
  return code === OPEN_BRACKET ? CLOSE_BRACKET : code === 40 ? 41 : code === 60 ? 62 : -1;
}

/** Reads the column that begins at or behind `at`. False at the end of the line or of what may be a header. */
function nextColumn(line: string, at: number): boolean {
  const end = Math.min(line.length, MAX_HEADER_LENGTH);
  let from = at;
  while (from < end && line.charCodeAt(from) <= SPACE) from += 1;
  if (from >= end) return false;
  const open = line.charCodeAt(from);
  const close = closerFor(open);
  let digits = 0;
  let letters = 0;
  let kinds = 0;
  let depth = 0;
  let to = from;
  for (; to < end; to += 1) {
    const code = line.charCodeAt(to);
    const kind = code < 128 ? (CLASSES[code] as number) : LETTER;
    if (kind === GAP && depth === 0) break;
    digits += kind & DIGIT;
    letters += (kind & LETTER) >> 1;
    if (close < 0) continue;
    if (code === open) depth += 1;
    else if (code === close && depth > 0) {
      depth -= 1;
      if (depth === 0) kinds = ENCLOSED;
    }
  }
  // A bracket without its end encloses nothing.
  if (depth > 0) {
    to = from;
    while (to < end && line.charCodeAt(to) > SPACE) to += 1;
  }
  to = Math.max(to, from + 1);
  const last = line.charCodeAt(to - 1);
  if (letters === 0 || (letters <= 2 && digits >= 4)) kinds |= WORDLESS;
  if (last === COLON || last === CLOSE_BRACKET) kinds |= CLOSED;
  if (to === from + 1 && letters === 1) kinds |= SINGLE_LETTER;
  if (to === from + 1 && open === DASH) kinds |= SINGLE_DASH;
  column.from = from;
  column.to = to;
  column.digits = digits;
  column.kinds = kinds;
  return true;
}

function isLevel(line: string): boolean {
  let { from, to } = column;
  if (to - from > MAX_LEVEL_LENGTH) return false;
  const isBracketed = line.charCodeAt(from) === OPEN_BRACKET;
  if (isBracketed) from += 1;
  for (; to > from; to -= 1) {
    const code = line.charCodeAt(to - 1);
    if (code !== CLOSE_BRACKET && code !== COLON && code !== COMMA && code !== BAR) break;
  }
  const word = line.slice(from, to).trim();
  return LEVELS.has(isBracketed ? word.toUpperCase() : word);
}

function hasKind(line: string, { kind, offset }: Anchor): boolean {
  const { to, kinds } = column;
  switch (kind) {
    case 'wordless':
      return (kinds & WORDLESS) !== 0;
    case 'level':
      return isLevel(line);
    case 'closed':
      return (kinds & CLOSED) !== 0;
    case 'enclosed':
      return (kinds & ENCLOSED) !== 0;
    case 'letter':
      return (kinds & SINGLE_LETTER) !== 0;
    case 'dash':
      return (kinds & SINGLE_DASH) !== 0;
    case 'aligned':
      return (
        offset < line.length && line.charCodeAt(offset) > SPACE && line.charCodeAt(offset - 1) === SPACE && to < offset
      );
  }
}

/** Where the next column begins. */
function behindSpaces(line: string, at: number): number {
  let next = at;
  while (next < line.length && line.charCodeAt(next) <= SPACE) next += 1;
  return next;
}

/** The value of a pair: what is in its quotes, or the word. */
function pairSpan(line: string, key: string): MessageSpan | null {
  const found = line.indexOf(key);
  if (found < 0) return null;
  let start = behindSpaces(line, found + key.length);
  if (line.charCodeAt(start) !== 34) {
    const space = line.indexOf(' ', start);
    return { start, end: space < 0 ? line.length : space };
  }
  start += 1;
  let end = start;
  while (end < line.length && line.charCodeAt(end) !== 34) end += line.charCodeAt(end) === 92 ? 2 : 1;
  return { start, end: Math.min(end, line.length) };
}

/** The span of a line's message under the first layout that it has; the whole line when it has none, or nothing behind the header. */
export function messageSpan(layouts: readonly Layout[], line: string): MessageSpan {
  const end = line.length;
  let start = 0;
  for (let number = 0; number < layouts.length; number += 1) {
    const { kind, key, anchors } = layouts[number] as Layout;
    if (kind === 'pair') {
      const span = pairSpan(line, key);
      if (span !== null && span.end > span.start) return span;
      continue;
    }
    let at = 0;
    let index = 0;
    for (let passed = 0; index < anchors.length && nextColumn(line, at); passed += 1) {
      const anchor = anchors[index] as Anchor;
      at = column.to;
      if (passed >= anchor.skip && hasKind(line, anchor)) {
        start = Math.max(start, at);
        index += 1;
        passed = -1;
      } else if (passed >= (anchor.kind === 'dash' ? MAX_GAP : anchor.skip)) break;
    }
    if (index === anchors.length) break;
  }
  if (start === 0) return { start: PYTHON_HEADER.exec(line)?.[0].length ?? 0, end };
  start = behindSpaces(line, start);
  return { start: start < end ? start : 0, end };
}

/** A column as learned from one line. */
interface Seen {
  readonly text: string;
  readonly kinds: readonly AnchorKind[];
  readonly isTime: boolean;
  /** Where the next column begins, and whether more than one space precedes it. */
  readonly offset: number;
  readonly isPadded: boolean;
}

function columnsOf(line: string, most = MAX_COLUMNS): Seen[] {
  const columns: Seen[] = [];
  let at = 0;
  while (columns.length < most && nextColumn(line, at)) {
    at = column.to;
    const text = line.slice(column.from, at);
    const test = (kind: AnchorKind): boolean => hasKind(line, { skip: 0, kind, offset: 0 });
    const kinds = (['level', 'wordless', 'enclosed', 'closed', 'letter'] as const).filter(test);
    const offset = behindSpaces(line, at);
    // Six digits behind words are a value of the message (`GET /orders 200 485837`), not a time without colons.
    const isValue = /^\d{6}$/.test(text) && columns.some((before) => before.kinds.length === 0);
    const isTime = column.digits >= 4 && TIME.test(text) && !isValue;
    columns.push({ text, kinds, isTime, offset, isPadded: offset > at + 1 });
  }
  return columns;
}

/** Whether a column of few lines ends a header by its looks, in the layouts of syslog, log4j, logback, Python, httpd, logcat and bars. */
function looksLikeHeader(line: readonly Seen[], at: number): boolean {
  const { text, kinds, isTime } = line[at] as Seen;
  if (isTime || kinds.includes('level') || /^(?:\||-{2,3}|:)$/.test(text)) return true;
  if (text === '-') {
    const before = line[at - 1]?.text ?? '';
    return (
      at === 0 ||
      /[.\d)\]]/.test(before) ||
      (line[at - 1]?.kinds ?? []).length > 0 ||
      (line[at + 1]?.kinds.includes('level') ?? false)
    );
  }
  return LOGGER.test(text) && (kinds.includes('closed') || text.endsWith(':'));
}

const KINDS = ['level', 'wordless', 'enclosed', 'closed', 'letter'] as const;

/** A line while its layout is learned: `at` is the column behind the last anchor. */
interface Learned {
  readonly columns: readonly Seen[];
  at: number;
}

/** A dash that nearly all lines have within the next columns. Not always in the same one, because optional columns precede it. */
function dashBehind(lines: readonly Learned[]): Anchor | null {
  const places = lines.map(({ columns, at }) =>
    columns.slice(at, at + MAX_GAP + 1).findIndex(({ text }) => text === '-'),
  );
  const found = places.filter((place) => place >= 0);
  return found.length < lines.length * MIN_SHARE ? null : { skip: 0, kind: 'dash', offset: 0 };
}

/** What nearly all lines have in a column. */
function anchorAt(skip: number, lines: readonly Learned[], hasTime: boolean): Anchor | null {
  const isShared = (test: (seen: Seen) => boolean): boolean => {
    const having = lines.filter(
      ({ columns, at }) => columns[at + skip] !== undefined && test(columns[at + skip] as Seen),
    );
    return having.length >= lines.length * MIN_SHARE;
  };
  const kind = KINDS.find((one) => isShared(({ kinds }) => kinds.includes(one)));
  if (kind !== undefined) return { skip, kind, offset: 0 };
  if (!hasTime || lines.length < MANY_LINES) return null;
  const [first] = lines;
  const offset = first?.columns[first.at + skip]?.offset ?? 0;
  const isPadded = lines.some(({ columns, at }) => columns[at + skip]?.isPadded);
  return isPadded && isShared((seen) => seen.offset === offset) ? { skip, kind: 'aligned', offset } : null;
}

/** The next anchor of all lines. */
function nextAnchor(lines: readonly Learned[], hasTime: boolean): Anchor | null {
  const dash = hasTime ? dashBehind(lines) : null;
  if (dash !== null) return dash;
  for (let skip = 0; skip <= MAX_GAP; skip += 1) {
    const anchor = anchorAt(skip, lines, hasTime);
    if (anchor !== null) return anchor;
  }
  return null;
}

function behindAnchor({ columns, at }: Learned, { kind, skip }: Anchor): number {
  if (kind !== 'dash') return at + skip + 1;
  const place = columns.slice(at, at + MAX_GAP + 1).findIndex(({ text }) => text === '-');
  return place < 0 ? columns.length : at + place + 1;
}

/** The message's pair if nearly all lines are JSON objects or `key=value` pairs. */
function pairLayout(lines: readonly string[]): Layout | null {
  const share = (test: (line: string) => boolean): boolean => lines.filter(test).length >= lines.length * MIN_SHARE;
  const isJson = share((line) => /^\s*\{\s*"/.test(line));
  if (!isJson && !share((line) => /^[\w.]{1,30}=\S*(?: [^=]{0,40})? [\w.]{1,30}=/.test(line))) return null;
  const key = MESSAGE_KEYS.map((name) => (isJson ? `"${name}":` : ` ${name}=`)).find((text) =>
    share((line) => line.includes(text)),
  );
  return key === undefined ? null : { kind: 'pair', anchors: [], key };
}

/** Learns the layouts of a log's lines: one, or several where programs write into one log. */
export function learnLayouts(sample: readonly string[]): Layout[] {
  const layouts: Layout[] = [];
  const groups = new Map<string, string[]>();
  const lines = sample.filter((line) => line.trim() !== '');
  const pair = lines.length === 0 ? null : pairLayout(lines);
  if (pair !== null) return [pair];
  for (const line of lines) {
    const signature = columnsOf(line, 2)
      .map(({ kinds }) => kinds[0] ?? '')
      .join();
    groups.set(signature, [...(groups.get(signature) ?? []), line]);
  }
  for (const group of [...groups.values()].sort((a, b) => b.length - a.length).slice(0, MAX_LAYOUTS)) {
    const layout = group.length < lines.length * MIN_LAYOUT_SHARE ? null : layoutOf(group);
    if (layout !== null) layouts.push(layout);
  }
  return layouts;
}

/** A plain word of a sentence: no name of a host, a process or a class. */
const PLAIN_WORD = /^[a-z]{2,}$/;

/**
 * Whether the lines have no words of their own: nearly all have the same words in the same columns, and differ in times and numbers alone. Where
 * their header ends cannot be learned from such lines, and everything in them that stays the same may be their message.
 */
function areAlike(lines: readonly Learned[]): boolean {
  const wordsOf = ({ columns }: Learned): string =>
    columns.map(({ text, kinds }) => (kinds.includes('wordless') ? '' : text.replace(/\d+/g, '0'))).join(' ');
  const counts = new Map<string, number>();
  for (const line of lines) {
    const words = wordsOf(line);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  const [most, first] = [Math.max(...counts.values()), lines[0]?.columns ?? []];
  return most >= lines.length * MIN_SHARE && first.filter(({ text }) => PLAIN_WORD.test(text)).length >= 2;
}

/** Whether nearly all lines have the same plain words in the columns before the anchor: those are the beginning of a message. */
function skipsText(lines: readonly Learned[], { kind, skip }: Anchor): boolean {
  if (kind === 'dash' || skip === 0) return false;
  const [first] = lines;
  const words = first?.columns.slice(first.at, first.at + skip).map(({ text }) => text) ?? [];
  if (!words.some((word) => PLAIN_WORD.test(word))) return false;
  const same = lines.filter(({ columns, at }) => words.every((word, index) => columns[at + index]?.text === word));
  return same.length >= lines.length * MIN_SHARE;
}

function layoutOf(lines: readonly string[]): Layout | null {
  const learned: Learned[] = lines.map((line) => ({ columns: columnsOf(line), at: 0 }));
  const isMany = lines.length >= MANY_LINES;
  if (isMany && areAlike(learned)) return null;
  const anchors: Anchor[] = [];
  let kept = 0;
  let hasTime = false;
  while (anchors.length < MAX_COLUMNS) {
    const anchor = nextAnchor(learned, hasTime);
    if (anchor === null || (hasTime && isMany && skipsText(learned, anchor))) break;
    const behind = learned.map((line) => behindAnchor(line, anchor));
    const own = learned.map(({ columns }, index) => columns[(behind[index] as number) - 1]);
    const isTime = own.filter((seen) => seen?.isTime).length >= lines.length * MIN_SHARE;
    // Before a first time, an address is part of a request, and text in few lines is a message.
    if (
      isTime &&
      !hasTime &&
      learned.some(({ columns }, index) =>
        columns
          .slice(0, (behind[index] as number) - 1)
          .some((seen) => ADDRESS.test(seen.text) || (!isMany && isText(seen))),
      )
    )
      break;
    hasTime = hasTime || isTime;
    anchors.push(anchor);
    for (const [index, line] of learned.entries()) line.at = behind[index] as number;
    if (isMany || learned.every(({ columns, at }) => at > columns.length || looksLikeHeader(columns, at - 1)))
      kept = anchors.length;
  }
  return hasTime && kept > 0 ? { kind: 'columns', anchors: anchors.slice(0, kept), key: '' } : null;
}

/** Whether a column looks like a word of a text, not like the name of a month or host. */
function isText({ text, kinds }: Seen): boolean {
  return kinds.length === 0 && !/[\d.<>_|-]|^[A-Z][a-z]{2}$/.test(text);
}
