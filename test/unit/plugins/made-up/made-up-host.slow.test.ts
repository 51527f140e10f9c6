import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { copyProduct } from './product-copy.ts';

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
const FILES = [
  'CONTRIBUTING.md',
  'SECURITY.md',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'cdk.json',
  'README.md',
  'CHANGELOG.md',
];

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

let product: ReturnType<typeof copyProduct>;
let played: Played;

/** A copy of the product with one folder and one line more, in which failed runs of that host are played. */
beforeAll(async () => {
  product = copyProduct([...PRODUCT, ...FILES, HERE]);
  const hosts = 'shared/plugins/hosts';
  cpSync(join(ROOT, HERE, 'fake-forge'), join(product.tree, hosts, 'fake-forge'), { recursive: true });
  product.insert(`${hosts}/registry.ts`, "registered('hosts', [", 'fakeForge, ');
  product.insert(`${hosts}/registry.ts`, '', "import { fakeForge } from './fake-forge/index.ts';\n");
  const { stdout } = await promisify(execFile)(process.execPath, [join(HERE, 'heal.ts')], {
    cwd: product.tree,
    maxBuffer: 64 * 1024 * 1024,
  });
  played = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Played;
}, 600_000);
afterAll(() => product?.remove());

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
