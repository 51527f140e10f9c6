import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSession } from '#apps/workbench/api/session.ts';
import { packCommandLine } from './measure-command.ts';
import type { Row } from './row.ts';
import { viewerToken, withSampleStage } from './sample-stage.ts';

const STARTS = 15;
const START_GOAL = 120;
const ONE_FILE_GOAL = 250;
const FILES = 100;
const FILES_GOAL = 2_000;
const LIST_GOAL = 250;

/** The packed command line as it is installed: a process each, from its start to its end. */
export async function cliRows(outDir: string): Promise<Row[]> {
  const folder = join(outDir, 'cli');
  const entry = await packCommandLine(folder);
  const time = (args: readonly string[], environment = {}) => timesOf(entry, args, { ...process.env, ...environment });
  const version = await time(['--version']);
  const help = await time(['analyze', '--help']);
  const logs = madeLogs(join(folder, 'logs'));
  const one = await time(['log', 'classify', ...logs.slice(0, 1)]);
  const many = await time(['log', 'classify', ...logs]);
  const list = await withLocalRuntime(folder, (environment) => time(['incident', 'list'], environment));
  return [
    {
      measure: 'the packed command line: `selfheal --version`, median and quickest of 15; `selfheal analyze --help`',
      goal: `${START_GOAL} ms; reported`,
      measured: `${figuresOf(version)}; ${middleOf(help)} ms`,
      met: middleOf(version) <= START_GOAL,
    },
    {
      measure: `\`selfheal log classify\` of a file of 1 KB, and of ${FILES} such files in one call: median and quickest`,
      goal: `${ONE_FILE_GOAL} ms; ${FILES_GOAL / 1000} s`,
      measured: `${figuresOf(one)}; ${figuresOf(many)}`,
      met: middleOf(one) <= ONE_FILE_GOAL && middleOf(many) <= FILES_GOAL,
    },
    {
      measure: '`selfheal incident list` against the local runtime, median and quickest',
      goal: `${LIST_GOAL} ms`,
      measured: figuresOf(list),
      met: middleOf(list) <= LIST_GOAL,
    },
  ];
}

/** Logs of 1 KB, each of another failure of the same kind. */
function madeLogs(folder: string): string[] {
  mkdirSync(folder);
  return Array.from({ length: FILES }, (_, at) => {
    const steps = Array.from(
      { length: 11 },
      (_, line) => `2026-11-24T12:00:${10 + line}.000Z  PASS  cart adds up ${line} items`,
    );
    const text = [
      ...steps,
      `2026-11-24T12:01:00.000Z  FAIL  cart rounds ${at} cents`,
      `2026-11-24T12:01:00.000Z  AssertionError: expected ${at + 1} to equal ${at}`,
      '2026-11-24T12:01:00.000Z      at test/cart.test.ts:22:9',
      '2026-11-24T12:01:01.000Z  npm error Lifecycle script `test` failed with error:',
      '2026-11-24T12:01:01.000Z  Error: Process completed with exit code 1.',
    ];
    const file = join(folder, `${at}.log`);
    writeFileSync(file, `${text.join('\n')}\n`);
    return file;
  });
}

/** Calls `measure` with the environment of somebody who is signed in to a local runtime with a few incidents. */
function withLocalRuntime<T>(
  folder: string,
  measure: (environment: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  return withSampleStage(folder, async (stage) => {
    await stage.world.samples.failRun('regression').delivered;
    const token = await viewerToken(stage);
    const environment = { SELFHEAL_CONFIG_DIR: join(folder, 'config') };
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { endpoint: url } = stage.runtime;
    await writeSession({ version: 1, url, token, refreshToken: null, expiresAt }, { environment });
    return await measure(environment);
  });
}

/** Milliseconds, ascending, after a first start that fills the caches. Throws when a start fails. */
async function timesOf(entry: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number[]> {
  const times: number[] = [];
  for (let start = 0; start <= STARTS; start++) {
    const began = performance.now();
    const child = spawn(process.execPath, [entry, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (piece: Buffer) => {
      said += piece;
    });
    const status = await new Promise((resolve) => child.once('exit', resolve));
    if (status !== 0) throw new Error(`selfheal ${args.slice(0, 2).join(' ')} ended with ${status}: ${said}`);
    if (start > 0) times.push(Math.round(performance.now() - began));
  }
  return times.sort((a, b) => a - b);
}

const middleOf = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
const figuresOf = (sorted: readonly number[]): string => `${middleOf(sorted)} and ${sorted[0]} ms`;
