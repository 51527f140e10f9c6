import { type JsonDocument, type JsonReader, numberOf, objectOf, openJson, textOf } from '../common/json.ts';
import { lineOf } from '../common/numbers.ts';
import { severityOf } from '../common/severity.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

/** https://github.com/koalaman/shellcheck/wiki/Integration: `json`, a list, and `json1`, an object around it. */
export const shellcheck: ReportFormat = {
  id: 'shellcheck',
  title: 'ShellCheck JSON',
  kind: 'findings',
  writers: 'shellcheck --format json or json1',
  recognizes: ({ json, text, keys: [outer, inner] }) =>
    (json === 'list' && isComment(outer)) ||
    (json === 'object' &&
      outer.has('comments') &&
      (isComment(inner) || /^\s*\{\s*"comments"\s*:\s*\[\s*\]\s*\}\s*$/.test(text))),
  namesOfEmptyList: ['shellcheck'],
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

const isComment = (keys: ReadonlySet<string>): boolean =>
  ['file', 'line', 'level', 'code', 'message'].every((key) => keys.has(key));

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  return {
    wanted: [['comments', '*'], ['*']],
    value(pattern, value, [key = '']) {
      // The parts of an object come here, too.
      if (pattern === 1 && !/^\d+$/.test(key)) return;
      const { file, line, level, code, message } = objectOf(value);
      const rule = numberOf(code);
      if (rule === null) document.refuse('a comment without its code', 'This is not a report of ShellCheck');
      const word = textOf(level);
      sink.finding({
        tool: 'ShellCheck',
        category: 'code',
        rule: `SC${rule}`,
        // Its mildest level.
        severity: word === 'style' ? 'info' : severityOf(word),
        message: textOf(message) ?? '',
        file: textOf(file),
        line: lineOf(numberOf(line)),
      });
    },
  };
}
