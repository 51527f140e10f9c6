import { defineCommand, JSON_OPTION } from '../command.ts';
import { makeLogJudge, type ScoredLine } from '../input/log-judge.ts';
import { lineBatches } from '../input/log-lines.ts';
import type { Terminal } from '../terminal.ts';

/** Of a line shown without `--json`. */
const SHOWN = 200;

function asJson({ line, score, anomalous, reason }: ScoredLine): string {
  return `${JSON.stringify({ line, score: Number(score.toFixed(6)), anomalous, reason })}\n`;
}

function asText({ line, score, anomalous, reason, text }: ScoredLine): string {
  return anomalous ? `${line}  ${score.toFixed(3)}  ${reason}  ${text.slice(0, SHOWN)}\n` : '';
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
  summary: 'lines of a log that are unusual given the lines before',
  details:
    'With --json: {line, score, anomalous, reason} per line that is not blank; 0.5 and more is anomalous. Reasons: new-template,\n' +
    'rare-template, rate-jump, unusual-mix, none. A line is judged at the end of its window of 50 lines and by nothing after it.',
  operands: { shown: 'FILE', atLeast: 1, atMost: 1 },
  options: JSON_OPTION,
  async run({ operands: [file = '-'], options }, terminal) {
    await judge(file, terminal, options.json === true ? asJson : asText);
    return 0;
  },
});
