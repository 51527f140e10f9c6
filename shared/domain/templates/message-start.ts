/**
 * Finds where the message of a log line starts: after times, levels, process ids, hosts, threads and loggers, in the layouts of syslog
 * (RFC 3164 and 5424), log4j and logback, Python logging, Apache httpd, Android logcat and separated columns. A line without a time near
 * its beginning has no header.
 */

const LEVEL_NAMES =
  'TRACE|DEBUG|INFO|INFORMATION|NOTICE|WARN|WARNING|ERROR|ERR|SEVERE|CRIT|CRITICAL|ALERT|EMERG|FATAL|PANIC|FAILURE|FINE|FINER|FINEST|CONFIG';
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const CLOCK = '\\d\\d:\\d\\d(?::\\d\\d)?(?:[.,:]\\d{1,9})?';
const ZONE = '(?: ?(?:Z|UTC|GMT|[+-]\\d\\d:?\\d\\d)\\b)?';

const TIME_LAYOUTS = [
  `\\d{4}[-/.]\\d\\d[-/.]\\d\\d(?:[T _-]\\d\\d[:.]\\d\\d(?:[:.]\\d\\d)?(?:[.,]\\d{1,9})?${ZONE})?`,
  `(?:${DAY},? )?${MONTH} {1,2}\\d{1,2},? (?:\\d{4} )?${CLOCK}${ZONE}(?: \\d{4}\\b)?`,
  `\\d{1,2}[/-]${MONTH}[/-]\\d{4}[: ]${CLOCK}${ZONE}`,
  `\\d\\d[-/.]\\d\\d(?:[-/.]\\d{2,4})? ${CLOCK}`,
  `\\d{8}[-T ]${CLOCK}`,
  '\\d{6} \\d{6}(?= )',
  '1\\d{9}(?:\\d{3})?(?:\\.\\d{1,9})?(?=[ \\]:])',
  CLOCK,
].join('|');

const TIME = new RegExp(`\\[?(?:${TIME_LAYOUTS})\\]?(?=[\\s,|\\]:-]|$)[,|]? *`, 'y');
const LEVEL = new RegExp(`\\[(?:${LEVEL_NAMES})\\] *:? *|(?:${LEVEL_NAMES})(?: {2,20}|:|\\|) *`, 'iy');
/** A bare level followed by one space must be in capitals; otherwise it is the first word of the message. */
const CAPITAL_LEVEL = new RegExp(`(?:${LEVEL_NAMES}|[VDIWEF](?= ))(?=[\\s:|,])[:|,]? *`, 'y');
const PROCESS = /\d{1,10} {1,8}(?=(?:\d{1,10} {1,8})?(?:[A-Z]{4,9}|[VDIWEF])\b)|\d{1,10} {1,4}---? {1,4}/y;
const THREAD = /\[(?:[^[\]\n]|\[[^[\]\n]{0,80}\]){0,300}\] *(?=- |: |[\w$-]{1,60}(?:[.$][\w$-]{1,60}){0,15} *: )/y;
const LOGGER =
  /(?:[\w$-]{1,60}(?:[.$][\w$-]{1,60}){1,15}|(?!\w*(?:error|exception|warn|fail|caus)\w*)(?=\w{0,60}[a-z]{1,60}[A-Z])\w{1,60}) *: +/iy;
const SYSLOG_TAG =
  /(?:[\w./@#-]{1,100} )?[A-Za-z_][\w./-]{0,60}(?:\([\w./ -]{1,60}\))?(?:\[\d{1,10}\]| \d[\w.]{0,20})?: +/y;
const REQUEST = /[\w$-]{1,60}(?:\.[\w$-]{1,60}){1,15} \[(?=[^\]\n]{0,150}\d)[^\]:\n]{1,150}\] +/y;
const PIPED = /[\w$.:-]{1,60}\|/y;
const COLUMN = /[A-Za-z][\w.-]{0,30} {2,30}/y;
/** A program or logger between dashes. */
const DASHED_ORIGIN = new RegExp(
  `(?=[\\w$-]{0,60}[.\\d])[\\w.$-]{1,60}(?: \\*?\\d{1,10})? - +|[\\w.$-]{1,60} - +(?=(?:${LEVEL_NAMES}) - )`,
  'y',
);
const DASH = /[-|] +/y;
const CAPITALS_TO_LEVEL = new RegExp(`(?:[A-Z\\d][A-Z\\d:_-]{0,40} ){1,6}(?:${LEVEL_NAMES}) +`, 'y');

