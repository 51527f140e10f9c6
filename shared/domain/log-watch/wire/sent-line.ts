import { type Severity, severityOfName } from '@selfheal/log-reading/logs/severity.ts';

/** A log record as its sender worded it: raw, before redaction. */
export interface SentLine {
  /** Null when the sender names none. */
  readonly service: string | null;
  /** Milliseconds since 1970; null when the sender gives none. */
  readonly at: number | null;
  readonly level: Severity | null;
  readonly text: string;
  readonly status: number | null;
  /** What else is said of it, the most specific place first. */
  readonly attributes?: readonly Fields[];
}

/** What one request carries. */
export interface SentBatch {
  readonly lines: readonly SentLine[];
  /** Records that could not be understood, and the first reason. */
  readonly rejected: number;
  readonly problem: string | null;
}

/** A value in a log record, of any of the formats. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };
export type Fields = { readonly [name: string]: Value };

/** Where senders name the service, best first (OpenTelemetry's semantic conventions for resources, then what shippers write). */
const SERVICE_FIELDS = [
  'service.name',
  'service',
  'service_name',
  'k8s.deployment.name',
  'k8s.container.name',
  'container.name',
  'app',
  'application',
  'syslog.appname',
  'appname',
] as const;
const STATUS_FIELDS = ['http.response.status_code', 'http.status_code', 'status_code', 'status'] as const;
const TEXT_FIELDS = ['message', 'msg', 'log', 'event', 'text'] as const;

function firstText(fields: Fields, names: readonly string[]): string | null {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return null;
}

/** The service that the first of these fields names that has one. */
export function serviceOf(...places: readonly Fields[]): string | null {
  for (const fields of places) {
    const found = firstText(fields, SERVICE_FIELDS);
    if (found !== null) return found;
  }
  return null;
}

export function statusIn(fields: Fields): number | null {
  for (const name of STATUS_FIELDS) {
    const status = Number(fields[name] ?? Number.NaN);
    if (Number.isInteger(status) && status >= 100 && status < 600) return status;
  }
  return null;
}

/** The text of a record: the message of an object, the object as JSON where it has none, and the exception beside it. */
export function textOf(body: Value, attributes: Fields): string {
  const said = wordsOf(body);
  const [type, message] = [attributes['exception.type'], attributes['exception.message']];
  const exception = [type, message].filter((part) => typeof part === 'string' && part !== '').join(': ');
  if (exception === '' || said.includes(exception)) return said;
  return said === '' ? exception : `${said} ${exception}`;
}

function wordsOf(body: Value): string {
  if (body === null) return '';
  if (typeof body !== 'object') return String(body);
  if (!Array.isArray(body)) {
    const text = firstText(body as Fields, TEXT_FIELDS);
    if (text !== null) return text;
  }
  return JSON.stringify(body);
}

/** Severity by the numbers of OpenTelemetry's log data model: 1 to 4 trace, 5 debug, 9 info, 13 warn, 17 error, 21 fatal. */
export function severityOfNumber(number: number): Severity | null {
  if (!(number >= 1 && number <= 24)) return null;
  if (number >= 21) return 'critical';
  if (number >= 17) return 'error';
  if (number >= 13) return 'warning';
  return number >= 9 ? 'info' : 'debug';
}

/** A level by its name, as loggers and syslog call it; null for other words. */
export const severityNamed = (name: Value | undefined): Severity | null =>
  typeof name === 'string' ? severityOfName(name) : null;
