import { type MetricAnomaly, makeMetricDetector } from '#shared/domain/anomaly/metric-detector.ts';
import { type MetricRow, makeMetricRowParser } from '#shared/domain/anomaly/metric-row.ts';
import { defineCommand, JSON_OPTION, UsageError } from '../command.ts';
import { metricLines } from '../input/metric-lines.ts';
import { openInput } from '../input/open-input.ts';
import type { Terminal } from '../terminal.ts';
import { writeTogether } from '../write-together.ts';

const MOST_BAD_ROWS_NAMED = 20;

interface Judged {
  readonly row: MetricRow;
  readonly anomaly: MetricAnomaly;
}

/** Rows in file order, each judged by those before it. Bad rows are named on stderr and left out. */
async function* judgedRows(file: string, terminal: Terminal): AsyncGenerator<Judged> {
  const input = await openInput(file, terminal);
  const parser = makeMetricRowParser();
  const detector = makeMetricDetector();
  let badRows = 0;
  let rows = 0;
  for await (const { number, text } of metricLines(input)) {
    const parsed = parser.next(text);
    if (parsed.kind === 'bad') {
      badRows += 1;
      if (badRows <= MOST_BAD_ROWS_NAMED) {
        terminal.say(`selfheal: ${input.name}, line ${number}: ${parsed.reason}. The row is left out.`);
      }
    }
    if (parsed.kind !== 'row') continue;
    rows += 1;
    yield { row: parsed.row, anomaly: detector.next(parsed.row.value ?? Number.NaN) };
  }
  if (badRows > MOST_BAD_ROWS_NAMED) terminal.say(`selfheal: ${input.name}: ${badRows} rows were left out in all.`);
  if (rows === 0)
    throw new UsageError(`${input.name}: it holds no row of a metric: write timestamp,value in each line.`);
}

async function* judgedText(
  file: string,
  terminal: Terminal,
  print: (judged: Judged) => string,
): AsyncGenerator<string> {
  for await (const judged of judgedRows(file, terminal)) yield print(judged);
}

function asJson({ row: { timestamp, value }, anomaly: { score, anomalous } }: Judged): string {
  return `${JSON.stringify({ timestamp, value: value ?? null, score: Number(score.toFixed(6)), anomalous })}\n`;
}

function asText({ row: { timestamp, value }, anomaly: { score, anomalous, reason } }: Judged): string {
  return anomalous ? `${timestamp}  ${value}  ${score.toFixed(3)}  ${reason}\n` : '';
}

export const metricAnomalies = defineCommand({
  name: 'metric anomalies',
  summary: 'where a metric leaves what its past led to expect',
  details:
    'The file has a row `timestamp,value` per line: ISO 8601, YYYY-MM-DD hh:mm:ss or Unix time; a header may come first.\n' +
    'With --json: {timestamp, value, score, anomalous} per row; no row is judged by a later one. 0.5 and more is anomalous; what\n' +
    'goes on after an alarm stays below for a while. A row without a value has the score 0.',
  operands: { shown: 'FILE.csv', atLeast: 1, atMost: 1 },
  options: JSON_OPTION,
  async run({ operands: [file = '-'], options }, terminal) {
    const print = options.json === true ? asJson : asText;
    await writeTogether(terminal, judgedText(file, terminal, print));
    return 0;
  },
});
