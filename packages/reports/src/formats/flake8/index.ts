import { openLines, quoted, refuseLine } from '../common/lines.ts';
import { lineOf } from '../common/numbers.ts';
import type { ReportFormat, ReportParser, ReportSink } from '../contract.ts';

/** `./src/cart.py:12:80: E501 line too long`, the default form, also that of pycodestyle. */
const VIOLATION = /^(.{1,1000}?\.pyi?):(\d{1,8}):\d{1,8}: ([A-Z]{1,3}\d{1,5}) (.*)$/;
/** Totals by code after `--statistics`, and the sum after `--count`. */
const STATISTICS = /^\d+(?:\s+[A-Z]{1,3}\d{1,5} .*)?$/;
const MAX_LINE = 10_000;

/** https://flake8.pycqa.org/en/latest/internal/formatters.html */
export const flake8: ReportFormat = {
  id: 'flake8',
  title: 'Flake8 text',
  kind: 'findings',
  writers: 'flake8, pycodestyle',
  recognizes: ({ text, json, xmlRoot }) =>
    json === null &&
    xmlRoot === null &&
    VIOLATION.test((text.trimStart().split(/\r?\n/, 1)[0] ?? '').slice(0, MAX_LINE)),
  emptyMeansNone: true,
  open: openFlake8,
};

function openFlake8(sink: ReportSink): ReportParser {
  return openLines({
    line(raw, number) {
      const text = raw.slice(0, MAX_LINE);
      if (text.trim() === '' || STATISTICS.test(text)) return;
      const [, file, line, rule = '', message = ''] = VIOLATION.exec(text) ?? [];
      if (file === undefined)
        refuseLine(
          number,
          `${quoted(text)} is no violation`,
          'Flake8 has failed, or its lines have another form: let it write the default one, without --show-source',
        );
      sink.finding({
        tool: 'Flake8',
        category: 'code',
        rule,
        // It knows no levels. What is no Python, and a name that does not exist, is an error; all else is a lint.
        severity: rule.startsWith('E9') || /^F(?:63|7|82)/.test(rule) ? 'high' : 'medium',
        message,
        file,
        line: lineOf(line),
      });
    },
  });
}
