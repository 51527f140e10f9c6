import type { FindingSeverity } from '../../normal-form/normal-form.ts';
import { type JsonDocument, type JsonReader, numberOf, objectOf, openJson, textOf } from '../common/json.ts';
import { lineOf } from '../common/numbers.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

const SEVERITIES: Readonly<Record<string, FindingSeverity>> = {
  fatal: 'high',
  error: 'high',
  warning: 'medium',
  refactor: 'low',
  convention: 'low',
  info: 'info',
};

/** https://pylint.readthedocs.io/en/stable/user_guide/usage/output.html: `json`, a list, and `json2`, an object around it. */
export const pylint: ReportFormat = {
  id: 'pylint',
  title: 'Pylint JSON',
  kind: 'findings',
  writers: 'pylint --output-format json or json2',
  recognizes: ({ json, keys: [outer, inner] }) =>
    (json !== null &&
      [outer, inner].some((keys) => keys.has('symbol') && (keys.has('message-id') || keys.has('messageId')))) ||
    (json === 'object' && inner.has('messageTypeCount')),
  namesOfEmptyList: ['pylint'],
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  return {
    wanted: [['messages', '*'], ['*']],
    value(pattern, value, [key = '']) {
      // The parts of an object come here, too.
      if (pattern === 1 && !/^\d+$/.test(key)) return;
      const { type, symbol, message, path, line, 'message-id': id, messageId } = objectOf(value);
      const level = textOf(type);
      if (level === null) document.refuse('a message without its type', 'This is not a report of Pylint');
      const code = textOf(id) ?? textOf(messageId) ?? '';
      sink.finding({
        tool: 'Pylint',
        category: 'code',
        rule: textOf(symbol) ?? code,
        severity: SEVERITIES[level] ?? 'unknown',
        message: textOf(message) ?? '',
        file: textOf(path),
        line: lineOf(numberOf(line)),
      });
    },
  };
}
