import type { Figure, FigureReport } from './figures.ts';

/** Whether a figure reaches its goal; true without a goal. */
export function reachesGoal({ value, goal, atMost }: Figure): boolean {
  if (goal === undefined) return true;
  return atMost === true ? value <= goal : value >= goal;
}

function shown(value: number): string {
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3);
}

function rowOf(figure: Figure): string[] {
  const { name, value, goal, atMost, cases, interval } = figure;
  const goalText = goal === undefined ? '' : `${atMost === true ? '<=' : '>='} ${shown(goal)}`;
  const between = interval === undefined ? '' : `${shown(interval[0])} .. ${shown(interval[1])}`;
  return [name, shown(value), between, String(cases), goalText, reachesGoal(figure) ? '' : 'missed'];
}

const HEADS = ['figure', 'value', '95 % interval', 'cases', 'goal', ''];

function table(rows: readonly (readonly string[])[], indent: string): string {
  const widths = HEADS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => `${indent}${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

/** The report as text tables. */
export function renderReport(report: FigureReport, byGroup: boolean): string {
  const groups = byGroup ? (report.byGroup ?? []) : [];
  return [
    table([HEADS, ...report.figures.map(rowOf)], ''),
    ...groups.map(({ group, figures }) => `\n${group}\n${table(figures.map(rowOf), '  ')}`),
  ].join('');
}
