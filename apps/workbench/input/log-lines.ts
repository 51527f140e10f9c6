import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { cleanLine } from '@selfheal/redaction/clean-line.ts';
import { openInput, textOf } from './open-input.ts';

/** Characters read of each line, so that an endless line cannot fill the memory. */
const MAX_LINE_LENGTH = 10_000;

/** A cleaned line with its 1-based number. */
export type LogLine = readonly [number: number, text: string];

/** Cleaned lines of a log with their numbers, one batch for each chunk read. Skips blank lines. */
export async function* lineBatches(file: string, terminal: Terminal): AsyncGenerator<LogLine[]> {
  let number = 0;
  let rest = '';
  const numbered = (line: string): LogLine[] => {
    number += 1;
    const text = cleanLine(line);
    return text.trim() === '' ? [] : [[number, text]];
  };
  for await (const piece of textOf(await openInput(file, terminal))) {
    const lines = piece.split('\n');
    lines[0] = (rest + (lines[0] ?? '')).slice(0, MAX_LINE_LENGTH);
    rest = lines.pop() ?? '';
    yield lines.flatMap((line) => numbered(line.slice(0, MAX_LINE_LENGTH)));
  }
  if (rest !== '') yield numbered(rest);
}
