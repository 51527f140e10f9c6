import { type JsonDocument, type JsonReader, listOf, numberOf, objectOf, openJson, textOf } from '../common/json.ts';
import { lineOf } from '../common/numbers.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

/** https://eslint.org/docs/latest/use/formatters/#json */
export const eslint: ReportFormat = {
  id: 'eslint',
  title: 'ESLint JSON',
  kind: 'findings',
  writers: 'eslint --format json, Oxlint, Stylelint by a formatter',
  recognizes: ({ json, keys: [outer] }) => json === 'list' && outer.has('filePath') && outer.has('messages'),
  namesOfEmptyList: ['eslint', 'oxlint', 'stylelint'],
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  return {
    wanted: [['*']],
    value(_pattern, value) {
      const { filePath, messages } = objectOf(value);
      if (!Array.isArray(messages)) document.refuse('a file without its messages', 'This is not a report of ESLint');
      for (const one of listOf(messages)) {
        const { ruleId, severity, message, line, fatal } = objectOf(one);
        sink.finding({
          tool: 'ESLint',
          category: 'code',
          rule: textOf(ruleId) ?? (fatal === true ? 'parsing-error' : 'eslint'),
          severity: severity === 2 || fatal === true ? 'high' : severity === 1 ? 'medium' : 'unknown',
          message: textOf(message) ?? '',
          file: textOf(filePath),
          line: lineOf(numberOf(line)),
        });
      }
    },
  };
}
