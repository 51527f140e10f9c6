import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from './redact.ts';

/** JSON with redacted texts, including field names. */
export type RedactedJson =
  | RedactedText
  | number
  | boolean
  | null
  | readonly RedactedJson[]
  | { readonly [name: string]: RedactedJson };

/** A value with a `RedactedText` for each of its texts. */
export type Redacted<T> = T extends string
  ? RedactedText
  : T extends readonly (infer Element)[]
    ? readonly Redacted<Element>[]
    : T extends object
      ? { readonly [Field in keyof T]: Redacted<T[Field]> }
      : T;

/** Nothing that is sent is nested deeper; deeper values are cyclic. */
const MAX_DEPTH = 64;

/**
 * JSON from outside with each text redacted. Values that JSON does not have become null, as does anything deeper than
 * 64 levels.
 */
export function redactJson(value: unknown, depth = 0): RedactedJson {
  if (typeof value === 'string') return redactOutgoing(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((one) => redactJson(one, depth + 1));
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [redactOutgoing(name), redactJson(field, depth + 1)]));
}

/** The same for a value built by code, whose field names are ours. It contains only JSON. */
export function redactFields<T extends object>(value: T): Redacted<T> {
  return redactJson(value) as unknown as Redacted<T>;
}