const ORIGINS = [REQUEST, LOGGER, SYSLOG_TAG];
const ORIGINS_BEHIND_LEVEL = [REQUEST, LOGGER, COLUMN];
const LEVELS = [LEVEL, CAPITAL_LEVEL, CAPITALS_TO_LEVEL];
const MAX_ORIGIN_LENGTH = 80;
/** Most characters before the first time. */
const FARTHEST_TIME = 64;
const FARTHEST_NEXT_TIME = 40;
/** Most fields between the last time and the message. */
const MAX_FIELDS = 8;

function match(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(line) && pattern.lastIndex > at ? pattern.lastIndex : -1;
}

/** Index after a time that starts at a word from `from` on, or -1. The words before it must not look like text. */
function behindTime(line: string, from: number, farthest: number): number {
  let at = from;
  while (at >= from && at <= from + farthest && at < line.length) {
    const end = match(TIME, line, at);
    if (end > 0) return end;
    const space = line.indexOf(' ', at);
    if (space < 0 || space - from > farthest) return -1;
    const word = line.slice(at, space);
    if (!/[\d.<>_|-]/.test(word)) return -1;
    at = space + 1;
  }
  return -1;
}

function behindTimes(line: string): number {
  let at = behindTime(line, 0, FARTHEST_TIME);
  while (at > 0) {
    const next = behindTime(line, at, FARTHEST_NEXT_TIME);
    if (next < 0) break;
    at = next;
  }
  return at;
}

/** What was found in a line's header so far. */
interface HeaderState {
  piped: boolean;
  hasLevel: boolean;
  hasOrigin: boolean;
}

function firstMatch(patterns: readonly RegExp[], line: string, at: number): number {
  for (const pattern of patterns) {
    const end = match(pattern, line, at);
    if (end > 0) return end;
  }
  return -1;
}

/** Index after the level, or -1. After the origin a level would belong to the message. */
function behindLevel(line: string, at: number, state: HeaderState): number {
  if (state.hasLevel) return -1;
  const end = firstMatch(LEVELS, line, at);
  if (end > 0) state.hasLevel = true;
  return end;
}

/** Index after the origin (thread, logger, program or request), or -1. */
function behindOrigin(line: string, at: number, state: HeaderState): number {
  if (state.hasOrigin) return -1;
  const thread = match(THREAD, line, at);
  if (thread > 0) {
    state.hasOrigin = line.startsWith('- ', thread) || line.startsWith(': ', thread);
    return thread;
  }
  const dash = line.indexOf(' - ', at);
  const dashed = dash < 0 || dash > at + MAX_ORIGIN_LENGTH ? -1 : match(DASHED_ORIGIN, line, at);
  if (dashed > 0) return dashed;
  const end = firstMatch(state.hasLevel ? ORIGINS_BEHIND_LEVEL : ORIGINS, line, at);
  if (end > 0) {
    state.hasOrigin = true;
    state.hasLevel = true;
  }
  return end;
}

function behindField(line: string, at: number, state: HeaderState): number {
  if (state.piped) {
    const piped = match(PIPED, line, at);
    if (piped > 0) return piped;
  }
  const separator = match(DASH, line, at);
  if (separator > 0) return separator;
  const level = behindLevel(line, at, state);
  if (level > 0) return level;
  const process = state.hasOrigin ? -1 : match(PROCESS, line, at);
  return process > 0 ? process : behindOrigin(line, at, state);
}

/** Index of the first character of the message in a line; 0 when there is no header, or nothing behind it. */
export function messageStart(line: string): number {
  let at = behindTimes(line);
  if (at < 0) return 0;
  const state: HeaderState = { piped: line[at - 1] === '|', hasLevel: false, hasOrigin: false };
  for (let field = 0; field < MAX_FIELDS; field += 1) {
    const next = behindField(line, at, state);
    if (next < 0) break;
    at = next;
  }
  return at < line.length ? at : 0;
}
