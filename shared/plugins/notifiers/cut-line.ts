import { shortenedText } from '#shared/kernel/text/shortened-text.ts';

/** Words by which a reader knows what a line is about: reasons first, then that something failed. */
const REASONS =
  /no space left|denied|refused|timed? ?out|not (?:found|authorized|accept)|no such|expired|exceeded|unavailable|cannot|could not|missing|invalid|\b50[0234] |reset by peer/i;
const ALARMING = /error|exception|fail|fatal|panic|expected|assert|does not/i;

/** At most `width` characters of a line: its beginning and its end, and between them what is telling. */
export function cutLine(text: string, width: number): string {
  if (text.length <= width) return text;
  const indent = /^\s{0,8}/.exec(text)?.[0] ?? '';
  const rest = text.slice(indent.length);
  const reason = rest.search(REASONS);
  return `${indent}${shortenedText(rest, width - indent.length, Math.max(0, reason >= 0 ? reason : rest.search(ALARMING)))}`;
}
