import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { readAskingStory } from '#shared/app/notify/asked-plan.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { aFixRig, approve, effectsOf, type FixRig, healWith, mortal, WHOLE } from '../fix-rig.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const DONE = ['try-fix advanced', 'fix-pull-request advanced'];
const pullRequestsOf = ({ fingerprint }: FixRig) =>
  world.github.pullRequests('acme/shop').filter(({ body }) => body?.includes(`selfheal-fix:${fingerprint}:`));
const UNDISTURBED = ['github.branch.created', 'github.pull.created', 'github.labels.added'];

describe('a fix', () => {
  it('is on no branch and in no pull request until a person approved the change', async () => {
    const rig = await aFixRig(world);
    const { result, kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id, false));
    expect(result).toEqual([expect.stringMatching(/^approve: Nobody has read this code/)]);
    expect(kinds).toEqual([]);
    expect(world.github.branches('acme/shop').filter((name) => name.startsWith('autofix-'))).toEqual([]);
  });

  it('is denied by the guard without an approval, whatever the plan says', async () => {
    const rig = await aFixRig(world);
    const plan = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    const sealed = await rig.deps.incidents.getPlan(rig.incident.id, plan.digest ?? '');
    const { needsApproval: _asked, digest: _digest, ...content } = sealed as NonNullable<typeof sealed>;
    const forged = { ...content, digest: digestOf(canonicalJson(content)) } as NonNullable<typeof sealed>;
    await rig.deps.incidents.putPlan(forged);
    const { next, reasons } = await guard({ incidentId: rig.incident.id, digest: forged.digest }, rig.deps);
    expect(next).not.toBe('act');
    expect(reasons.join(' ')).toMatch(/Nobody approved this plan/);
  });

  it('is denied by the guard when it was switched off after a person approved it', async () => {
    const rig = await aFixRig(world);
    const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    await approve(rig.deps, rig.incident.id, digest ?? '');
    const { fixes } = rig.deps.configuration;
    const repositories = fixes.repositories.map((one) => ({ ...one, patches: false }));
    const configuration = { ...rig.deps.configuration, fixes: { ...fixes, repositories } };
    const { lease, reasons } = await guard(
      { incidentId: rig.incident.id, digest: digest ?? '' },
      { ...rig.deps, configuration },
    );
    expect(lease).toBeNull();
    expect(reasons.join(' ')).toContain('which is not what the incident is about');
  });

  it('asks with the line where its code does what the file did not do before', async () => {
    const code = WHOLE.replace('return Math', 'Object.getPrototypeOf(lines);\n  return Math');
    const rig = await aFixRig(world, { code });
    const plan = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    expect(plan).toMatchObject({
      decision: 'approve',
      reasons: [expect.stringContaining('In 2 places the code does'), expect.anything()],
    });
  });

  it.each(['eval(tier)', 'Number(process.env.DISCOUNT)'])('asks with the line where its code has %s', async (code) => {
    const rig = await aFixRig(world, { code: WHOLE.replace('discountFor(tier)', code) });
    const plan = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    expect(plan).toMatchObject({
      decision: 'approve',
      reasons: [expect.stringMatching(/In (?:one|2) place/), expect.anything()],
    });
    const at = rig.deps.clock.now().toISOString();
    const place = { incidentId: rig.incident.id, digest: plan.digest ?? '', requestedAt: at, expiresAt: at };
    const { change } = (await readAskingStory(place, rig.deps)).asked;
    expect(change?.looks[0]).toMatchObject({ path: 'src/cart.ts', line: 12 });
  });

  it('[C75] is code that a model wrote, tried on a branch first, and becomes a draft with labels when the failed jobs pass', async () => {
    const rig = await aFixRig(world);
    const { result, kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id));
    expect(result).toEqual([...DONE, expect.stringContaining('Opened draft pull request')]);
    expect(kinds).toEqual(UNDISTURBED);
    expect(pullRequestsOf(rig)).toMatchObject([
      { draft: true, labels: ['autofix-bot', 'needs-review'], base: rig.run.branch },
    ]);
  });

  const METHODS = [
    ['incidents', 'putPlan'],
    ['incidents', 'intend'],
    ['incidents', 'commitAction'],
    ['code', 'writeCommit'],
    ['code', 'createBranch'],
    ['proposals', 'openDraft'],
    ['proposals', 'addLabels'],
  ] as const;
  it.each(
    METHODS.flatMap(
      ([port, method]) =>
        [
          [port, method, false],
          [port, method, true],
        ] as const,
    ),
  )('is made once when the process dies at %s.%s (afterwards: %s)', async (port, method, after) => {
    const rig = await aFixRig(world);
    const deps = { ...rig.deps, [port]: mortal(rig.deps[port], method, after) };
    if (port !== 'incidents') deps.ports = { ...deps.ports, [port]: deps[port] };
    const { result, kinds } = await effectsOf(world, () => healWith(deps, rig.incident.id));
    expect(result.slice(0, 2)).toEqual(DONE);
    // Labels that are there already are no second effect.
    expect([...new Set(kinds)]).toEqual(UNDISTURBED);
    expect(kinds.filter((kind) => kind !== 'github.labels.added')).toEqual(UNDISTURBED.slice(0, 2));
    expect(pullRequestsOf(rig)).toHaveLength(1);
  });

  it.each(['git/create-tree', 'git/create-commit', 'git/create-ref', 'pulls/create', 'issues/add-labels'])(
    'is made once when the answer to %s is lost',
    async (operation) => {
      const rig = await aFixRig(world);
      world.faults.inject(operation, { kind: 'reset', when: 'after' });
      const { result, kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id));
      expect(result.slice(0, 2)).toEqual(DONE);
      expect(kinds.filter((kind) => kind !== 'github.labels.added')).toEqual(UNDISTURBED.slice(0, 2));
      expect(pullRequestsOf(rig)).toMatchObject([{ labels: ['autofix-bot', 'needs-review'] }]);
    },
  );

  it('[B105] leaves out what people closed before, and takes the next suggestion in its place', async () => {
    const code = WHOLE.replace('const sum', 'const total').replace('(sum *', '(total *');
    const first = await aFixRig(world, { code });
    expect(await healWith(first.deps, first.incident.id)).toEqual([...DONE, expect.any(String)]);
    world.github.closePullRequest('acme/shop', pullRequestsOf(first)[0]?.number ?? 0);
    const planOf = async (rig: FixRig) =>
      await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    const alone = await planOf(await aFixRig(world, { code }));
    expect(alone.reasons.join(' ')).toContain('The same patch was rejected before.');
    const { decision, actionId } = await planOf(await aFixRig(world, { code, otherCode: WHOLE }));
    expect({ decision, actionId }).toEqual({ decision: 'approve', actionId: 'try-fix' });
  });

  it('is refused when the patch that is kept is not the one that was planned', async () => {
    const rig = await aFixRig(world);
    const { incident, deps } = rig;
    const plan = await makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
    const place = { incidentId: incident.id, digest: plan.digest ?? '' };
    await approve(deps, incident.id, place.digest);
    const { lease } = await guard(place, deps);
    const fixes = { getFix: async () => null };
    const { result, kinds } = await effectsOf(world, () =>
      act({ ...place, lease: lease ?? '' }, { ...deps, ports: { ...deps.ports, fixes } }),
    );
    expect(result).toMatchObject({ state: 'refused', summary: expect.stringContaining('no longer stored') });
    expect(kinds).toEqual([]);
  });
});

