import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Assembly } from '#apps/local/assembly.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SAMPLE = join(ROOT, 'apps/local/sample/selfheal.json');
const BUILD = `
import { prepareAssembly } from '#apps/local/assembly.ts';
const [configurationFile, outDir] = process.argv.slice(-2);
const steps = [];
const assembly = await prepareAssembly(
  { configurationFile, outDir, context: { emails: 'on-call@example.com' } },
  (step) => steps.push(step),
);
console.log(JSON.stringify({ ...assembly, steps }));
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-assembly-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Prepares an assembly as one start does: in a process of its own. */
function start(configurationFile: string): Promise<Assembly & { readonly steps: readonly string[] }> {
  const argv = ['--input-type=module', '--eval', BUILD, configurationFile, join(folder, 'local')];
  const child = spawn(process.execPath, argv, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => (code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`exit code ${code}`))));
  });
}

it('builds once for two starts at the same time, and another configuration shares the code but leaves a running start as it is', async () => {
  const [one, two] = await Promise.all([start(SAMPLE), start(SAMPLE)]);
  expect(one.assemblyDir).toBe(two.assemblyDir);
  expect([one.reused, two.reused].sort()).toEqual([false, true]);
  const before = readdirSync(one.assemblyDir, { recursive: true }).sort();
  expect(before.filter((path) => String(path).endsWith('index.mjs')).length).toBeGreaterThan(20);

  const changed = join(folder, 'selfheal.json');
  const sample = JSON.parse(readFileSync(SAMPLE, 'utf8'));
  writeFileSync(changed, JSON.stringify({ ...sample, policy: { ...sample.policy, flapWindowMinutes: 7 } }));
  const other = await start(changed);
  expect(other).toMatchObject({ reused: false });
  expect(other.steps).toContain('synthesizing the template');
  expect(other.steps.filter((step) => step.startsWith('bundling'))).toEqual([]);
  expect(existsSync(other.assemblyDir)).toBe(true);
  expect(readdirSync(one.assemblyDir, { recursive: true }).sort()).toEqual(before);
}, 1_200_000);
