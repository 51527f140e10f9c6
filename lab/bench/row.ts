import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** One row of the table: a measurement and its goal. */
export interface Row {
  readonly measure: string;
  readonly goal: string;
  readonly measured: string;
  /** Null when it could not be measured on this machine. */
  readonly met: boolean | null;
}

export function renderRow({ measure, goal, measured, met }: Row): string {
  return `| ${measure} | ${goal} | ${measured} | ${met === null ? 'not measured' : met ? 'yes' : 'no'} |`;
}

/** Each rate is measured this often and the fastest counts, because other work on the machine only makes it slower. */
const ROUNDS = 5;

/** Units of work that one core does in a second, by the processor time that a job of `count` units takes. */
export function perSecond(count: number, job: () => void, rounds = ROUNDS): number {
  const seconds = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    job();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  });
  return count / Math.min(...seconds);
}

/** Bytes in use after a garbage collection. */
export function bytesInUse(): number {
  setFlagsFromString('--expose_gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
