import { type MetricAnomaly, makeMetricDetector } from '@selfheal/anomaly/metric-detector.ts';
import type { MetricRow } from '@selfheal/anomaly/metric-row.ts';
import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { type Terminal, writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { metricRows } from '#apps/workbench/input/metric-rows.ts';

interface ScoredPoint {
  readonly row: MetricRow;
  readonly anomaly: MetricAnomaly;
}

/** Rows in file order, each scored given the rows before it. */
async function* judgedRows(file: string, terminal: Terminal): AsyncGenerator<ScoredPoint> {
  const detector = makeMetricDetector();
  for await (const row of metricRows(file, terminal)) {
    yield { row, anomaly: detector.next(row.value ?? Number.NaN) };
  }
}

async function* judgedText(
  file: string,
  terminal: Terminal,
  print: (judged: ScoredPoint) => string,
): AsyncGenerator<string> {
  let rows = 0;
  let alarms = 0;
  for await (const judged of judgedRows(file, terminal)) {
    rows += 1;
    if (judged.anomaly.anomalous) alarms += 1;
    yield print(judged);
  }
  if (print === asText && alarms === 0) yield `no anomaly in ${counted(rows, 'row')}\n`;
}

function asJson({ row: { timestamp, value }, anomaly: { score, anomalous } }: ScoredPoint): string {
  return `${JSON.stringify({ timestamp, value: value ?? null, score: Number(score.toFixed(6)), anomalous })}\n`;
}

function asText({ row: { timestamp, value }, anomaly: { score, anomalous, reason } }: ScoredPoint): string {
  return anomalous ? `${timestamp}  ${value}  ${score.toFixed(3)}  ${reason}\n` : '';
}

export const metricAnomalies = defineCommand({
  name: 'metric anomalies',
  summary: 'find values of a metric that are unusual given its past',
  details:
    'The file has one row `timestamp,value` per line; timestamps are ISO 8601, YYYY-MM-DD hh:mm:ss or Unix time. A header is optional.\n' +
    'With --json: {timestamp, value, score, anomalous} per row; no later row affects a score. A score of 0.5 or more is anomalous. An\n' +
    'anomaly that continues scores below 0.5 for a while after it was first reported. A row without a value has the score 0.',
  operands: { shown: 'FILE.csv', atLeast: 1, atMost: 1 },
  options: JSON_OPTION,
  async run({ operands: [file = '-'], options }, terminal) {
    const print = options.json === true ? asJson : asText;
    await writeTogether(terminal, judgedText(file, terminal, print));
    return 0;
  },
});
