import type { RedactedText } from '../../kernel/text/redacted-text.ts';

/** Control characters, and invisible ones that change what a reader sees (direction marks, zero width). */
const UNSEEN = /[\p{Cc}\p{Cf}]/gu;

/**
 * Makes an outsider's text safe to keep and show: lone surrogates are replaced, control and invisible direction characters
 * removed, white space folded, and it is cut to `limit` UTF-16 units without splitting a character.
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
