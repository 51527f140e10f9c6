import { joined, type RedactedText } from '../../kernel/text/redacted-text.ts';
import { cleanText } from './clean-text.ts';
import { withoutLastWord } from './long-line.ts';
import { makeRedactor } from './redact.ts';

/** Of a name or a short text; nothing that is shown of it is as long. */
const MAX_READ = 32_768;

/**
 * A name or a short text from outside, redacted before it is cut: titles, branches, commit messages, jobs, steps, alarm texts. On one line, at
 * most `limit` characters.
 */
export function redactName(text: string, limit: number): RedactedText {
  const read = text.length > MAX_READ ? withoutLastWord(text.slice(0, MAX_READ)) : text;
  const redactor = makeRedactor();
  // Line by line first: what follows a line's end would otherwise be read as one more word of it.
  const lines = read.split(/\r\n|\r|\n/).map((line) => redactor.line(cleanText(line, MAX_READ)));
  redactor.nextSource();
  return cleanText(redactor.line(joined(lines, ' ')), limit);
}
