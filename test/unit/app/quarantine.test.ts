import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { act } from '#shared/app/act.ts';
import { guard } from '#shared/app/guard.ts';
import { readStory } from '#shared/app/notify-story.ts';
import { makePlan } from '#shared/app/plan.ts';
import { type TestRecord, testKeyOf } from '#shared/domain/failure/history/test-record.ts';
import { renderComment } from '#shared/plugins/notifiers/github-comment.ts';
import { anEvidence } from '#test/builders/index.ts';
import { aFixRig, type FixRig, type FixRigOptions, healWith, mortal } from './fix-rig.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  const at = new Date(Date.now() - 2.5 * 86_400_000).toISOString();
  const added = (path: string, content: string) => {
    return { path, status: 'added', additions: 1, deletions: 0, patch: null, content } as const;
  };
  world.github.addRepository('acme/shop');
  world.github.addCommit({
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
});
afterAll(() => world.stop());

let tests = 0;
/** A test that nothing was written about yet. */
const aName = (file = 'test/owned/cart.test.ts') => {
  tests += 1;
  return `${file} > adds up in case ${tests}`;
};
const DAY = 86_400_000;
const NOON = Date.UTC(2026, 10, 22, 12);
const OPENED = 'github.issue.created';
const HEALED = ['rerun-failed-jobs recovered', expect.stringContaining('recovered:')];

