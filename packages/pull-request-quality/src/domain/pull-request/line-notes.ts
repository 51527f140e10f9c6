import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { actionItemsOf, type ItemLevel } from './action-items.ts';
import type { PullRequestFacts } from './pull-request-facts.ts';

/** A note on lines of a file, as a check shows it. */
export interface LineNote {
  /** Tainted. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly level: ItemLevel;
  readonly title: RedactedText;
  readonly message: RedactedText;
}

/** More notes would be noise, and every 50 cost a request. */
const MAX_LINE_NOTES = 200;
const MAX_TITLE = 200;
const MAX_MESSAGE = 1000;

/** Notes about what there is to do at lines of files, most severe first. Where only the file is known, the note is at its first line. */
export function lineNotesOf(facts: PullRequestFacts): LineNote[] {
  return actionItemsOf(facts)
    .flatMap(({ level, task, name, says, note, path, lines }) => {
      if (path === null) return [];
      const title = redactOutgoing(cleanText(name === null ? task : `${task} ${name}`, MAX_TITLE));
      const words = [says, note].flatMap((part) =>
        part === null || part.trim() === '' ? [] : [cleanText(part, MAX_MESSAGE)],
      );
      // GitHub refuses an empty message.
      const message = words.length === 0 ? title : redactOutgoing(words.join('\n'));
      return (lines.length === 0 ? [{ start: 1, end: 1 }] : lines).map(({ start, end }) => ({
        path,
        start,
        end,
        level,
        title,
        message,
      }));
    })
    .slice(0, MAX_LINE_NOTES);
}

/** Equal for notes that say the same at the same place. */
export const noteKey = ({ path, start, end, level, title, message }: LineNote): string =>
  JSON.stringify([path, start, end, level, title, message]);
