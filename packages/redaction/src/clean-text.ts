import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';

/** Control characters, and invisible ones that change what a reader sees (direction marks, zero width). */
const UNSEEN = /[\p{Cc}\p{Cf}]/gu;

/**
 * Makes outside text safe to store and show: replaces lone surrogates, removes control and invisible direction
 * characters, folds white space, and cuts to `limit` UTF-16 units without splitting a character.
 */
export function cleanText(text: RedactedText, limit: number): RedactedText;
export function cleanText(text: string, limit: number): string;
export function cleanText(text: string, limit: number): string {
  const visible = text
    .slice(0, limit * 4)
    .toWellFormed()
    .replace(/\s+/g, ' ')
    .replace(UNSEEN, '')
    .trim();
  if (visible.length <= limit) return visible;
  const end = isHighSurrogate(visible.charCodeAt(limit - 1)) ? limit - 1 : limit;
  return visible.slice(0, end);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
