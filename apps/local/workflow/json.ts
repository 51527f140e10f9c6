import { StateFailure } from './faults.ts';

/** A value as JSON can hold it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Largest input, argument, result or output of a state, in bytes of UTF-8 (Step Functions service quota). */
export const PAYLOAD_LIMIT_BYTES = 262_144;
/** Largest total of the variables an execution holds (Step Functions service quota). */
export const VARIABLES_LIMIT_BYTES = 10_485_760;

/** Strict copy of a value as JSON, so that what a state sees equals what a restart would read back. */
export function copyAsJson(value: unknown): Json {
  const text = JSON.stringify(value);
  return text === undefined ? null : (JSON.parse(text) as Json);
}

/** Length of a value's JSON in bytes of UTF-8. */
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
