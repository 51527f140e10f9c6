import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Row } from './row.ts';

const ROOT = join(import.meta.dirname, '../..');
/** The line that reports an incident as healed in `npm start`. */
const HEALED = /^\s*✔/;

/** Measures a fresh clone: installation, first healed incident, second start, readiness of the runtime. */
export async function startRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-clone-'));
  try {
    const clone = spawnSync('git', ['clone', '-q', ROOT, folder], { stdio: 'inherit' });
    if (clone.status !== 0) throw new Error('The repository could not be cloned.');
    const began = performance.now();
    await run(folder, ['ci']);
    const installed = seconds(began);
    const first = await run(folder, ['start', '--', '--once']);
    const second = await run(folder, ['start', '--', '--once']);
    const healedAfter = installed + first.healedAt;
    return [
      {
        measure: "`npm ci` to first healed incident, cold caches apart from npm's",
        goal: '60 s',
        measured: `${healedAfter.toFixed(1)} s, of it \`npm ci\` ${installed.toFixed(1)} s`,
        met: healedAfter <= 60,
      },
      {
        measure: '`npm start -- --once`, second time',
        goal: '10 s',
        measured: `${second.seconds.toFixed(1)} s`,
        met: second.seconds <= 10,
      },
      {
        measure: 'runtime ready after synth',
        goal: '1.5 s',
        measured: `${second.readySeconds.toFixed(2)} s`,
        met: second.readySeconds <= 1.5,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface RunFacts {
  readonly seconds: number;
  readonly healedAt: number;
  readonly readySeconds: number;
}

/** Runs npm in the clone. Times are in seconds since its start. Throws when npm fails. */
async function run(cwd: string, args: readonly string[]): Promise<RunFacts> {
  const began = performance.now();
  const child = spawn('npm', args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const facts = { healedAt: Number.NaN, readySeconds: Number.NaN };
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    if (Number.isNaN(facts.healedAt) && HEALED.test(line)) facts.healedAt = seconds(began);
    const ready = /ready in ([\d.]+) s/.exec(line)?.[1];
    if (ready !== undefined) facts.readySeconds = Number(ready);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`\`npm ${args.join(' ')}\` failed in a fresh clone with exit code ${code}.`);
  return { ...facts, seconds: seconds(began) };
}

const seconds = (since: number): number => (performance.now() - since) / 1000;
