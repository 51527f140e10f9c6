import { readFileSync } from 'node:fs';

const SAMPLE_MS = 100;

export interface MemoryWatch {
  /** Most resident memory of the processes together so far, in bytes; 0 where `/proc` does not exist. */
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

/** What each has of its own, and once the files that they share, which is above all Node itself. */
export function residentBytes(pids: readonly number[]): number {
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
