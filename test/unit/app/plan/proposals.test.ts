import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { aFixRig, effectsOf, type FixRigOptions, healWith } from '../fix-rig.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const passed = (runId: number) => ({ runId, attempt: 1, passed: true });
const HISTORY = { jobId: 501, sameCommit: [], defaultBranch: [passed(3), passed(2), passed(1)] };

/** The default branch fails since a pull request was merged. */
function aBrokenBranch(options: FixRigOptions & { readonly mergedAs?: string } = {}) {
  const run = world.samples.failRun('regression', { deliver: 'none', pullRequest: null });
  const { number } = world.github.addPullRequest('acme/shop', { branch: `feature-${run.runId}` });
  world.github.closePullRequest('acme/shop', number, true, options.mergedAs ?? run.run.headSha);
  return aFixRig(world, { patches: false, run, facts: { jobHistories: [HISTORY] }, ...options });
}

const REVERTED = ['github.branch.created', 'github.pull.created', 'github.labels.added'];

describe('a pull request that broke the default branch', () => {
  it('is taken back by a draft with exactly the files before it', async () => {
    const rig = await aBrokenBranch({ switches: { reverts: true } });
    const { result, kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id));
    expect(result[0]).toBe('revert-pull-request advanced');
    expect(kinds).toEqual(REVERTED);
    const draft = world.github.pullRequests('acme/shop').at(-1);
    expect(draft).toMatchObject({ draft: true, base: 'main', labels: ['autofix-bot', 'needs-review'] });
    const [parent] = (await rig.deps.code.branchHead('acme/shop', draft?.headBranch ?? ''))?.parents ?? [];
    expect(parent).toBe(rig.run.headSha);
    const before = (await rig.deps.code.branchHead('acme/shop', 'main'))?.parents[0] ?? '';
    const files = async (sha: string) => (await rig.deps.code.readTree('acme/shop', sha))?.entries;
    expect(await files(draft?.headSha ?? '')).toEqual(await files(before));
  });

  it.each(['git/create-ref', 'pulls/create'])('is taken back once when the answer to %s is lost', async (operation) => {
    const rig = await aBrokenBranch({ switches: { reverts: true } });
    world.faults.inject(operation, { kind: 'reset', when: 'after' });
    const { result, kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id));
    expect(result[0]).toBe('revert-pull-request advanced');
    expect(kinds).toEqual(REVERTED);
  });

  it.each([
    ['reverts are off', {}],
    ['the branch failed before it', { switches: { reverts: true }, facts: { jobHistories: [] } }],
    [
      'one of the three runs before failed',
      {
        switches: { reverts: true },
        facts: {
          jobHistories: [{ ...HISTORY, defaultBranch: [passed(3), { ...passed(2), passed: false }, passed(1)] }],
        },
      },
    ],
    [
      'the job passed on the same commit',
      { switches: { reverts: true }, facts: { jobHistories: [{ ...HISTORY, sameCommit: [passed(4)] }] } },
    ],
    ['another commit was what it was merged as', { switches: { reverts: true }, mergedAs: 'f'.repeat(40) }],
  ])('is left alone when %s', async (_when, options) => {
    const rig = await aBrokenBranch(options);
    const { kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id));
    expect(kinds).toEqual([]);
  });
});

describe('an issue', () => {
  it('is opened once for a failure of the default branch while it is open', async () => {
    const rig = await aBrokenBranch({ switches: { issues: true } });
    world.faults.inject('issues/create', { kind: 'reset', when: 'after' });
    const { result, kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id));
    expect(result[0]).toBe('open-issue advanced');
    expect(kinds).toEqual(['github.issue.created']);
    const issue = world.github.issues('acme/shop').at(-1);
    expect(issue?.body).toContain('unit tests');
    expect(issue?.labels).toEqual(['selfheal']);
    const again = await aBrokenBranch({ switches: { issues: true } });
    const { fingerprint } = rig;
    const same = { ...again.incident, classification: rig.incident.classification };
    expect(same.classification?.fingerprint).toBe(fingerprint);
    await again.deps.incidents.update(again.incident.id, { classification: same.classification }, { at: new Date() });
    expect((await effectsOf(world, () => healWith(again.deps, again.incident.id))).kinds).toEqual([]);
  });

  it('is not opened for a pull request, whose comment tells it', async () => {
    const rig = await aFixRig(world, { patches: false, switches: { issues: true } });
    expect((await effectsOf(world, () => healWith(rig.deps, rig.incident.id))).kinds).toEqual([]);
  });
});
