import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildCli } from '../../tools/build-cli.ts';
import type { Row } from './row.ts';

const STARTS = 15;
const GOAL_MILLISECONDS = 120;

/** Start of the packed command line: a process each, from its start to its end. */
export async function cliRows(outDir: string): Promise<Row[]> {
  const folder = join(outDir, 'cli');
  await buildCli(folder);
  const version = timesOf(join(folder, 'selfheal.mjs'), '--version');
  const help = timesOf(join(folder, 'selfheal.mjs'), 'analyze', '--help');
  const median = middleOf(version);
  return [
    {
      measure: 'the packed command line: `selfheal --version`, median and quickest of 15; `selfheal analyze --help`',
      goal: `${GOAL_MILLISECONDS} ms; reported`,
      measured: `${median} and ${version[0]} ms; ${middleOf(help)} ms`,
      met: median <= GOAL_MILLISECONDS,
    },
  ];
}

/** Milliseconds, ascending. Throws when a start fails. */
function timesOf(entry: string, ...args: readonly string[]): number[] {
  const times = Array.from({ length: STARTS }, () => {
    const began = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [entry, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`selfheal ${args.join(' ')} ended with ${status}: ${stderr}`);
    return Math.round(performance.now() - began);
  });
  return times.sort((a, b) => a - b);
}

const middleOf = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
