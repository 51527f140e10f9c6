import { cutLine, safeProse } from '@selfheal/kernel/text/markdown.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { ReplayReport } from './replay-report.ts';
import type { ReplayedRun } from './replay-run.ts';
import { ADVICE_WORDS, answerWords, fileWords, MARK_WORDS, NOTES, outcomeWords, summaryOf } from './replay-words.ts';

const HEADS = ['failed at', 'run', 'workflow', 'branch', 'says', 'would', 'what happened', 'mark'] as const;
const MAX_CELL = 44;

const cellsOf = (run: ReplayedRun): string[] => [
  run.failedAt.slice(0, 16).replace('T', ' '),
  String(run.run),
  run.workflow,
  run.branch ?? '',
  answerWords(run),
  run.answer === null ? '' : ADVICE_WORDS[run.answer.advice],
  outcomeWords(run.outcome),
  run.answer === null ? '' : MARK_WORDS[run.mark],
];

/** A table of all runs and the answer below it, for a terminal. */
export function renderTable(report: ReplayReport): string {
  const rows = [
    [...HEADS],
    ...report.runs.map((run) => cellsOf(run).map((cell) => cutLine(cleanText(cell, 300), MAX_CELL))),
  ];
  const widths = HEADS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const table = report.runs.length === 0 ? [] : [...lines, ''];
  const more =
    report.totals.explained === 0
      ? []
      : [
          '--page FILE and --markdown FILE also name the cause of each failure, and say when an answer counts as wrong.',
        ];
  return `${[...table, ...summaryOf(report), ...more].join('\n')}\n`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The report as Markdown, with the cause of each run. */
export function renderMarkdown(report: ReplayReport): string {
  const { repository, madeAt, runs } = report;
  const heads = ['Failed at (UTC)', 'Run', 'Workflow', 'Says', 'Cause', 'File', 'Would', 'What happened', 'Mark'];
  const line = (run: ReplayedRun): string => {
    const [failedAt = '', id = '', workflow = '', , says = '', would = '', happened = '', mark = ''] = cellsOf(run);
    const words = (text: string) => safeProse(cleanText(text, 300));
    return row([
      failedAt,
      `[${id}](${run.url})`,
      words(workflow),
      words(says),
      words(run.answer?.cause ?? ''),
      words(fileWords(run)),
      would,
      happened,
      mark,
    ]);
  };
  return [
    `# Replay of ${repository}`,
    '',
    `Made ${madeAt.slice(0, 16).replace('T', ' ')} UTC.`,
    '',
    ...summaryOf(report).map((sentence) => `- ${sentence}`),
    '',
    ...(runs.length === 0 ? [] : [row(heads), row(heads.map(() => '---')), ...runs.map(line), '']),
    '## How to read it',
    '',
    ...NOTES.map((note) => `- ${note}`),
    '',
  ].join('\n');
}