describe('what keeps a change from being tried', () => {
  const untouched = async (rig: FixRig) => {
    const { result, kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id, false));
    expect(kinds).toEqual([]);
    return result.at(-1) ?? '';
  };

  it('fixes are off for the repository unless they are switched on', async () => {
    expect(await untouched(await aFixRig(world, { patches: false }))).toBe('suggest: No safe action fits.');
  });

  it('[B60] a model that is not sure enough: a person is asked, or decides', async () => {
    expect(await untouched(await aFixRig(world, { confidence: 0.65 }))).toMatch(/^approve: .*below 85 %/);
    expect(await untouched(await aFixRig(world, { confidence: 0.35 }))).toMatch(/^suggest: .*below 60 %/);
  });

  it.each([
    ['--- a/.github/workflows/ci.yml\n+++ b/.github/workflows/ci.yml\n@@ -1 +1 @@\n-on: push\n+on: pull\n', null],
    ['--- a/package.json\n+++ b/package.json\n@@ -1 +1 @@\n-{}\n+{"scripts":{}}\n', null],
    ['--- a/../x.ts\n+++ b/../x.ts\n@@ -1 +1 @@\n-a\n+b\n', null],
    ['export function nowhere(): void {}', 'src/cart.ts'],
    [WHOLE, 'src/missing.ts'],
    [WHOLE.replace('  const sum', '  // @ts-ignore\n  const sum'), 'src/cart.ts'],
  ])('the rules for patches, with the reason: %j', async (code, file) => {
    expect(await untouched(await aFixRig(world, { code, file }))).toMatch(/A proposed change was not tested: \S/);
  });

  it('the limit of a day', async () => {
    const first = await aFixRig(world, { maxPerDay: 0 });
    const { result, kinds } = await effectsOf(world, () => healWith(first.deps, first.incident.id));
    expect(kinds).toEqual([]);
    expect(result.at(-1)).toMatch(/denied: try-fix was used 0 times in this repository today/);
  });

  it('a run of a branch that is a fix itself', async () => {
    const run = world.samples.failRun('regression', {
      deliver: 'none',
      pullRequest: null,
      branch: 'autofix-20261122-120000',
    });
    expect(await untouched(await aFixRig(world, { run }))).toBe('suggest: No safe action fits.');
  });
});

describe('a fix that does not help', () => {
  it('leaves nothing behind when no run of the workflow shows what it does', async () => {
    world.github.setPushRuns(() => null);
    const rig = await aFixRig(world);
    const { result, kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id));
    expect(result).toEqual([
      'try-fix failed',
      expect.stringContaining('Deleted the branch'),
      expect.stringMatching(/^suggest: /),
    ]);
    expect(kinds).toEqual(['github.branch.created', 'github.branch.deleted']);
  });

  it('keeps a branch to which somebody else has committed', async () => {
    const rig = await aFixRig(world);
    const { branchHead } = rig.deps.code;
    const plan = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    expect(plan.actionId).toBe('try-fix');
    const code = {
      ...rig.deps.code,
      branchHead: async (...place: Parameters<typeof branchHead>) => {
        const head = await branchHead(...place);
        return head === null ? null : { ...head, message: 'Mine now' };
      },
    };
    const deps = { ...rig.deps, code, ports: { ...rig.deps.ports, code } };
    const { kinds } = await effectsOf(world, () => healWith(deps, rig.incident.id));
    expect(kinds).toEqual(['github.branch.created']);
  });
});
