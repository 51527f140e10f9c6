import { type MetricRow, makeMetricRowParser } from '@selfheal/anomaly/metric-row.ts';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { metricLines } from './metric-lines.ts';
import { openInput } from './open-input.ts';

const MAX_BAD_ROWS_NAMED = 20;

/** Rows of a metric file in order. Reports invalid rows on stderr and skips them. Throws `UsageError` when the file has no valid row. */
export async function* metricRows(file: string, terminal: Terminal): AsyncGenerator<MetricRow> {
  const input = await openInput(file, terminal);
  const parser = makeMetricRowParser();
  let badRows = 0;
  let rows = 0;
  for await (const { number, text } of metricLines(input)) {
    const parsed = parser.next(text);
    if (parsed.kind === 'bad') {
      badRows += 1;
      if (badRows <= MAX_BAD_ROWS_NAMED) {
        terminal.say(`selfheal: ${input.name}, line ${number}: ${parsed.reason}. The row is skipped.`);
      }
    }
    if (parsed.kind !== 'row') continue;
    rows += 1;
    yield parsed.row;
  }
  if (badRows > MAX_BAD_ROWS_NAMED) terminal.say(`selfheal: ${input.name}: ${badRows} rows were skipped in total.`);
  if (rows === 0) throw new UsageError(`${input.name}: no metric rows. Expected timestamp,value in each line.`);
}
