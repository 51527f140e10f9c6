/** Level that a line states. */
type Level = 'debug' | 'info' | 'warn' | 'error';

/** Content of a structured log line (JSON or logfmt). */
export interface StructuredLine {
  /** Null when the line states none. */
  readonly level: Level | null;
  /** The message in one line, including the error. */
  readonly message: string;
  /** Short fields beside the message that identify this occurrence (`statement=close_period`). */
  readonly details: readonly string[];
  /** Frames of a stack trace, without its heading. */
  readonly stack: readonly string[];
}

const MESSAGE_KEYS = ['message', 'msg', 'event', 'text', 'log', 'body'];
const ERROR_KEYS = ['error', 'err', 'exception', 'errorMessage', 'error_message', 'reason', 'cause', 'detail'];
const TYPE_KEYS = ['errorType', 'name', 'type', 'class', 'error_type'];
const LEVEL_KEYS = ['level', 'severity', 'lvl', 'levelname', 'log.level', 'loglevel', 'status'];
/** Fields for time, place and sender, which say nothing about the failure. */
const UNTELLING =
  /time|^ts$|date|^pid$|host|logger|level|severity|^lvl$|^v$|version|trace|span|request_?id|correlation|stack|service|region|thread|caller|env/i;
const MAX_DETAILS = 4;
const MAX_DETAIL = 48;
const MAX_MESSAGE = 400;
const MAX_FRAMES = 12;
/** A longer text before the object is prose that happens to end in one. */
const MAX_PREFIX = 160;

type Fields = Readonly<Record<string, unknown>>;

/** Reads a structured line; null when it is not structured. Everything in it stays as tainted as the line. */
export function readStructuredLine(text: string): StructuredLine | null {
  if (text.endsWith('}')) return readJson(text);
  return text.includes('level=') && text.includes('msg=') ? readLogfmt(text) : null;
}

function readJson(text: string): StructuredLine | null {
  const start = text.indexOf('{"');
  if (start < 0 || start > MAX_PREFIX) return null;
  const fields = parseObject(text.slice(start));
  if (fields === null) return null;
  const said = firstText(fields, MESSAGE_KEYS);
  const error = errorOf(fields);
  if (said === null && error === null) return null;
  const message =
    said !== null && error !== null && !said.includes(error) ? `${said}: ${error}` : (said ?? error ?? '');
  return {
    level: levelOf(firstValue(fields, LEVEL_KEYS)) ?? levelOfPrefix(text.slice(0, start)),
    message: oneLine(message, MAX_MESSAGE),
    details: detailsOf(fields),
    stack: stackOf(fields),
  };
}

function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstValue(fields: Fields, keys: readonly string[]): unknown {
  return fields[keys.find((key) => fields[key] !== undefined && fields[key] !== null) ?? ''];
}

function firstText(fields: Fields, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = fields[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return null;
}

/** `TypeError: x is not a function`, wherever the logger puts it. */
function errorOf(fields: Fields): string | null {
  const nested = ERROR_KEYS.map((key) => fields[key]).find(isFields);
  const message =
    firstText(fields, ERROR_KEYS) ?? (nested ? firstText(nested, [...MESSAGE_KEYS, ...ERROR_KEYS]) : null);
  if (message === null) return null;
  const type = nested ? firstText(nested, TYPE_KEYS) : firstText(fields, ['errorType', 'error_type']);
  return type === null || message.startsWith(type) ? message : `${type}: ${message}`;
}

/** Pino and Bunyan count in tens. */
function levelOf(value: unknown): Level | null {
  if (typeof value === 'number') {
    if (value < 10 || value > 60) return null;
    return value >= 50 ? 'error' : value >= 40 ? 'warn' : value >= 30 ? 'info' : 'debug';
  }
  if (typeof value !== 'string') return null;
  if (/^(?:err|fatal|crit|alert|emerg|panic|severe)/i.test(value)) return 'error';
  if (/^warn/i.test(value)) return 'warn';
  if (/^(?:info|notice)/i.test(value)) return 'info';
  return /^(?:debug|trace|verbose)/i.test(value) ? 'debug' : null;
}

function levelOfPrefix(prefix: string): Level | null {
  return levelOf(/\b(?:ERROR|FATAL|WARN|INFO|DEBUG)\b/.exec(prefix)?.[0]);
}

function detailsOf(fields: Fields): string[] {
  const spoken = new Set([...MESSAGE_KEYS, ...ERROR_KEYS, 'errorType', 'error_type']);
  return Object.entries(fields)
    .filter(([key, value]) => !spoken.has(key) && !UNTELLING.test(key) && isShort(value))
    .slice(0, MAX_DETAILS)
    .map(([key, value]) => oneLine(`${key}=${String(value)}`, MAX_DETAIL));
}

function isShort(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value !== '' && value.length <= MAX_DETAIL);
}

function stackOf(fields: Fields): string[] {
  const nested = ERROR_KEYS.map((key) => fields[key]).find(isFields);
  const stack = fields.stack ?? fields.stackTrace ?? fields.stack_trace ?? nested?.stack;
  const frames = Array.isArray(stack) ? stack.map(String) : typeof stack === 'string' ? stack.split('\n') : [];
  return frames
    .filter((frame) => /^\s*(?:at |File ")/.test(frame))
    .slice(0, MAX_FRAMES)
    .map((frame) => oneLine(frame, 200));
}

function readLogfmt(text: string): StructuredLine | null {
  const level = /(?:^|\s)level="?(\w{3,10})/.exec(text)?.[1];
  const message = /(?:^|\s)msg=(?:"((?:[^"\\]|\\.){1,400})|(\S{1,200}))/.exec(text);
  if (level === undefined || message === null) return null;
  const error = /(?:^|\s)err(?:or)?=(?:"((?:[^"\\]|\\.){1,400})|(\S{1,200}))/.exec(text);
  const words = [message[1] ?? message[2], error?.[1] ?? error?.[2]].filter((part) => part !== undefined);
  return {
    level: levelOf(level),
    message: oneLine(words.join(': ').replaceAll('\\"', '"'), MAX_MESSAGE),
    details: [],
    stack: [],
  };
}

function oneLine(text: string, limit: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit)}...`;
}

/**
 * The line as readable text: `ERROR Statement took too long (statement=close_period, ms=8200)`; null when it is not
 * structured.
 */
export function spokenLine(text: string): string | null {
  const structured = readStructuredLine(text);
  if (structured === null) return null;
  const { level, message, details } = structured;
  return `${level === null ? '' : `${level.toUpperCase()} `}${message}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}
