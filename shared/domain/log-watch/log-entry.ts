import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { type Severity, severityOf } from '@selfheal/log-reading/logs/severity.ts';
import type { LineAttributes } from './wire/line-attributes.ts';

/** One line of a service's log, as every source hands it over. */
export interface LogEntry {
  /** Id of the service as its sender names it. */
  readonly service: string;
  /** Milliseconds since 1970 at which it was written. */
  readonly at: number;
  readonly level: Severity;
  readonly text: RedactedText;
  /** HTTP status that the line reports of a request that was answered; null for other lines. */
  readonly status: number | null;
  /** What its sender says of it beside; read only of lines that are shown. */
  readonly attributes?: () => LineAttributes;
}

/** Characters in which a status may stand. */
const EXAMINED = 2_000;
/** The status after the request line, as in the Common Log Format of the Apache HTTP server. */
const ACCESS_LINE = /\bHTTP\/\d(?:\.\d)?"? ([1-5]\d\d)\b/;
const STATUS_FIELD =
  /"?\b(?:status|status_?code|http\.(?:response\.)?status_code|response_code)"?\s?[=:]\s?"?([1-5]\d\d)\b/i;
/** Stands in every line with one of both. */
const MAY_HAVE_STATUS = /HTTP\/|stat|response_code/i;

/** The HTTP status in a line of an access log, plain, JSON or logfmt; null when there is none. */
export function statusOf(line: string): number | null {
  const text = line.length > EXAMINED ? line.slice(0, EXAMINED) : line;
  if (!MAY_HAVE_STATUS.test(text)) return null;
  const found = ACCESS_LINE.exec(text)?.[1] ?? STATUS_FIELD.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

/** The level that the sender gave, otherwise that of the line; a server error in an access log is an error. */
export function levelOf(text: string, given: Severity | null, status: number | null): Severity {
  if (given !== null) return given;
  if (status !== null) return status >= 500 ? 'error' : 'info';
  return severityOf(text);
}

const MAX_SERVICE_NAME = 100;

/**
 * The service in one spelling: `Orders API`, `orders-api` and `orders_api` are one. Empty when the name has neither letter nor digit.
 */
export function serviceKey(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, MAX_SERVICE_NAME);
}
