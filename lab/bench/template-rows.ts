import { makeTemplateMiner } from '#shared/domain/templates/template-miner.ts';
import { KINDS_OF_LOGS, madeLines } from './made-lines.ts';
import type { Row } from './row.ts';

const LINES = 200_000;
const ROUNDS = 3;
const SEED = 1;
/**
 * Lines per second of Drain3 0.9 in Python, with masking, on the log of an OpenSSH server, as published in
 * github.com/SkyAPM/aiops-engine-for-skywalking, issue 9. Not measured here.
 */
const DRAIN3 = 14_411;
const TIMES = 10;

/** Lines per second of processor time, garbage collection included; other work on the machine does not count. */
function linesPerSecond(lines: readonly string[]): number {
  const miner = makeTemplateMiner();
  const before = process.cpuUsage();
  for (const line of lines) miner.add(line);
  const { user, system } = process.cpuUsage(before);
  return (lines.length / (user + system)) * 1e6;
}

/** Speed of template mining on generated logs; the best of three rounds, to leave out compilation and a cold cache. */
export async function templateRows(): Promise<Row[]> {
  return KINDS_OF_LOGS.map((kind) => {
    const lines = madeLines(kind, LINES, SEED);
    const best = Math.max(...Array.from({ length: ROUNDS }, () => linesPerSecond(lines)));
    return {
      measure: `templates of ${LINES.toLocaleString('en')} generated lines of ${kind} (seed ${SEED}), lines per second on one core`,
      goal: `${TIMES} x ${DRAIN3.toLocaleString('en')}, published for Drain3 in Python with masking`,
      measured: `${Math.round(best).toLocaleString('en')} (${(best / DRAIN3).toFixed(1)} x)`,
      met: best >= TIMES * DRAIN3,
    };
  });
}
