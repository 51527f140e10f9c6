import { type LogAnomaly, makeLogAnomalyDetector } from '#shared/domain/anomaly/log-detector.ts';
import { type Severity, severityOf } from '#shared/domain/causality/severity.ts';
import { makeTemplateMiner } from '#shared/domain/templates/template-miner.ts';
import { defineCommand, JSON_OPTION } from '../command.ts';
import { lineBatches } from '../input/log-lines.ts';
import type { Terminal } from '../terminal.ts';

/** Templates of which the severity is remembered. */
const MOST_TEMPLATES = 5_000;
/** Of a line shown without `--json`. */
const SHOWN = 200;

/** A line with its answer; its text is held until the end of its window only. */
interface Answered extends LogAnomaly {
  readonly text: string;
}

/** Judges lines by the templates that are known when they come. */
function makeLogJudge() {
  const miner = makeTemplateMiner();
  const detector = makeLogAnomalyDetector();
  const severities = new Map<number, Severity>();
  const texts = new Map<number, string>();
  const severityOfTemplate = (cluster: number, text: string): Severity => {
    const known = severities.get(cluster);
    if (known !== undefined) return known;
    if (severities.size >= MOST_TEMPLATES) severities.clear();
    const severity = severityOf(text);
    severities.set(cluster, severity);
    return severity;
  };
  const withText = (answers: readonly LogAnomaly[]): Answered[] => {
    const answered = answers.map((answer) => ({ ...answer, text: texts.get(answer.line) ?? '' }));
    if (answers.length > 0) texts.clear();
    return answered;
  };
  return {
    next(line: number, text: string): Answered[] {
      const cluster = miner.add(text).cluster;
      texts.set(line, text);
      return withText(detector.next({ line, cluster, severity: severityOfTemplate(cluster, text) }));
    },
    end: (): Answered[] => withText(detector.end()),
  };
}

function asJson({ line, score, anomalous, reason }: Answered): string {
  return `${JSON.stringify({ line, score: Number(score.toFixed(6)), anomalous, reason })}\n`;
}

function asText({ line, score, anomalous, reason, text }: Answered): string {
  return anomalous ? `${line}  ${score.toFixed(3)}  ${reason}  ${text.slice(0, SHOWN)}\n` : '';
}

async function judge(file: string, terminal: Terminal, print: (answer: Answered) => string): Promise<void> {
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
  summary: 'where a log leaves what its lines before led to expect',
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
