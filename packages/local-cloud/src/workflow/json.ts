import { StateFailure } from './faults.ts';

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Largest input, argument, result or output of a state, in bytes of UTF-8 (Step Functions service quota). */
export const PAYLOAD_LIMIT_BYTES = 262_144;
/** Largest total of the variables an execution holds (Step Functions service quota). */
export const VARIABLES_LIMIT_BYTES = 10_485_760;

/** Copies a value as strict JSON, so that a state sees what a restart would read. */
export function copyAsJson(value: unknown): Json {
  const text = JSON.stringify(value);
  return text === undefined ? null : (JSON.parse(text) as Json);
}

/** Length of a value's JSON, in bytes of UTF-8. */
export function jsonBytes(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/**
 * Refuses a payload over the limit.
 * @throws StateFailure `States.DataLimitExceeded`
 */
export function checkPayload<T extends Json>(value: T, what: string): T {
  const bytes = jsonBytes(value);
  if (bytes > PAYLOAD_LIMIT_BYTES) {
    throw new StateFailure(
      'States.DataLimitExceeded',
      `The ${what} is ${bytes} bytes; the limit is ${PAYLOAD_LIMIT_BYTES} bytes.`,
    );
  }
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const RFC3339 = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** AWS's words for any text that is not a timestamp. */
export const NO_TIMESTAMP = 'not a valid ISO-8601 extended offset date-time format string';

/** Parses a timestamp of the Amazon States Language (RFC 3339 with a zone) to epoch milliseconds; null for anything else. */
export function readTimestamp(text: string): number | null {
  const [, date] = RFC3339.exec(text) ?? [];
  if (date === undefined) return null;
  const [at, midnight] = [Date.parse(text), Date.parse(`${date}T00:00:00Z`)];
  if (Number.isNaN(at) || Number.isNaN(midnight)) return null;
  // JavaScript reads the 30th of February as the 1st or 2nd of March.
  return new Date(midnight).toISOString().startsWith(date) ? at : null;
}
