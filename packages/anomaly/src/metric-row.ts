import * as z from 'zod';

const Word = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'must be 1 to 255 plain ASCII characters');

/** A CloudWatch metric in the deployment's account and region, by its published names. */
export const MetricName = z.strictObject({
  namespace: Word,
  name: Word,
  dimensions: z.record(Word, Word).default({}),
  /** Of five minutes each. */
  statistic: z.enum(['Average', 'Maximum', 'Minimum', 'Sum']).default('Average'),
});

/** One row of a metric file. The value of a row without a measurement is `undefined`. */
export interface MetricRow {
  /** As it was written. */
  readonly timestamp: string;
  readonly value: number | undefined;
}

type ParsedMetricRow =
  | { readonly kind: 'row'; readonly row: MetricRow }
  | { readonly kind: 'header' }
  | { readonly kind: 'blank' }
  | { readonly kind: 'bad'; readonly reason: string };

/** Reads rows in file order; the first may be a header that names the columns. */
export interface MetricRowParser {
  next(line: string): ParsedMetricRow;
}

const timeShape = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)? ?(?:Z|[+-]\d{2}:?\d{2})?$/i;
const epochShape = /^\d{9,13}(?:\.\d{1,9})?$/;
const numberShape = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?$/i;
const missing = new Set(['', 'nan', 'null', 'na', 'n/a', 'none', '-']);
const maxShown = 40;

const timeNames = new Set(['timestamp', 'time', 'date', 'datetime']);

/** A row is `timestamp,value`: ISO 8601, `YYYY-MM-DD hh:mm:ss` or Unix time, then a decimal number or nothing. */
export function makeMetricRowParser(): MetricRowParser {
  let timeColumn = 0;
  let valueColumn = 1;
  let first = true;

  function readHeader(cells: readonly string[]): boolean {
    const names = cells.map((cell) => cell.toLowerCase());
    const time = names.findIndex((name) => timeNames.has(name));
    const value = names.indexOf('value');
    if (time < 0 && value < 0 && (isTime(cells[0] ?? '') || isValue(cells[1] ?? ''))) return false;
    timeColumn = time < 0 ? 0 : time;
    valueColumn = value < 0 ? (timeColumn === 0 ? 1 : 0) : value;
    return true;
  }

  return {
    next(line) {
      if (line.trim() === '') return { kind: 'blank' };
      const cells = line.split(/[,;\t]/, 64).map(plainCell);
      const mayBeHeader = first;
      first = false;
      if (mayBeHeader && cells.length > 1 && readHeader(cells)) return { kind: 'header' };
      return readRow(cells[timeColumn], cells[valueColumn]);
    },
  };
}

function plainCell(cell: string): string {
  return cell
    .replace(/^\uFEFF/, '')
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();
}

function readRow(timestamp: string | undefined, text: string | undefined): ParsedMetricRow {
  if (timestamp === undefined || text === undefined) {
    return { kind: 'bad', reason: 'it has no two columns: write timestamp,value' };
  }
  if (!isTime(timestamp)) {
    return { kind: 'bad', reason: `${shown(timestamp)} is no time: write YYYY-MM-DD hh:mm:ss or ISO 8601` };
  }
  if (missing.has(text.toLowerCase())) return { kind: 'row', row: { timestamp, value: undefined } };
  if (!isValue(text)) return { kind: 'bad', reason: `${shown(text)} is no number` };
  return { kind: 'row', row: { timestamp, value: Number(text) } };
}

function isTime(text: string): boolean {
  if (epochShape.test(text)) return true;
  return timeShape.test(text) && !Number.isNaN(Date.parse(text.slice(0, 10))) && validClock(text);
}

function validClock(text: string): boolean {
  const clock = /[T ](\d{2}):(\d{2})(?::(\d{2}))?/i.exec(text);
  if (clock === null) return true;
  const [, hours, minutes, seconds = '0'] = clock;
  return Number(hours) <= 24 && Number(minutes) < 60 && Number(seconds) <= 60;
}

function isValue(text: string): boolean {
  return numberShape.test(text) && Number.isFinite(Number(text));
}

function shown(text: string): string {
  return JSON.stringify(text.length > maxShown ? `${text.slice(0, maxShown)}...` : text);
}
