import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import { present } from '@selfheal/kernel/present.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { looseEvidence, makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { makeFailure } from './made-failures.ts';
import { perSecond, type Row } from './row.ts';

/** A log of each kind of length, in bytes. Short ones are measured apart: their cost is by line, not by byte. */
const SIZES = [
  { name: 'under 100 KB', from: 0, to: 100_000, most: 12_000_000, goal: 7, redacted: 62 },
  { name: '0.1 to 1 MB', from: 100_000, to: 1_000_000, most: 12_000_000, goal: 20, redacted: 63 },
  { name: 'over 1 MB', from: 1_000_000, to: 20_000_000, most: 20_000_000, goal: 26, redacted: 74 },
] as const;
const STREAM_BYTES = 50_000_000;
const STREAM_GOALS = { read: 33, redacted: 62 };
const COLD_BYTES = 2_000_000;
const PIECE = 65_536;
/** Read before anything is measured, so that code is compiled; never measured themselves. */
const WARM_LOGS = 40;
const MADE_LOGS = 400;
const MADE_LINES = 250;
const LOG_FILE = /\.(?:log|txt)(?:\.gz)?$/;

function logsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => LOG_FILE.test(path))
    .sort()
    .map((path) => {
      const bytes = readFileSync(join(folder, path));
      return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    });
}

/** Logs without a line in common but by chance, for a machine without real ones. */
function madeLogs(): string[] {
  const textOf = (seed: number, lines: number): string =>
    makeFailure(seed, lines)
      .sources.flatMap((source) => source.lines.map(({ text }) => text))
      .join('\n');
  return [
    ...Array.from({ length: MADE_LOGS }, (_, at) => textOf(at + 1, MADE_LINES)),
    ...Array.from({ length: 20 }, (_, at) => textOf(10_000 + at, 20 * MADE_LINES)),
    ...Array.from({ length: 4 }, (_, at) => textOf(20_000 + at, 100 * MADE_LINES)),
  ];
}

/** Every nth, so that each source of logs takes part, up to so many bytes. */
function spread(logs: readonly string[], most: number): string[] {
  const bytes = logs.reduce((sum, log) => sum + log.length, 0);
  const step = Math.max(1, Math.ceil(bytes / most));
  return logs.filter((_, at) => at % step === 0);
}

const megabytesOf = (logs: readonly string[]): number =>
  logs.reduce((sum, log) => sum + Buffer.byteLength(log), 0) / 1e6;

/**
 * How fast unlike logs are read, each once, by processor time: nothing of one log is remembered for the next but compiled code and single lines that
 * occur in both. `BENCH_LOGS` names a folder of real logs (`.log`, `.txt`, gzipped or not); without it logs are made.
 */
export async function unlikeLogRows(): Promise<Row[]> {
  const folder = process.env.BENCH_LOGS;
  const all = folder === undefined ? madeLogs() : logsBelow(folder);
  const kind = folder === undefined ? 'made logs (BENCH_LOGS names no folder of real ones)' : 'real logs';
  const signatures = await shippedSignatures(() => {});
  const model = await shippedModel(() => {});
  const read = (text: string): void => {
    const excerpts = makeExcerpts(1);
    const source = excerpts.open({ id: 'log', name: phrase`log`, url: null });
    for (let at = 0; at < text.length; at += PIECE) source.push(text.slice(at, at + PIECE));
    readFailure(looseEvidence(excerpts.finish()), { signatures, ...present({ model }) });
  };
  const row = (what: string, logs: readonly string[], goal: number, job: (log: string) => void): Row => {
    const megabytes = megabytesOf(logs);
    const rate = perSecond(
      megabytes,
      () => {
        for (const log of logs) job(log);
      },
      1,
    );
    const each = ((megabytes / rate) * 1_000) / logs.length;
    return {
      measure: `${logs.length} ${kind} ${what}, each once, per second of one core`,
      goal: `${goal} MB`,
      measured: `${rate.toFixed(1)} MB; ${each.toFixed(1)} ms a log`,
      met: rate >= goal,
    };
  };
  const long = all.filter((log) => log.length >= COLD_BYTES)[0] ?? all.join('\n');
  const cold = row('of 2 MB, the first of the process, read for cause and class', [long.slice(0, COLD_BYTES)], 8, read);
  const short = all.filter((log) => log.length < 100_000);
  const warm = spread(short, short.reduce((sum, log) => sum + log.length, 0) * (WARM_LOGS / Math.max(1, short.length)));
  for (const log of warm) {
    read(log);
    redact(log);
  }
  const rows = SIZES.flatMap(({ name, from, to, most, goal, redacted }) => {
    const own = all.filter((log) => log.length >= from && log.length < to && !warm.includes(log));
    const some = spread(own, most);
    if (some.length === 0) return [];
    return [
      row(`${name}, read for cause and class`, some, goal, read),
      row(`${name}, redacted`, some, redacted, redact),
    ];
  });
  const stream = [spread(all, STREAM_BYTES).join('\n')];
  return [
    cold,
    ...rows,
    row('as one stream, read for cause and class', stream, STREAM_GOALS.read, read),
    row('as one stream, redacted', stream, STREAM_GOALS.redacted, redact),
  ];
}
