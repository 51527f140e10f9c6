import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';

const DIGITS = 12;
const FORM = /^1 ([0-9a-f]{12}) ([\s\S]+)$/;

/** The cursor of the next page of one list: `query` names the list and its filters; null at the end. */
export function cursorOf(query: Readonly<Record<string, unknown>>, position: string | null): string | null {
  return position === null ? null : Buffer.from(`1 ${digestIn(query)} ${position}`).toString('base64url');
}

/** The position that a cursor of this list holds; null without a cursor. Throws `InvalidInput` for one of another list or other filters. */
export function positionIn(query: Readonly<Record<string, unknown>>, cursor: string | null | undefined): string | null {
  if (cursor === null || cursor === undefined) return null;
  const [, digest, position] = FORM.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (position === undefined || cursorOf(query, position)?.length !== cursor.length)
    throw new InvalidInput('cursor: this is no cursor of this list. Use the "next" of the page before.');
  if (digest !== digestIn(query))
    throw new InvalidInput('cursor: it belongs to a list with other filters. Begin again without a cursor.');
  return position;
}

const digestIn = (query: Readonly<Record<string, unknown>>): string => digestOf(canonicalJson(query), DIGITS);
