import { Wording } from '@selfheal/diagnosis/failure/wording.ts';
import { digestOf } from '@selfheal/kernel/digest.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import * as z from 'zod';
import { Tag } from './learned-pattern.ts';

const text = (limit: number) => z.string().transform((given) => cleanText(given, limit));
const needed = (limit: number) => text(limit).refine((given) => given !== '', 'is missing');
const lines = (limit: number) =>
  z.string().transform((given) =>
    given
      .slice(0, limit)
      .split('\n')
      .map((line) => cleanText(line, 1000))
      .filter((line) => line !== '')
      .join('\n'),
  );

const UTC = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?$/;

/** An instant as ISO 8601 in UTC; a time without a zone is taken as UTC. */
const Timestamp = z.string().transform((given, context) => {
  const plain = given.trim().replace(UTC, '$1T$2$3Z');
  const at = /^\d{4}-\d\d-\d\d/.test(plain) ? Date.parse(plain) : Number.NaN;
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  context.addIssue({ code: 'custom', message: 'must be a time such as 2026-11-21T14:05:00Z' });
  return z.NEVER;
});

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3_600, d: 86_400 };
const DURATION = /^(?:\d{1,6}(?:\.\d{1,3})?\s?(?:min|[smhd])\s?){1,4}$/;

/** Seconds: a number, or with units (`1h 30m`, `45 min`). */
const Seconds = z.union([z.number().nonnegative(), z.string()]).transform((given, context) => {
  if (typeof given === 'number') return given;
  const plain = given.trim().toLowerCase();
  if (/^\d{1,9}(?:\.\d{1,6})?$/.test(plain)) return Number(plain);
  if (DURATION.test(plain)) {
    const parts = [...plain.matchAll(/(\d{1,6}(?:\.\d{1,3})?)\s?(min|[smhd])/g)];
    return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ''] ?? 0), 0);
  }
  context.addIssue({ code: 'custom', message: 'must be a duration in seconds, or such as 1h 30m' });
  return z.NEVER;
});

const YES = new Set(['true', 'yes', 'y', '1']);
const NO = new Set(['false', 'no', 'n', '0']);
const Flag = z.union([z.boolean(), z.number(), z.string()]).transform((given, context) => {
  const word = String(given).trim().toLowerCase();
  if (YES.has(word) || NO.has(word)) return YES.has(word);
  context.addIssue({ code: 'custom', message: 'must be true or false' });
  return z.NEVER;
});

/** A name for comparison: `Payment Service` and `payment_service` are equal. */
const nameOf = (given: string): string =>
  given
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
const Name = z.string().transform((given) => nameOf(given).slice(0, 40));

const Tags = z
  .union([z.array(z.string()), z.string().transform((given) => given.split(/[;,|]/))])
  .transform((tags) => [...new Set(tags.map((tag) => nameOf(tag).slice(0, 40)))].filter((tag) => tag !== ''))
  .pipe(z.array(Tag).max(20));

/** The columns of a table of past incidents, mandatory ones first. */
export const RESOLUTION_COLUMNS = [
  'timestamp',
  'title',
  'solution',
  'success',
  'description',
  'service',
  'severity',
  'resolution_time',
  'tags',
  'incident',
  'class',
  'pattern',
  'action',
  'by',
  'tainted',
] as const;

/**
 * How an incident was resolved, as a person recorded it: a row of a table, or a line of JSON Lines with the same names.
 */
export const Resolution = z.strictObject({
  timestamp: Timestamp,
  title: needed(200),
  /** Text of the log or the alarm; each line may become a pattern. */
  description: lines(8000).default(''),
  service: Name.nullable().default(null),
  severity: Name.nullable().default(null),
  /** In seconds, as is usual for such tables. */
  resolution_time: Seconds.nullable().default(null),
  solution: needed(2000),
  tags: Tags.default([]),
  /** Whether the solution helped. */
  success: Flag,
  /** The incident's id, if any. */
  incident: needed(80).nullable().default(null),
  class: FailureClass.nullable().default(null),
  /** The wording to recognise it by, with `*` for what varies; without it one is derived. */
  pattern: Wording.nullable().default(null),
  /** The listed action that was the solution. */
  action: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/)
    .nullable()
    .default(null),
  by: needed(200).nullable().default(null),
  /**
   * Whether people outside could word the text it was recognised by (a pull request from a fork): then it never raises
   * a confidence.
   */
  tainted: Flag.default(false),
});
export type Resolution = z.infer<typeof Resolution>;

/** How long the resolution took; null when the record does not say. */
export function minutesOf({ resolution_time: seconds }: Pick<Resolution, 'resolution_time'>): number | null {
  return seconds === null ? null : seconds / 60;
}

/** Identity of a record: the incident's id, otherwise the time, the title and the service. */
export function resolutionKeyOf({ incident, timestamp, title, service }: Resolution): string {
  return incident ?? digestOf([timestamp, title.toLowerCase(), service ?? ''].join('\n'), 16);
}

/** The lines by which it may be recognised, those of the description first. */
export function linesOf({ description, title }: Resolution): string[] {
  return [...description.split('\n'), title].filter((line) => line !== '');
}
