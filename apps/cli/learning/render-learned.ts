import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import type { PatternResult } from '#shared/app/learning/learn-patterns.ts';
import type { RecordFinding } from '#shared/domain/learning/clean-resolutions.ts';
import type { BadRecord } from './read-resolutions.ts';

/** Problems of records, one line each, in the order of the file. */
export function renderFindings(name: string, bad: readonly BadRecord[], findings: readonly RecordFinding[]): string[] {
  return [
    ...bad.map(({ line, problem }) => `${name}, line ${line}: ${problem}. The record is skipped.`),
    ...findings.map(({ kind, lines, text }) => `${name}, line ${lines.join(' and ')}: ${kind}: ${text}.`),
  ];
}

/** The result for each pattern, a few lines each. */
export function renderResults(results: readonly PatternResult[], name: string): string {
  return results
    .map(({ kind, patternId, wording, class: failureClass, stage, confidence, lines, reason, conflicts, replay }) => {
      const share = replay?.precision ?? null;
      const coverage = replay?.coverage ?? null;
      const replayed =
        replay === null
          ? []
          : [
              `  replayed: ${counted(replay.matched, 'past incident')} matched${share === null ? '' : `, ${shareText(share.value)} of this class`}${coverage === null ? '' : `, ${shareText(coverage.value)} of the class covered`}`,
            ];
      return [
        `${kind.padEnd(9)} ${patternId}  ${failureClass}, ${stage}, confidence ${confidence.toFixed(2)}: ${wording}`,
        `  ${name}, line ${lines.slice(0, 10).join(', ')}${lines.length > 10 ? ` and ${lines.length - 10} more` : ''}: ${reason}`,
        ...replayed,
        ...conflicts.map((conflict) => `  conflict: ${conflict}`),
        '',
      ].join('\n');
    })
    .join('');
}
