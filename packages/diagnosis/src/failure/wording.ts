import * as z from 'zod';
import { templateOf } from './fingerprint.ts';

const LONGEST = 300;
const MIN_LETTERS = 10;
const MIN_WORDS = 2;
/** Characters of a line that are read; evidence has no longer lines. */
const MAX_LINE_LENGTH = 4_000;

/** Why a wording is too general, or null. */
export function problemOfWording(wording: string): string | null {
  // `OutOfMemoryError` is four words.
  const words = (wording.match(/\p{L}{2,}/gu) ?? []).flatMap((word) => word.split(/(?<=\p{Ll})(?=\p{Lu})/u));
  if (words.join('').length < MIN_LETTERS || words.length < MIN_WORDS) {
    return `it says too little to be distinguished from others: give at least ${MIN_WORDS} words and ${MIN_LETTERS} letters`;
  }
  return null;
}

/**
 * The text of a failure's line, with `*` for whatever varies (`connection to * refused after *`). Not a regular
 * expression: the pieces between the stars are searched one after the other without backtracking, so the time is linear
 * in the line for every wording.
 */
export const Wording = z
  .string()
  .max(LONGEST)
  .superRefine((wording, context) => {
    const problem = problemOfWording(wording);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

const MASK = /<(?:secret|time|uuid|hex|n|ip|duration|date|size|dir|quoted)>/g;

/** The wording of a line: its template, with `*` for masked values. It may be too general; see `problemOfWording`. */
export function wordingOf(line: string): string {
  const starred = templateOf(line).replace(MASK, '*');
  return starred
    .replace(/\*(?:[\s*]*\*)+/g, '*')
    .slice(0, LONGEST)
    .trim();
}

/** Whether a line contains the wording, in either case, with anything before and after it. */
export function makeWordingTest(wording: string): (line: string) => boolean {
  const pieces = folded(wording)
    .split('*')
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
  return (line) => {
    const text = folded(line.slice(0, MAX_LINE_LENGTH));
    let at = 0;
    for (const piece of pieces) {
      const found = text.indexOf(piece, at);
      if (found === -1) return false;
      at = found + piece.length;
    }
    return pieces.length > 0;
  };
}

const folded = (text: string): string => text.replace(/\s+/g, ' ').toLowerCase();
