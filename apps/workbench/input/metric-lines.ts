import { type TextInput, textOf } from './open-input.ts';

/** A line of a metric file, 1-based. */
export interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** Characters read of each line, so that an endless line cannot fill the memory. */
const MAX_LINE_LENGTH = 10_000;

/** Lines that end with LF or CRLF, and a last line without an end. Each is cut to `maxLength` characters. */
export async function* metricLines(input: TextInput, maxLength = MAX_LINE_LENGTH): AsyncGenerator<NumberedLine> {
  let number = 0;
  let rest = '';
  for await (const piece of textOf(input)) {
    const lines = piece.split('\n');
    for (const [at, part] of lines.entries()) {
      if (rest.length < maxLength) rest += part.slice(0, maxLength);
      if (at === lines.length - 1) continue;
      number += 1;
      yield { number, text: rest };
      rest = '';
    }
  }
  if (rest !== '') yield { number: number + 1, text: rest };
}
