import { type JsonDocument, type JsonReader, listOf, numberOf, objectOf, openJson, textOf } from '../common/json.ts';
import { lineOf } from '../common/numbers.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

/** https://github.com/gotwarlost/istanbul/blob/master/coverage.json.md */
export const istanbul: ReportFormat = {
  id: 'istanbul',
  title: 'Istanbul JSON',
  kind: 'coverage',
  writers: 'coverage-final.json of Jest, Vitest, nyc and c8',
  recognizes: ({ json, keys: [, file] }) => json === 'object' && file.has('statementMap'),
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  return {
    wanted: [['*']],
    value(_pattern, value, [key = '']) {
      const { path, statementMap, s, b } = objectOf(value);
      const counts = objectOf(s);
      const covered: number[] = [];
      const uncovered: number[] = [];
      for (const [id, place] of Object.entries(objectOf(statementMap))) {
        const line = lineOf(numberOf(objectOf(objectOf(place).start).line));
        if (line !== null) (timesOf(counts[id], document) > 0 ? covered : uncovered).push(line);
      }
      const branches = Object.values(objectOf(b)).flatMap((times) =>
        listOf(times).map((one) => timesOf(one, document)),
      );
      sink.coverage({
        path: textOf(path) ?? key,
        covered,
        uncovered,
        branches:
          branches.length === 0
            ? null
            : { covered: branches.filter((times) => times > 0).length, total: branches.length },
      });
    },
  };
}

function timesOf(value: unknown, document: JsonDocument): number {
  const times = numberOf(value) ?? 0;
  if (times < 0) document.refuse(`a statement was run ${times} times`, 'A count is 0 or more: write the report again');
  return times;
}
