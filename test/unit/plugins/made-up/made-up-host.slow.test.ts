import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '#shared/domain/incident/incident.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const HERE = 'test/unit/plugins/made-up/forge';
/** What the product is made of. */
const PRODUCT = [
  'shared',
  'infra',
  'functions',
  'statemachines',
  'events',
  'config',
  'tools',
  'apps',
  'packages',
  'docs',
];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'cdk.json', 'README.md', 'CHANGELOG.md'];

interface Played {
  readonly statuses: readonly number[];
  readonly incidents: readonly Pick<Incident, 'status' | 'target'>[];
  readonly again: readonly number[];
  readonly remarks: readonly { readonly proposal: number; readonly text: string; readonly edits: number }[];
  readonly unknown: readonly string[];
  readonly runs: readonly number[];
  readonly denials: readonly string[];
  readonly deadLetters: number;
}

let tree: string;
let played: Played;

/** A copy of the product with one folder and one line more, in which failed runs of that host are played. */
beforeAll(async () => {
  tree = mkdtempSync(join(tmpdir(), 'made-up-host-'));
  for (const name of [...PRODUCT, ...FILES, HERE])
    cpSync(join(ROOT, name), join(tree, name), { recursive: true, filter: (path) => !path.includes('/node_modules') });
  for (const name of ['CONTRIBUTING.md', 'SECURITY.md']) cpSync(join(ROOT, name), join(tree, name));
  linkPackages();
  const hosts = join(tree, 'shared/plugins/hosts');
  cpSync(join(ROOT, HERE, 'fake-forge'), join(hosts, 'fake-forge'), { recursive: true });
  const registry = readFileSync(join(hosts, 'registry.ts'), 'utf8');
  const added = registry.replace("registered('hosts', [", "registered('hosts', [fakeForge, ");
  expect(added).not.toBe(registry);
  writeFileSync(join(hosts, 'registry.ts'), `import { fakeForge } from './fake-forge/index.ts';\n${added}`);
  const { stdout } = await promisify(execFile)(process.execPath, [join(HERE, 'heal.ts')], {
    cwd: tree,
    maxBuffer: 64 * 1024 * 1024,
  });
  played = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Played;
}, 600_000);
afterAll(() => rmSync(tree, { recursive: true, force: true }));

/** Installed packages are shared; those of this repository are the copy's own. */
function linkPackages(): void {
  const installed = join(ROOT, 'node_modules');
  const own = join(tree, 'node_modules');
  mkdirSync(join(own, '@selfheal'), { recursive: true });
  for (const name of readdirSync(installed))
    if (name !== '@selfheal' && name !== '.cache') symlinkSync(join(installed, name), join(own, name));
  for (const name of readdirSync(join(installed, '@selfheal')))
    symlinkSync(join(tree, 'packages', name), join(own, '@selfheal', name));
}

const remarksOn = (proposal: number) => played.remarks.filter((remark) => remark.proposal === proposal);

describe('a code host in one folder and one line', () => {
  it('[B106] is heard, and nothing that it lacks stands in the way', () => {
    expect(played.statuses).toEqual([202, 202]);
    expect(played.incidents).toHaveLength(2);
    for (const { target } of played.incidents)
      expect(target).toMatchObject({ kind: 'run', host: 'fake-forge', repository: 'fake-forge:acme/shop' });
    expect([played.denials, played.deadLetters, played.unknown]).toEqual([[], 0, []]);
  });

  it('has the cause of a regression in one comment, and nothing is run again', () => {
    expect(played.incidents[0]?.status).toBe('suggested');
    expect(remarksOn(1)).toHaveLength(1);
    expect(remarksOn(1)[0]?.text).toMatch(/^#### Root Cause Analysis$/m);
    expect(remarksOn(1)[0]?.text).toMatch(/adds up \d+ lines before it rounds/);
    expect(played.again).not.toContain(played.runs[0]);
  });

  it('has a passing failure run again once, verified, and told in the same comment', () => {
    expect(played.incidents[1]?.status).toBe('resolved');
    expect(played.again).toEqual([played.runs[1]]);
    expect(remarksOn(2)).toHaveLength(1);
    expect(remarksOn(2)[0]?.edits).toBeGreaterThan(0);
    expect(remarksOn(2)[0]?.text).toContain(`Re-ran the failed jobs of run ${played.runs[1]} as attempt 2.`);
    expect(remarksOn(2)[0]?.text).toMatch(/Verified: it (recovered|passed)/);
  });
});
