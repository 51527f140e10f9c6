import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingLine, readSteps, type Step, type Values, withValues } from './support/tutorial-page.ts';
import { until } from './support/until.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/guide/tutorial.md'), 'utf8');

let home: string;
let background: { process: ChildProcess; output: string }[] = [];

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'selfheal-tutorial-'));
});
afterAll(async () => {
  for (const { process: child } of background) {
    if (child.exitCode !== null || child.pid === undefined) continue;
    const ended = once(child, 'exit');
    // The whole group: npm does not always pass a signal on.
    process.kill(-child.pid, 'SIGTERM');
    await ended;
  }
  rmSync(home, { recursive: true });
});

function shell(command: string, detached: boolean): ChildProcess {
  // The packages of this checkout first, as in every npm script; what was exported in a block before stays exported.
  const env = { ...process.env, XDG_CONFIG_HOME: home, HOME: process.env.HOME ?? home, NO_COLOR: '1' };
  const file = join(home, 'environment');
  const script = `exec 2>&1\nif [ -f ${file} ]; then . ${file}; fi\n${command}\ncode=$?; export -p > ${file}; exit $code`;
  return spawn('bash', ['-c', script], { cwd: ROOT, env, detached, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What a person sees. Ends with the command. */
async function run(command: string): Promise<string> {
  const child = shell(command, false);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => (output += piece));
  await once(child, 'close');
  return output;
}

async function play(step: Step, values: Values): Promise<void> {
  const command = withValues(step.command, values);
  if (!step.background) {
    const output = await run(command);
    const missing = missingLine(step.expected, output, values);
    expect(missing, `line ${step.line}, ${command}\n${output}`).toBeNull();
    return;
  }
  const one = { process: shell(command, true), output: '' };
  background = [...background, one];
  for (const stream of [one.process.stdout, one.process.stderr])
    stream?.on('data', (piece: Buffer) => (one.output += piece));
  const isThere = () =>
    one.process.exitCode !== null || missingLine(step.expected, one.output, new Map(values)) === null;
  await until(`what line ${step.line} promises`, isThere, 300).catch(() => undefined);
  expect(missingLine(step.expected, one.output, values), `line ${step.line}, ${command}\n${one.output}`).toBeNull();
}

describe('the tutorial', () => {
  const values: Values = new Map();

  it('[D244] has eight steps, and each command prints what the page says', async () => {
    expect(PAGE.match(/^## \d\. /gm)).toHaveLength(8);
    const steps = readSteps(PAGE);
    expect(steps.length).toBeGreaterThan(15);
    for (const step of steps) await play(step, values);
    expect([...values.keys()]).toEqual(expect.arrayContaining(['port', 'password', 'incident', 'digest', 'pattern']));
  });

  it('[D244] [D238] is served by one command at one address: API with its reference, dashboard and guide', async () => {
    const page = { headers: { accept: 'text/html' } };
    const address = `http://127.0.0.1:${values.get('port')}`;
    expect(await (await fetch(`${address}/`, page)).text()).toContain('<title>Selfheal</title>');
    for (const name of ['tutorial', 'environment', 'api'])
      expect(await (await fetch(`${address}/guide/${name}.html`, page)).text()).toContain('<h1 id="');
    for (const path of ['health', 'docs', 'openapi.json'])
      expect((await fetch(`${address}/api/${path}`)).status).toBe(200);
  });
});