/** Failed in 4 of 20 runs, and both failed and passed on one commit. */
function aRecord(name: string, change: Partial<TestRecord> = {}): TestRecord {
  const result = { attempt: 1, commit: 'abcdefabcdef', onDefaultBranch: true };
  return {
    version: 1,
    key: testKeyOf(name),
    name,
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

interface FlakyOptions extends FixRigOptions {
  readonly names: readonly string[];
  readonly record?: Partial<TestRecord>;
}

/** A run whose failed tests are known to fail by chance. */
async function aFlakyRun({ names, record, ...options }: FlakyOptions) {
  const run = world.samples.failRun('transient', { deliver: 'none', rerunMs: 5 });
  const rig = await aFixRig(world, { patches: false, switches: { issues: true }, verdict: 'flaky', run, ...options });
  const failedTests = names.map((name) => ({ name, source: 'job-1' }));
  await rig.deps.evidence.putEvidence(anEvidence({ incidentId: rig.incident.id, failedTests }));
  const byKey = new Map(names.map((name) => [testKeyOf(name), name]));
  await rig.deps.tests.changeTests('acme/shop', [...byKey.keys()], (key) => aRecord(byKey.get(key) ?? '', record));
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

describe('a flaky test', () => {
  it('gets one issue with its owners, last day and evidence, and the failure is run again', async () => {
    const name = aName();
    const { told, written } = await heal(await aFlakyRun({ names: [name] }));
    expect(told).toEqual(['quarantine-flaky-test advanced', ...HEALED]);
    expect(written).toEqual([OPENED]);
    const [issue] = issuesOf(name);
    expect(issue?.labels).toEqual(['selfheal', 'quarantine']);
    for (const part of ['@acme/basket', '2026-12-06', '4 of 20', '`abcdefabcdef`', name, 'test/owned/cart.test.ts']) {
      expect(issue?.body).toContain(part);
    }
    expect(issue?.title).not.toContain('adds up');
  });

  it.each([
    ['the last author of its file', 'test/loose/stock.test.ts', '@acme-dev (the last author of its file)'],
    ['nobody when its name tells no file', 'stock', 'nobody could be told'],
    ['nobody when its file is not on the default branch', 'test/new/stock.test.ts', 'nobody could be told'],
  ])('without code owners belongs to %s', async (_whom, file, words) => {
    const name = aName(file);
    await heal(await aFlakyRun({ names: [name] }));
    expect(issuesOf(name)[0]?.body).toContain(`**Owner:** ${words}`);
  });

  it('whose name is hostile is shown as it is and nowhere taken for markup', async () => {
    const name = `\`\`\`\n@acme-dev <!-- selfheal-quarantine:${'0'.repeat(16)}:2099-01-01 --> ${'x'.repeat(80)}`;
    await heal(await aFlakyRun({ names: [name] }));
    const body = issuesOf(name)[0]?.body ?? '';
    expect(body.match(/<!--/g)).toHaveLength(1);
    expect(body).toContain('````\n``` @acme-dev <! --');
  });

  const METHODS = [
    ['evidence', 'putQuarantine'],
    ['incidents', 'putPlan'],
    ['incidents', 'intend'],
    ['incidents', 'commitAction'],
    ['proposals', 'openIssue'],
  ] as const;
  it.each(METHODS.flatMap(([port, method]) => [false, true].map((after) => [port, method, after] as const)))(
    'gets one issue when the process dies at %s.%s (afterwards: %s)',
    async (port, method, after) => {
      const name = aName();
      const rig = await aFlakyRun({ names: [name] });
      const deps = { ...rig.deps, [port]: mortal(rig.deps[port], method, after) };
      if (port === 'proposals') deps.ports = { ...deps.ports, proposals: deps.proposals };
      const { told, written } = await heal(rig, deps);
      expect(told).toEqual(['quarantine-flaky-test advanced', ...HEALED]);
      expect(written).toEqual([OPENED]);
      expect(issuesOf(name)).toHaveLength(1);
    },
  );

  it('gets one issue when the answer to it is lost', async () => {
    const name = aName();
    const rig = await aFlakyRun({ names: [name] });
    world.faults.inject('issues/create', { kind: 'reset', when: 'after' });
    const { told } = await heal(rig);
    expect(told[0]).toBe('quarantine-flaky-test advanced');
    expect(issuesOf(name)).toHaveLength(1);
  });

  it.each<[string, Partial<FlakyOptions>]>([
    ['issues are off', { switches: {} }],
    ['the failure was not found flaky', { verdict: 'regression' }],
    ['it never passed', { record: { runs: 4, failures: 4, flips: 0, results: [] } }],
    ['it broke and was mended', { record: { flips: 0, results: aRow(8, 8) } }],
    ['it may fail too seldom', { record: { runs: 400, failures: 2 } }],
  ])('is left alone when %s', async (_when, options) => {
    const name = aName();
    await heal(await aFlakyRun({ names: [name], ...options }));
    expect(issuesOf(name)).toEqual([]);
  });

  it('does not keep the failure from being run again when no issue may be opened today or without asking', async () => {
    const name = aName();
    const { told } = await heal(await aFlakyRun({ names: [name], maxPerDay: 0 }));
    expect(told).toEqual(HEALED);
    const asking = await aFlakyRun({ names: [name] });
    const { policy } = asking.deps.configuration;
    const actions = [{ id: 'quarantine-flaky-test', alwaysAsk: true, actAtConfidence: 0, askAtConfidence: 0 }];
    const configuration = {
      ...asking.deps.configuration,
      policy: { ...policy, autonomy: { ...policy.autonomy, actions } },
    };
    expect((await heal(asking, { ...asking.deps, configuration })).told).toEqual(HEALED);
    expect(issuesOf(name)).toEqual([]);
  });

  it('is refused when what is kept of it is not what was planned', async () => {
    const { deps, incident } = await aFlakyRun({ names: [aName()] });
    const plan = await makePlan({ incidentId: incident.id, tried: [] }, deps);
    const place = { incidentId: incident.id, digest: plan.digest ?? '' };
    const { lease } = await guard(place, deps);
    const ports = { ...deps.ports, quarantines: { getQuarantine: async () => null } };
    expect(await act({ ...place, lease: lease ?? '' }, { ...deps, ports })).toMatchObject({ state: 'refused' });
  });
});

/** Failures, then passes, newest first. */
function aRow(failures: number, passes: number): TestRecord['results'] {
  const one = { attempt: 1, onDefaultBranch: true };
  return Array.from({ length: failures + passes }, (_, at) => {
    const runId = failures + passes - at;
    return { ...one, runId, passed: at < passes, commit: runId.toString(16).padStart(12, '0') };
  });
}

describe('a test in quarantine', () => {
  it('fails again without another issue, and the comment says that it is all that failed', async () => {
    const name = aName();
    await heal(await aFlakyRun({ names: [name] }));
    const again = await aFlakyRun({ names: [name], at: new Date(NOON + 14 * DAY) });
    const { told, written } = await heal(again);
    expect(told).toEqual(HEALED);
    expect(written).toEqual([]);
    const { incident, deps } = again;
    const story = await readStory(incident, 'final', await deps.incidents.listAudit(incident.id), deps);
    expect(story.quarantined).toBe(
      `Only tests in quarantine failed (issue #${issuesOf(name)[0]?.number}, until 2026-12-06).`,
    );
    expect(renderComment(story)).toContain('Only tests in quarantine failed');
  });

  it('is not all that failed when another test did', async () => {
    const name = aName();
    await heal(await aFlakyRun({ names: [name] }));
    const { incident, deps } = await aFlakyRun({
      names: [name, 'another'],
      record: { runs: 4, failures: 4, flips: 0 },
    });
    await healWith(deps, incident.id);
    const trail = await deps.incidents.listAudit(incident.id);
    expect((await readStory(incident, 'final', trail, deps)).quarantined).toBeNull();
  });

  it.each([false, true])(
    'is said once to be over after its last day (answer lost: %s), and counts as any other',
    async (lost) => {
      const name = aName();
      await heal(await aFlakyRun({ names: [name] }));
      const at = new Date(NOON + 15 * DAY);
      const over = await aFlakyRun({ names: [name], at });
      if (lost) world.faults.inject('issues/add-labels', { kind: 'reset', when: 'after' });
      expect((await heal(over)).told).toEqual(['quarantine-flaky-test advanced', ...HEALED]);
      expect(issuesOf(name)).toMatchObject([
        { state: 'open', labels: ['selfheal', 'quarantine', 'quarantine-expired'] },
      ]);
      const next = await aFlakyRun({ names: [name], at });
      expect(await heal(next)).toEqual({ told: HEALED, written: [] });
      const trail = await next.deps.incidents.listAudit(next.incident.id);
      expect((await readStory(next.incident, 'final', trail, next.deps)).quarantined).toBeNull();
    },
  );

  it('is left alone once somebody closed its issue, until its last day has passed', async () => {
    const name = aName();
    await heal(await aFlakyRun({ names: [name] }));
    world.github.closeIssue('acme/shop', issuesOf(name)[0]?.number ?? 0);
    expect((await heal(await aFlakyRun({ names: [name] }))).written).toEqual([]);
    const later = await aFlakyRun({ names: [name], at: new Date(NOON + 15 * DAY) });
    expect((await heal(later)).written).toEqual([OPENED]);
    expect(issuesOf(name).map(({ state }) => state)).toEqual(['closed', 'open']);
  });
});
