import { HOUR, type Reading, readingOf } from '@selfheal/anomaly/reading.ts';
import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { metricRows } from '#apps/workbench/input/metric-rows.ts';
import { type Forecast, forecastExhaustion, type NoExhaustion } from '#shared/domain/capacity/forecast.ts';

const DEFAULT_HOURS = 24;
const MAX_HOURS = 24 * 365;
/** A year of readings, one per minute, with some room. */
const MAX_READINGS = 600_000;

const REASONS: Readonly<Record<NoExhaustion, string>> = {
  'too-short': 'too few readings since the metric last reset or changed its level',
  'no-trend': 'no significant trend towards the limit',
  'too-far': 'the forecast would reach further ahead than four times the observed period',
  'resets-in-time': 'the metric has always reset before it reached the limit',
};

export const metricForecast = defineCommand({
  name: 'metric forecast',
  summary: 'forecast when a metric will reach its limit if its trend continues',
  details:
    'The file has the format of `metric anomalies`. Hours count from its last row. With --json one document: {file, limit, side, withinHours,\n' +
    'forecast, reason, from, perHour, earliest, likely, latest, within}; forecast is none, expected or reached. There is no forecast without a\n' +
    'significant trend. Exit code 1 when the limit is reached or expected within the hours.',
  operands: { shown: 'FILE.csv', atLeast: 1, atMost: 1 },
  options: {
    ...JSON_OPTION,
    limit: { type: 'string', value: 'N', about: 'the limit of the metric' },
    below: { type: 'boolean', about: 'the metric falls towards the limit (free space) instead of rising' },
    within: {
      type: 'string',
      value: 'HOURS',
      about: `exit with 1 when the limit is likely within so many hours; ${DEFAULT_HOURS} by default`,
    },
  },
  async run({ operands: [file = '-'], options }, terminal) {
    const value = limitOf(options.limit);
    const withinHours = wholeNumber('within', options.within, { otherwise: DEFAULT_HOURS, atMost: MAX_HOURS });
    const readings = await readingsIn(file, terminal);
    const side = options.below === true ? 'below' : 'above';
    const forecast = forecastExhaustion(readings, { value, side });
    const last = readings.reduce((latest, { at }) => Math.max(latest, at), 0);
    const within = isWithin(forecast, last + withinHours * HOUR);
    const document = { file, limit: value, side, withinHours, ...documentOf(forecast), within };
    await terminal.write(options.json === true ? `${JSON.stringify(document)}\n` : asText(file, forecast));
    return within ? 1 : 0;
  },
});

function limitOf(given: string | undefined): number {
  if (given === undefined) throw new UsageError('"selfheal metric forecast" needs --limit N, the limit of the metric.');
  if (given.trim() === '' || !Number.isFinite(Number(given))) {
    throw new UsageError(`--limit ${given}: expected a number, such as --limit 95.`);
  }
  return Number(given);
}

async function readingsIn(file: string, terminal: Terminal): Promise<Reading[]> {
  const readings: Reading[] = [];
  for await (const row of metricRows(file, terminal)) {
    const reading = readingOf(row);
    if (reading !== null) readings.push(reading);
    if (readings.length > MAX_READINGS)
      throw new UsageError(`${file}: more than ${MAX_READINGS} rows. Use fewer, such as those of the last months.`);
  }
  return readings;
}

function isWithin(forecast: Forecast, until: number): boolean {
  return forecast.kind === 'reached' || (forecast.kind === 'expected' && forecast.likely <= until);
}

const iso = (at: number): string => (at <= 8.64e15 ? new Date(at).toISOString() : 'never');

/** The JSON form of a forecast. All fields are always present, null when they do not apply. */
function documentOf(forecast: Forecast) {
  const nothing = { reason: null, from: null, perHour: null, earliest: null, likely: null, latest: null };
  switch (forecast.kind) {
    case 'none':
      return { forecast: 'none', ...nothing, reason: forecast.reason };
    case 'reached':
      return { forecast: 'reached', ...nothing };
    case 'expected': {
      const { from, perHour, earliest, likely, latest } = forecast;
      const times = { earliest: iso(earliest), likely: iso(likely), latest: iso(latest) };
      return { forecast: 'expected', reason: null, from: iso(from), perHour, ...times };
    }
    default:
      return forecast satisfies never;
  }
}

function asText(file: string, forecast: Forecast): string {
  if (forecast.kind === 'none') return `${file}: no forecast: ${REASONS[forecast.reason]}\n`;
  if (forecast.kind === 'reached') return `${file}: the limit is reached: ${forecast.value}\n`;
  const { earliest, likely, latest, perHour, from } = forecast;
  return `${file}: the limit will likely be reached at ${iso(likely)} (${iso(earliest)} to ${iso(latest)}): ${perHour.toPrecision(3)} per hour since ${iso(from)}\n`;
}
