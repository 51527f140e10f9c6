import { type JsonReader, numberOf, objectOf, openJson, textOf } from '../common/json.ts';
import { lineOf } from '../common/numbers.ts';
import { severityOf } from '../common/severity.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

/** https://bandit.readthedocs.io/en/latest/formatters/json.html */
export const bandit: ReportFormat = {
  id: 'bandit',
  title: 'Bandit JSON',
  kind: 'findings',
  writers: 'bandit -f json',
  recognizes: ({ json, text, keys: [outer, inner] }) =>
    json === 'object' &&
    outer.has('results') &&
    (inner.has('issue_severity') || /"SEVERITY\.(?:HIGH|UNDEFINED)"/.test(text)),
  open: (sink) => openJson(() => makeReader(sink)),
};

function makeReader(sink: ReportSink): JsonReader {
  return {
    wanted: [
      ['results', '*'],
      ['errors', '*'],
    ],
    value(pattern, value) {
      const fields = objectOf(value);
      // A file that could not be scanned: nobody knows what is in it.
      if (pattern === 1) {
        sink.unfinished(`Bandit could not scan ${textOf(fields.filename) ?? 'a file'}: ${textOf(fields.reason) ?? ''}`);
        sink.finding({
          tool: 'Bandit',
          category: 'code',
          rule: 'not-scanned',
          severity: 'unknown',
          message: textOf(fields.reason) ?? '',
          file: textOf(fields.filename),
        });
      } else
        sink.finding({
          tool: 'Bandit',
          category: 'code',
          rule: textOf(fields.test_id) ?? textOf(fields.test_name) ?? '',
          severity: severityOf(textOf(fields.issue_severity)),
          message: textOf(fields.issue_text) ?? '',
          file: textOf(fields.filename),
          line: lineOf(numberOf(fields.line_number)),
        });
    },
    missing: ([key]) => {
      if (key === 'results') sink.unfinished('Bandit: it has no list of results');
    },
  };
}
