import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { lineBatches } from '#apps/workbench/input/log-lines.ts';
import { makeLogJudge, type ScoredLine } from '#shared/app/triage/log-judge.ts';

/** Characters of a line that are printed without `--json`. */
const MAX_PRINTED_LENGTH = 200;

function asJson({ line, score, anomalous, reason }: ScoredLine): string {
  return `${JSON.stringify({ line, score: Number(score.toFixed(6)), anomalous, reason })}\n`;
}

function asText({ line, score, anomalous, reason, text }: ScoredLine): string {
  return anomalous ? `${line}  ${score.toFixed(3)}  ${reason}  ${text.slice(0, MAX_PRINTED_LENGTH)}\n` : '';
}

async function judge(file: string, terminal: Terminal, print: (answer: ScoredLine) => string): Promise<void> {
  const judged = makeLogJudge();
  for await (const lines of lineBatches(file, terminal)) {
    let printed = '';
    for (const [number, text] of lines) for (const answer of judged.next(number, text)) printed += print(answer);
    await terminal.write(printed);
  }
  await terminal.write(judged.end().map(print).join(''));
}

export const logAnomalies = defineCommand({
  name: 'log anomalies',
  summary: 'find lines of a log that are unusual given the lines before',
  details:
    'With --json: {line, score, anomalous, reason} per line that is not blank; a score of 0.5 or more is anomalous. Reasons: new-template,\n' +
    'rare-template, rate-jump, unusual-mix, none. Lines are scored in windows of 50; no later line affects a score.',
  operands: { shown: 'FILE', atLeast: 1, atMost: 1 },
  options: JSON_OPTION,
  async run({ operands: [file = '-'], options }, terminal) {
    await judge(file, terminal, options.json === true ? asJson : asText);
    return 0;
  },
});
