import { present } from '@selfheal/kernel/present.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { UnreadableReport } from '../../normal-form/unreadable-report.ts';
import type { ReportParser } from '../contract.ts';

/** Takes the lines of a file, without their ends. */
export interface LineReader {
  line(text: string, number: number): void;
  /** `last`: number of the last line. */
  end?(last: number): void;
}

/** Longest line that is held: a record of a test with all of its output. */
const MAX_LINE = 16_000_000;
/** Characters that are redacted for a quotation of its beginning. */
const MAX_QUOTED = 2_000;

/** Refuses line `line` of a report. */
export function refuseLine(line: number, problem: string, remedy: string): never {
  throw new UnreadableReport(problem, remedy, { line, column: null });
}

/** The beginning of a text of the report for a message: redacted before it is cut. */
export const quoted = (text: string): string => `"${redactName(text.slice(0, MAX_QUOTED), 60)}"`;

/** A parser for formats of lines. Lines end with LF, CR LF or CR. */
export function openLines(reader: LineReader): ReportParser {
  let rest = '';
  let number = 0;
  const take = (line: string): void => {
    number += 1;
    reader.line(line.endsWith('\r') ? line.slice(0, -1) : line, number);
  };
  return {
    write(text) {
      let from = 0;
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
        take(rest + text.slice(from, at));
        rest = '';
        from = at + 1;
      }
      rest += text.slice(from);
      if (rest.length > MAX_LINE)
        refuseLine(
          number + 1,
          `the line is longer than ${MAX_LINE / 1_000_000} million characters`,
          'No tool writes that: check where the file is from',
        );
    },
    end() {
      if (rest !== '') take(rest);
      reader.end?.(number);
    },
  };
}

/**
 * A parser for JSON Lines: one object on each line. Blank lines are skipped; `other` takes a line that is no object and says whether it may stand there; when it
 * is absent.
 */
export function openJsonLines(
  take: (record: Readonly<Record<string, unknown>>, line: number) => void,
  { end, other }: { end?: (last: number) => void; other?: (line: string) => boolean } = {},
): ReportParser {
  return openLines({
    line(text, number) {
      if (text.trim() === '') return;
      const record = objectIn(text);
      if (record !== null) take(record, number);
      else if (other?.(text) !== true)
        refuseLine(number, 'this line is not a JSON object', 'It was cut off or damaged: write the report again');
    },
    ...present({ end }),
  });
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}
