import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { makeTemplateMiner } from '@selfheal/log-reading/templates/template-miner.ts';
import { KINDS_OF_LOGS, madeLines } from './made-lines.ts';
import type { Row } from './row.ts';

const LINES = 200_000;
/** Lines of the first pass: short, so that compilation counts. */
const COLD_LINES = 16_000;
const ROUNDS = 4;
const SEED = 1;
const WARM_GOAL = 500_000;
const COLD_GOAL = 200_000;
/**
 * Lines per second of Drain3 0.9 in Python, with masking, on the log of an OpenSSH server, as published in
 * github.com/SkyAPM/aiops-engine-for-skywalking, issue 9. Not measured here.
 */
const DRAIN3 = 14_411;

/** Lines per second of processor time, garbage collection included; other work on the machine does not count. */
function linesPerSecond(lines: readonly string[]): number {
  const miner = makeTemplateMiner();
  const before = process.cpuUsage();
  for (const line of lines) miner.add(line);
  const { user, system } = process.cpuUsage(before);
  return (lines.length / (user + system)) * 1e6;
}

/** The first pass in a new thread, whose code is not compiled yet. The lines are made outside of it: making them is compiled too. */
function firstPass(lines: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: lines });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function rowOf(measure: string, speed: number, goal: number): Row {
  return {
    measure,
    goal: goal.toLocaleString('en'),
    measured: `${Math.round(speed).toLocaleString('en')} (${(speed / DRAIN3).toFixed(1)} x what is published for Drain3 in Python)`,
    met: speed >= goal,
  };
}

/** Speed of template mining on generated logs: the first pass with code that is not compiled, and the best of four rounds, each with a new miner. */
export async function templateRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of KINDS_OF_LOGS) {
    const what = `generated lines of ${kind} (seed ${SEED}), lines per second on one core`;
    rows.push(
      rowOf(
        `templates of ${COLD_LINES.toLocaleString('en')} ${what}, first pass in a new thread`,
        await firstPass(madeLines(kind, COLD_LINES, SEED)),
        COLD_GOAL,
      ),
    );
    const lines = madeLines(kind, LINES, SEED);
    const best = Math.max(...Array.from({ length: ROUNDS }, () => linesPerSecond(lines)));
    rows.push(rowOf(`templates of ${LINES.toLocaleString('en')} ${what}`, best, WARM_GOAL));
  }
  return rows;
}

if (!isMainThread && Array.isArray(workerData)) parentPort?.postMessage(linesPerSecond(workerData));
