import { type JsonDocument, type JsonReader, numberOf, objectOf, openJson, textOf } from '../common/json.ts';
import { lineOf } from '../common/numbers.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

/** https://docs.astral.sh/ruff/settings/#output-format */
export const ruff: ReportFormat = {
  id: 'ruff',
  title: 'Ruff JSON',
  kind: 'findings',
  writers: 'ruff check --output-format json',
  recognizes: ({ json, keys: [outer] }) =>
    json === 'list' && outer.has('filename') && (outer.has('noqa_row') || outer.has('cell')),
  namesOfEmptyList: ['ruff'],
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  return {
    wanted: [['*']],
    value(_pattern, value) {
      const { code, message, filename, location } = objectOf(value);
      const file = textOf(filename);
      if (file === null) document.refuse('a violation without its filename', 'This is not a report of Ruff');
      const rule = textOf(code);
      sink.finding({
        tool: 'Ruff',
        category: 'code',
        rule: rule ?? 'invalid-syntax',
        // Ruff knows no levels. What is no Python is an error; all else is a lint.
        severity: rule === null || rule === 'invalid-syntax' || rule.startsWith('E9') ? 'high' : 'medium',
        message: textOf(message) ?? '',
        file,
        line: lineOf(numberOf(objectOf(location).row)),
      });
    },
  };
}
