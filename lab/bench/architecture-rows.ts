import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildCli } from '../../tools/build-cli.ts';
import type { Row } from './row.ts';

const ROOT = join(import.meta.dirname, '../..');
const GOAL_SECONDS = 20;
const GOAL_FILES = 2000;
const ROUNDS = 3;

/** The architecture scan of this repository by the packed command line, a process for each round. */
export async function architectureRows(outDir: string): Promise<Row[]> {
  const folder = join(outDir, 'cli-architecture');
  await buildCli(folder);
  const rounds = Array.from({ length: ROUNDS }, () => scanOnce(join(folder, 'selfheal.mjs'), join(outDir, 'scan')));
  const [first] = rounds;
  const seconds = rounds.map((round) => round.seconds).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  const { files = 0, imports = 0, cycles = Number.NaN } = first ?? {};
  return [
    {
      measure: `\`selfheal arch scan\` of this repository, ${files} files with ${imports} imports: median of ${ROUNDS}; circles of imports`,
      goal: `${GOAL_SECONDS} s for ${GOAL_FILES} files; 0`,
      measured: `${seconds.toFixed(1)} s; ${cycles}`,
      met: seconds <= (GOAL_SECONDS * files) / GOAL_FILES && cycles === 0,
    },
  ];
}

function scanOnce(entry: string, out: string): { seconds: number; files: number; imports: number; cycles: number } {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [entry, 'arch', 'scan', ROOT, '--json', '--out', out],
    {
      encoding: 'utf8',
      // An installed package has the parsers beside it.
      env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules') },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`selfheal arch scan ended with ${status}: ${stderr}`);
  const { modules, imports, cycles } = JSON.parse(stdout) as Record<'modules' | 'imports' | 'cycles', unknown[]>;
  return { seconds, files: modules.length, imports: imports.length, cycles: cycles.length };
}
