import * as z from 'zod';
import { templateOf } from '../failure/fingerprint.ts';

const LONGEST = 300;
const LEAST_LETTERS = 10;
const LEAST_WORDS = 2;
/** Characters of a line that are read; evidence has no longer lines. */
const LONGEST_LINE = 4_000;

/** Why a wording recognises nothing in particular, or null. */
export function problemOfWording(wording: string): string | null {
  const words = wording.match(/\p{L}{2,}/gu) ?? [];
  if (words.join('').length < LEAST_LETTERS || words.length < LEAST_WORDS) {
    return `it says too little to be told from others: give at least ${LEAST_WORDS} words and ${LEAST_LETTERS} letters`;
  }
  return null;
}

/**
 * What a failure's line says, with `*` for whatever varies (`connection to * refused after *`). It is no regular expression: the pieces
 * between the stars are looked for one after the other and never again, so that the time is linear in the line for every wording.
 */
export const Wording = z
  .string()
  .max(LONGEST)
  .superRefine((wording, context) => {
    const problem = problemOfWording(wording);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

const MASK = /<(?:secret|time|uuid|hex|n|ip|duration|date|size|dir|quoted)>/g;

/** The wording of a line: its template, with `*` for what is masked. It may say too little; see `problemOfWording`. */
export function wordingOf(line: string): string {
  const starred = templateOf(line).replace(MASK, '*');
  return starred
    .replace(/\*(?:[\s*]*\*)+/g, '*')
    .slice(0, LONGEST)
    .trim();
}

/** Whether a line says what the wording says, in either case, with anything before and after it. */
export function makeWordingTest(wording: string): (line: string) => boolean {
  const pieces = folded(wording)
    .split('*')
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
  return (line) => {
    const text = folded(line.slice(0, LONGEST_LINE));
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
