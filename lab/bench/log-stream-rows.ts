import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Stage } from '#apps/local/stage.ts';
import { madeLines } from './made-lines.ts';
import type { Row } from './row.ts';
import { SAMPLE_CONFIGURATION, viewerToken, withSampleStage } from './sample-stage.ts';
import type { StreamTimes } from './time-log-stream.ts';

/** Lines a second; and for how long, shorter for a short round: `BENCH_SECONDS=60`. */
const RATE = 10_000;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 300);
const TICK_MS = 250;
const STREAMS = 4;
const GROUP = '/bench/orders';
const SERVICE = 'bench-orders';
const SEED = 7;
const MAX_MB = 512;
/** What is left is drained for so long at most. */
const DRAIN_SECONDS = 120;
const TIMER = fileURLToPath(new URL('./time-log-stream.ts', import.meta.url));

/** The function that reads the stream of log groups by itself, then 10,000 lines a second through the local cloud, from the subscription filter to the table. */
export async function logStreamRows(outDir: string): Promise<Row[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [TIMER]);
  const times = JSON.parse(stdout) as StreamTimes;
  return [
    {
      measure: `log stream: processor time of the function for 1,000 lines (${times.lines.toLocaleString('en')} lines in batches of 100 records, storing not included)`,
      goal: 'stated',
      measured: `${times.cpuMs.toFixed(1)} ms`,
      met: true,
    },
    {
      measure: 'log stream: peak memory of a process that handles these batches',
      goal: `${MAX_MB} MB`,
      measured: `${Math.round(times.peakMb)} MB`,
      met: times.peakMb <= MAX_MB,
    },
    ...(await withSampleStage(join(outDir, 'log-stream'), flood, configurationIn(outDir))),
  ];
}

/** The sample configuration with one log group more, which goes through the stream. */
function configurationIn(folder: string): string {
  const sample = JSON.parse(readFileSync(SAMPLE_CONFIGURATION, 'utf8')) as Record<string, unknown>;
  const logSubscriptions = [{ logGroup: GROUP, service: SERVICE, stream: true }];
  const file = join(folder, 'selfheal-log-stream.json');
  writeFileSync(file, JSON.stringify({ ...sample, logSubscriptions }));
  return file;
}

async function flood(stage: Stage): Promise<Row[]> {
  const token = await viewerToken(stage);
  const linesATick = (RATE * TICK_MS) / 1000;
  const made = madeLines('a web service', linesATick, SEED);
  const waiting: number[] = [];
  let sent = 0;
  const begin = Date.now();
  const ticks = (SECONDS * 1000) / TICK_MS;
  for (let tick = 0; tick < ticks; tick += 1) {
    const at = Date.now();
    const events = made.map((message, index) => ({
      at,
      stream: `task-${index % STREAMS}`,
      message: `${message} #${tick}`,
    }));
    await stage.runtime.putLogs(GROUP, events);
    sent += events.length;
    waiting.push(stage.runtime.waitingMessages());
    await sleep(Math.max(0, begin + (tick + 1) * TICK_MS - Date.now()));
  }
  const seconds = (Date.now() - begin) / 1000;
  const end = Date.now() + DRAIN_SECONDS * 1000;
  while (stage.runtime.waitingMessages() > 0 && Date.now() < end) await sleep(200);
  const kept = await keptLines(stage, token);
  const half = Math.floor(waiting.length / 2);
  const most = (all: readonly number[]) => Math.max(0, ...all);
  const [first, second] = [most(waiting.slice(0, half)), most(waiting.slice(half))];
  const what = `${Math.round(sent / seconds).toLocaleString('en')} lines a second for ${Math.round(seconds)} s through the local cloud`;
  return [
    {
      measure: `log stream: ${what}, lines lost of ${sent.toLocaleString('en')}`,
      goal: '0',
      measured: String(sent - kept),
      met: sent === kept,
    },
    {
      measure: `log stream: ${what}, records that waited at most, in the first half and in the second`,
      goal: 'not growing',
      measured: `${first}, ${second}`,
      met: second <= Math.max(2 * first, 2 * STREAMS),
    },
  ];
}

/** Lines that the function has counted into the table, as its metrics say. */
async function keptLines({ runtime }: Stage, token: string): Promise<number> {
  await sleep(1_000);
  const response = await fetch(`${runtime.endpoint}/api/logs/watched/${SERVICE}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { lines } = (await response.json()) as { readonly lines: number };
  return lines;
}
