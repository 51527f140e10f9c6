import { type TextInput, textOf } from './open-input.ts';

/** A line of a metric file, 1-based. */
export interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** No row of a metric is longer; what is beyond is dropped, so that one endless line takes no memory. */
const MAX_LINE_LENGTH = 10_000;

/** Lines ended by LF or CRLF; a last line without an end counts. Of each at most `longest` characters are given. */
export async function* metricLines(input: TextInput, longest = MAX_LINE_LENGTH): AsyncGenerator<NumberedLine> {
  let number = 0;
  let rest = '';
  for await (const piece of textOf(input)) {
    const lines = piece.split('\n');
    for (const [at, part] of lines.entries()) {
      if (rest.length < longest) rest += part.slice(0, longest);
      if (at === lines.length - 1) continue;
      number += 1;
      yield { number, text: rest };
      rest = '';
    }
  }
  if (rest !== '') yield { number: number + 1, text: rest };
}
