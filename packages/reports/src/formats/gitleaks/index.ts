import { type JsonDocument, type JsonReader, numberOf, objectOf, openJson, textOf } from '../common/json.ts';
import { lineOf } from '../common/numbers.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

/** https://github.com/gitleaks/gitleaks#reports */
export const gitleaks: ReportFormat = {
  id: 'gitleaks',
  title: 'Gitleaks JSON',
  kind: 'findings',
  writers: 'gitleaks --report-format json',
  recognizes: ({ json, keys: [outer] }) =>
    json === 'list' &&
    outer.has('RuleID') &&
    (outer.has('StartLine') || outer.has('Description') || outer.has('Secret') || outer.has('File')),
  namesOfEmptyList: ['leaks'],
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  return {
    wanted: [['*']],
    value(_pattern, value) {
      const { RuleID, Description, File, StartLine } = objectOf(value);
      if (textOf(RuleID) === null) document.refuse('a leak without its RuleID', 'This is not a report of gitleaks');
      sink.finding({
        tool: 'Gitleaks',
        category: 'secret',
        rule: textOf(RuleID) ?? '',
        // It does not say; a secret in a repository is never less.
        severity: 'high',
        // The secret itself, in Secret and Match, is never taken.
        message: textOf(Description) ?? '',
        file: textOf(File),
        line: lineOf(numberOf(StartLine)),
      });
    },
  };
}
