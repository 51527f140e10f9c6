import { type JsonDocument, type JsonReader, listOf, numberOf, objectOf, openJson } from '../common/json.ts';
import { quoted } from '../common/lines.ts';
import { lineOf } from '../common/numbers.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

/** https://coverage.readthedocs.io/en/latest/commands/cmd_json.html */
export const coveragePy: ReportFormat = {
  id: 'coverage-py',
  title: 'coverage.py JSON',
  kind: 'coverage',
  writers: 'coverage json, pytest --cov-report=json',
  recognizes: ({ json, keys: [outer, , file, part] }) =>
    json === 'object' &&
    (outer.has('files') || outer.has('meta')) &&
    (file.has('executed_lines') || part.has('executed_lines')),
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  return {
    wanted: [['files', '*']],
    value(_pattern, value, [path = '']) {
      const { executed_lines, missing_lines, summary } = objectOf(value);
      const { num_branches, covered_branches } = objectOf(summary);
      const total = numberOf(num_branches);
      const covered = numberOf(covered_branches);
      if (total !== null && covered !== null && (covered < 0 || covered > total))
        document.refuse(
          `${quoted(path)}: ${covered} of ${total} branches`,
          'The counts contradict each other: write the report again',
        );
      const numbers = (list: unknown): number[] => listOf(list).flatMap((one) => lineOf(numberOf(one)) ?? []);
      sink.coverage({
        path,
        covered: numbers(executed_lines),
        uncovered: numbers(missing_lines),
        branches: total === null || covered === null || total === 0 ? null : { covered, total },
      });
    },
  };
}
