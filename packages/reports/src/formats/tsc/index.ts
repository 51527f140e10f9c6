import { counted } from '@selfheal/kernel/time-words.ts';
import { openLines, refuseLine } from '../common/lines.ts';
import { lineOf } from '../common/numbers.ts';
import type { ReportFormat, ReportParser, ReportSink } from '../contract.ts';

/** `src/a.ts(12,5): error TS2322: ...`, and `src/a.ts:12:5 - error TS2322: ...` with --pretty. */
const PLAIN = /^(.+?)\((\d{1,8}),\d{1,8}\): (error|warning) (TS\d{1,6}): (.*)$/;
const PRETTY = /^(.+?):(\d{1,8}):\d{1,8} - (error|warning) (TS\d{1,6}): (.*)$/;
const WITHOUT_FILE = /^()()(error|warning) (TS\d{1,6}): (.*)$/;
const SUMMARY = /^Found (\d{1,9}) errors?(?:[ .]|$)/;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

export const tsc: ReportFormat = {
  id: 'tsc',
  title: 'tsc text',
  kind: 'findings',
  writers: 'tsc, vue-tsc, tsgo',
  recognizes: ({ text, json, xmlRoot }) =>
    json === null && xmlRoot === null && text.split(/\r?\n/, 500).some((line) => messageIn(plain(line)) !== null),
  emptyMeansNone: true,
  open: openTsc,
};

const plain = (line: string): string => (line.length > 10_000 ? line.slice(0, 10_000) : line).replace(COLOURS, '');
const messageIn = (line: string): RegExpExecArray | null =>
  PLAIN.exec(line) ?? PRETTY.exec(line) ?? WITHOUT_FILE.exec(line);

function openTsc(sink: ReportSink): ReportParser {
  let errors = 0;
  let hasMessage = false;
  return openLines({
    line(raw, number) {
      const text = plain(raw);
      const total = SUMMARY.exec(text)?.[1];
      if (total !== undefined && Number(total) !== errors)
        refuseLine(
          number,
          `tsc found ${counted(Number(total), 'error')}, ${errors} ${errors === 1 ? 'is' : 'are'} listed`,
          'A part of its output is missing: keep all of it',
        );
      const [, file = '', line, level, rule = '', message = ''] = messageIn(text) ?? [];
      if (rule === '') return;
      hasMessage = true;
      errors += level === 'error' ? 1 : 0;
      sink.finding({
        tool: 'tsc',
        category: 'code',
        rule,
        severity: level === 'error' ? 'high' : 'medium',
        message,
        file: file === '' ? null : file,
        line: lineOf(line),
      });
    },
    end(last) {
      if (!hasMessage && last > 0)
        refuseLine(
          last,
          'it is not empty and lists no error',
          'tsc writes nothing when all is well: it has failed, or something else wrote this',
        );
    },
  });
}
