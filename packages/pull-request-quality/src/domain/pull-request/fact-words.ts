import { counted } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { FindingTotals, LineRange } from '@selfheal/reports/normal-form/normal-form.ts';
import { runTimesWords } from '../ci-metrics/run-times.ts';
import type { ActionItem } from './action-items.ts';
import type { PullRequestFacts } from './pull-request-facts.ts';

/** `91.2 %`; `unknown` for null. */
export const percent = (value: number | null, digits = 1): string =>
  value === null ? 'unknown' : `${value.toFixed(digits)} %`;

/** `+0.8`, `-1.2` with a real minus sign, `±0`. */
export function signed(value: number, digits: number): string {
  const shown = Math.abs(value).toFixed(digits);
  if (Number(shown) === 0) return '±0';
  return value > 0 ? `+${shown}` : `\u2212${shown}`;
}

const MAX_RANGES = 8;

/** `line 7`, `lines 12-18, 30`. */
export function rangesWords(lines: readonly LineRange[]): string {
  const shown = lines.slice(0, MAX_RANGES).map(({ start, end }) => (start === end ? `${start}` : `${start}-${end}`));
  const rest = lines.length - shown.length;
  const only = lines.length === 1 && lines[0]?.start === lines[0]?.end;
  return `${only ? 'line' : 'lines'} ${shown.join(', ')}${rest > 0 ? ` and ${counted(rest, 'more range')}` : ''}`;
}

/** `1 critical, 2 high`; `none` for none. */
export function findingsWords(totals: FindingTotals): string {
  const parts = Object.entries(totals).flatMap(([severity, count]) =>
    count === 0 ? [] : [`${count} ${severity === 'unknown' ? 'of unknown severity' : severity}`],
  );
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** An item as plain text, for annotations and models. */
export function actionItemLine({ task, name, says, note, path, lines }: ActionItem): string {
  const what = name === null ? task : `${task} \`${cleanText(name, 200).replaceAll('`', "'")}\``;
  const where =
    path === null
      ? ''
      : ` in \`${cleanText(path, 300).replaceAll('`', "'")}\`${lines.length === 0 ? '' : `, ${rangesWords(lines)}`}`;
  return [`${what}${where}.`, says === null ? '' : `It says: ${cleanText(says, 300)}`, note ?? '']
    .filter((part) => part !== '')
    .join(' ');
}

/** The figures in one line: `240 tests, 1 failed`, `coverage 91.2 % (-0.8)`. Empty without figures. */
export function figuresOf(facts: PullRequestFacts): string[] {
  const { tests, coverage, addedFindings, findings, architecture, verdicts, times } = facts;
  const bad = tests === null ? 0 : tests.failures + tests.errors;
  const change = verdicts.find(({ metric }) => metric === 'coverage')?.delta ?? null;
  const only = coverage.length === 1;
  return [
    ...(tests === null ? [] : [`${counted(tests.tests, 'test')}${bad === 0 ? '' : `, **${bad} failed**`}`]),
    ...coverage.slice(0, 3).map(({ job, totals, changedLines }) => {
      const delta = only && change !== null ? ` (${signed(change, 1)} against the baseline)` : '';
      const changed = changedLines?.percent == null ? '' : `, changed lines ${percent(changedLines.percent)}`;
      return `coverage ${only ? '' : `of ${cleanText(job, 40)} `}${percent(totals.percent)}${delta}${changed}`;
    }),
    ...(addedFindings === null
      ? findings === null
        ? []
        : [`findings: ${findingsWords(findings)}`]
      : [addedFindings.length === 0 ? 'no new findings' : `**${counted(addedFindings.length, 'new finding')}**`]),
    ...(architecture === null ? [] : [`architecture ${architecture.score}/10${scoreChange(architecture)}`]),
    ...(times === null ? [] : [runTimesWords(times)]).filter((words) => words !== ''),
  ];
}

function scoreChange({ score, previousScore }: NonNullable<PullRequestFacts['architecture']>): string {
  return previousScore === null || previousScore === score ? '' : ` (${signed(score - previousScore, 1)})`;
}
