import { spawn } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCli } from '../../tools/build-cli.ts';

const ROOT = join(import.meta.dirname, '../..');

/** How a command went. */
export interface CommandReading {
  readonly seconds: number;
  /** Peak resident memory; NaN where it cannot be read (only Linux tells). */
  readonly peakBytes: number;
  readonly exitCode: number | null;
}

/** Peak resident memory of a running process in bytes (`VmHWM`, Linux only); NaN elsewhere and after it ended. */
function peakBytesOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  } catch {
    return Number.NaN;
  }
}

/** Runs the command line in a process of its own, from its sources or from the bundle `entry`. Its output is thrown away. */
export async function measureCommand(
  args: readonly string[],
  entry = join(ROOT, 'apps/cli/main.ts'),
): Promise<CommandReading> {
  const started = performance.now();
  const child = spawn(process.execPath, [entry, ...args], { cwd: ROOT, stdio: 'ignore' });
  let peakBytes = Number.NaN;
  const watch = setInterval(() => {
    const now = peakBytesOf(child.pid);
    if (!Number.isNaN(now)) peakBytes = now;
  }, 100);
  const exitCode = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearInterval(watch);
  return { seconds: (performance.now() - started) / 1000, peakBytes, exitCode };
}

/** Packs the command line into `folder` as it is installed, and returns its entry. */
export async function packCommandLine(folder: string): Promise<string> {
  await buildCli(join(folder, 'dist/cli'));
  const entry = join(folder, 'apps/cli/selfheal.mjs');
  cpSync(join(ROOT, 'apps/cli/selfheal.mjs'), entry);
  return entry;
}
