import { type TestRecord, testKeyOf } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { anEvidence, redactedText } from '#test/builders/index.ts';
import { aFixRig, type FixRig, type FixRigOptions, healWith } from './fix-rig.ts';

export const DAY = 86_400_000;
export const NOON = Date.UTC(2026, 10, 22, 12);
/** What the local GitHub notes when an issue is opened. */
export const OPENED = 'github.issue.created';

let tests = 0;
/** The name of a test that nothing was written about yet. */
export function aName(file = 'test/owned/cart.test.ts'): string {
  tests += 1;
  return `${file} > adds up in case ${tests}`;
}

/** Failed in 4 of 20 runs, and both failed and passed on one commit. */
function aRecord(name: string, change: Partial<TestRecord> = {}): TestRecord {
  const result = { attempt: 1, commit: 'abcdefabcdef', onDefaultBranch: true };
  return {
    version: 1,
    key: testKeyOf(name),
    name: redactedText(name),
    runs: 20,
    failures: 4,
    flips: 1,
    firstAt: '2026-11-01T00:00:00.000Z',
    lastAt: '2026-11-20T00:00:00.000Z',
    results: [
      { ...result, runId: 9, passed: true },
      { ...result, runId: 8, passed: false },
    ],
    ...change,
  };
}

export interface FlakyOptions extends FixRigOptions {
  readonly names: readonly string[];
  readonly record?: Partial<TestRecord>;
}

/** The local GitHub with the shop, whose files have owners, some of them. */
export async function startFlakyShop() {
  const world = await startWorld();
  addOwners(world);
  /** A run whose failed tests are known to fail by chance. */
  async function aFlakyRun({ names, record, ...options }: FlakyOptions) {
    const run = world.samples.failRun('transient', { deliver: 'none', rerunMs: 5 });
    const rig = await aFixRig(world, { patches: false, switches: { issues: true }, verdict: 'flaky', run, ...options });
    const failedTests = names.map((name) => ({ name, source: 'job-1' }));
    await rig.deps.evidence.putEvidence(anEvidence({ incidentId: rig.incident.id, failedTests }));
    const byKey = new Map(names.map((name) => [testKeyOf(name), name]));
    await rig.deps.tests.changeTests('4711:acme/shop', [...byKey.keys()], (key) =>
      aRecord(byKey.get(key) ?? '', record),
    );
    return rig;
  }

  const issuesOf = (name: string) =>
    world.github.issues('acme/shop').filter(({ body }) => body?.includes(`selfheal-quarantine:${testKeyOf(name)}:`));

  async function heal(rig: FixRig, deps: FixRig['deps'] = rig.deps) {
    const before = world.journal.entries().length;
    const told = await healWith(deps, rig.incident.id);
    const entries = world.journal.entries().slice(before);
    return { told, written: entries.map(({ kind }) => kind).filter((kind) => /issue|labels/.test(kind)) };
  }
  return { world, aFlakyRun, issuesOf, heal, stop: () => world.stop() };
}
export type FlakyShop = Awaited<ReturnType<typeof startFlakyShop>>;

function addOwners({ github }: World): void {
  const at = new Date(Date.now() - 2.5 * 86_400_000).toISOString();
  const added = (path: string, content: string) => {
    return { path, status: 'added', additions: 1, deletions: 0, patch: null, content } as const;
  };
  github.addRepository('acme/shop');
  github.addCommit({
    repository: 'acme/shop',
    sha: 'c0de'.repeat(10),
    message: 'Say who owns what',
    author: 'acme-dev',
    at,
    pullRequest: null,
    files: [
      added('.github/CODEOWNERS', '/test/owned/ @acme/basket somebody@acme.example\n'),
      added('test/owned/cart.test.ts', ''),
      added('test/loose/stock.test.ts', ''),
    ],
  });
}
