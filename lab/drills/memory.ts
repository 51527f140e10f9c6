import { readFileSync } from 'node:fs';

const SAMPLE_MS = 100;

export interface MemoryWatch {
  /** Peak resident memory of all processes together, in bytes; 0 where `/proc` does not exist. */
  peakBytes(): number;
  stop(): void;
}

/** Samples the resident memory of processes of one program ten times a second. */
export function watchMemory(pids: () => readonly number[]): MemoryWatch {
  let peak = 0;
  const sample = () => {
    peak = Math.max(peak, residentBytes(pids()));
  };
  sample();
  const timer = setInterval(sample, SAMPLE_MS);
  return { peakBytes: () => peak, stop: () => clearInterval(timer) };
}

/** Resident memory in bytes: the private memory of each process, and once the files that they share (mostly Node itself). */
function residentBytes(pids: readonly number[]): number {
  const parts = pids.map(residentParts);
  return parts.reduce((sum, { own }) => sum + own, 0) + Math.max(0, ...parts.map(({ files }) => files));
}

/** `RssAnon`, `RssShmem` and `RssFile` of `/proc/<pid>/status` (proc(5)). */
function residentParts(pid: number): { own: number; files: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytesOf = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
    return { own: bytesOf('RssAnon') + bytesOf('RssShmem'), files: bytesOf('RssFile') };
  } catch {
    return { own: 0, files: 0 };
  }
}

const TICKS_PER_SECOND = 100;

/** Processor time of all threads of processes, in milliseconds: `utime` and `stime` of `/proc/<pid>/stat` (proc(5)); 0 where `/proc` does not exist. */
export function processorMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      // The second field is the program's name in parentheses, which may contain blanks.
      const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
      const [user, system] = after.split(' ').slice(11, 13).map(Number);
      return sum + (((user ?? 0) + (system ?? 0)) * 1000) / TICKS_PER_SECOND;
    } catch {
      return sum;
    }
  }, 0);
}
