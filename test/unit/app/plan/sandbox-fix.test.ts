import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { readAskingStory } from '#shared/app/notify/asked-plan.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { verify } from '#shared/app/remediate/verify.ts';
import { addSandbox, SANDBOX } from '#test/e2e/support/sandbox.ts';
import { aFixRig, effectsOf, type FixRig, type FixRigOptions, healWith, mortal, WHOLE } from '../fix-rig.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const WORKFLOW = 'selfheal-try.yml';
const aSandboxRig = (options: FixRigOptions = {}) =>
  aFixRig(world, { ...options, switches: { sandboxWorkflow: WORKFLOW } });
const DISPATCHED = ['github.workflow.dispatched'];
const written = () => world.github.branches('acme/shop').filter((name) => name.startsWith('autofix-'));

/** What the person is told who is asked for the branch, after what the plan says. */
async function toldOf({ deps, incident }: FixRig): Promise<string | null | undefined> {
  const [plan] = (await deps.incidents.auditTrail(incident.id))
    .filter(({ facts }) => facts.action === 'try-fix')
    .slice(-1);
  const at = deps.clock.now().toISOString();
  const place = { incidentId: incident.id, digest: String(plan?.facts.digest), requestedAt: at, expiresAt: at };
  return (await readAskingStory(place, deps)).asked.tried;
}

describe('a change that nobody approved', () => {
  it('runs in the sandbox alone, and the person who is asked for the branch is told that the tests pass', async () => {
    addSandbox(world, Date.now());
    const rig = await aSandboxRig();
    const { result, kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id, false));
    expect(result).toEqual(['sandbox-fix advanced', expect.stringMatching(/^approve: Nobody has read this code/)]);
    expect(kinds).toEqual(DISPATCHED);
    expect(written()).toEqual([]);
    const run = world.github.runs('acme/shop').at(-1);
    expect(run).toMatchObject({
      event: 'workflow_dispatch',
      branch: 'main',
      title: expect.stringMatching(/^Selfheal try [0-9a-f]{32}$/),
    });
    expect(await toldOf(rig)).toBe(
      `On commit ${rig.run.headSha.slice(0, 12)}: the tests passed with it (${world.url}/acme/shop/actions/runs/${run?.id}).`,
    );
  });

  it('with which the tests fail is told as such, and the person is still asked', async () => {
    addSandbox(world, Date.now());
    const rig = await aSandboxRig({
      code: WHOLE.replace('lines.reduce', 'lines.slice(0, 57).reduce').replace(
        'const sum',
        'const shown = lines.slice(0, 57);\n  const sum',
      ),
    });
    const { result } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id, false));
    expect(result).toEqual(['sandbox-fix advanced', expect.stringMatching(/^approve: /)]);
    expect(await toldOf(rig)).toMatch(/: the tests failed with it \(http/);
  });

  it('whose run does not end in time says nothing, and the person is told that', async () => {
    addSandbox(world, Date.now());
    const rig = await aSandboxRig();
    const { codeHost } = rig.deps;
    const findDispatchedRun: typeof codeHost.findDispatchedRun = async (...place) => {
      const run = await codeHost.findDispatchedRun(...place);
      return run === null ? null : { ...run, status: 'in_progress', conclusion: null };
    };
    const deps = { ...rig.deps, ports: { ...rig.deps.ports, codeHost: { ...codeHost, findDispatchedRun } } };
    const configuration = {
      ...deps.configuration,
      verification: { ...deps.configuration.verification, runMaxPolls: 3 },
    };
    const { result } = await effectsOf(world, () => healWith({ ...deps, configuration }, rig.incident.id, false));
    expect(result[0]).toBe('sandbox-fix failed');
    expect(await toldOf(rig)).toMatch(/so the result is unknown \(http/);
  });

  it('goes on as ever once it is approved', async () => {
    addSandbox(world, Date.now());
    const rig = await aSandboxRig();
    const { result } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id));
    expect(result.slice(0, 3)).toEqual(['sandbox-fix advanced', 'try-fix advanced', 'fix-pull-request advanced']);
  });

  it('whose run ended before the tests did says nothing, and the person is told that', async () => {
    addSandbox(world, Date.now());
    world.github.setDispatchedRuns(() => ({
      conclusion: 'failure',
      jobs: [
        {
          name: 'try',
          conclusion: 'failure',
          steps: [{ name: 'Prepare before the change is there', conclusion: 'failure' }],
        },
      ],
      archive: null,
    }));
    const rig = await aSandboxRig();
    const { result } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id, false));
    expect(result[0]).toBe('sandbox-fix failed');
    expect(await toldOf(rig)).toMatch(/before the tests did, so the result is unknown/);
  });

  it.each([
    [
      'that has a permission',
      SANDBOX.replace('permissions: {}', 'permissions: write-all'),
      /line 15: .*must have no permissions/,
    ],
    ['that is not there', null, /has no file \.github\/workflows\/selfheal-try\.yml/],
  ])('is not run by a workflow %s: the person is told why', async (_name, content, reason) => {
    if (content === null) world.github.addRepository('acme/shop', { private: false });
    else addSandbox(world, Date.now(), content);
    const rig = await aSandboxRig();
    const { result, kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id, false));
    expect(result).toEqual([expect.stringMatching(/^approve: /)]);
    expect(kinds).toEqual([]);
    expect(await toldOf(rig)).toMatch(/^It was not tested\. /);
    expect(await toldOf(rig)).toMatch(reason);
  });

  it('is not run when it is larger than GitHub accepts as an input', async () => {
    addSandbox(world, Date.now());
    const { deps, incident } = await aSandboxRig();
    const plan = await makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
    const place = { incidentId: incident.id, digest: plan.digest ?? '' };
    const { lease } = await guard(place, deps);
    const { evidence } = deps;
    const getFix: typeof evidence.getFix = async (...one) => {
      const fix = await evidence.getFix(...one);
      return fix === null ? null : { ...fix, diff: fix.diff.repeat(200) };
    };
    const large = { ...deps, ports: { ...deps.ports, fixes: { getFix } } };
    const { result, kinds } = await effectsOf(world, () => act({ ...place, lease: lease ?? '' }, large));
    expect(result).toMatchObject({
      state: 'refused',
      summary: expect.stringContaining('larger than GitHub accepts'),
    });
    expect(kinds).toEqual([]);
  });

  it('is not run where the repository is private', async () => {
    const rig = await aSandboxRig();
    const { kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id, false));
    expect(kinds).toEqual([]);
    expect(await toldOf(rig)).toMatch(/The repository is private/);
  });

  it('is not run where no workflow is named', async () => {
    addSandbox(world, Date.now());
    const rig = await aFixRig(world);
    const { kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id, false));
    expect(kinds).toEqual([]);
    expect(await toldOf(rig)).toBeNull();
  });

  it('is not run when the workflow was changed since it was planned, be it to another that is sound', async () => {
    addSandbox(world, Date.now());
    const { deps, incident } = await aSandboxRig();
    const plan = await makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
    const place = { incidentId: incident.id, digest: plan.digest ?? '' };
    const { lease } = await guard(place, deps);
    addSandbox(world, Date.now(), SANDBOX.replace('npm test', 'npm run all'), 0);
    const { result, kinds } = await effectsOf(world, () => act({ ...place, lease: lease ?? '' }, deps));
    expect(result).toMatchObject({
      state: 'refused',
      summary: expect.stringContaining('has changed since the plan was made'),
    });
    expect(kinds).toEqual([]);
  });

  it('whose workflow was changed in the second in which it was started does not count, whatever its run says', async () => {
    addSandbox(world, Date.now());
    const { deps, incident } = await aSandboxRig();
    const plan = await makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
    const place = { incidentId: incident.id, digest: plan.digest ?? '' };
    const { lease } = await guard(place, deps);
    await act({ ...place, lease: lease ?? '' }, deps);
    const { sha: headSha } = addSandbox(world, Date.now(), SANDBOX.replace('npm test', 'npm run all'), 0);
    Object.assign(world.github.runs('acme/shop').at(-1) ?? {}, { headSha });
    expect(await verify({ ...place, poll: 0 }, deps)).toMatchObject({
      state: 'failed',
      summary: expect.stringContaining('its run does not count'),
    });
  });

  it.each([
    ['incidents', 'intend', false],
    ['incidents', 'commitAction', true],
    ['codeHost', 'dispatchWorkflow', false],
    ['codeHost', 'dispatchWorkflow', true],
  ] as const)('is run once when the process dies at %s.%s (afterwards: %s)', async (port, method, after) => {
    addSandbox(world, Date.now());
    const rig = await aSandboxRig();
    const deps = { ...rig.deps, [port]: mortal(rig.deps[port], method, after) };
    if (port === 'codeHost') deps.ports = { ...deps.ports, codeHost: deps.codeHost };
    const { result, kinds } = await effectsOf(world, () => healWith(deps, rig.incident.id, false));
    expect(result[0]).toBe('sandbox-fix advanced');
    expect(kinds).toEqual(DISPATCHED);
  });

  it('is run once when the answer to the dispatch is lost', async () => {
    addSandbox(world, Date.now());
    const rig = await aSandboxRig();
    world.faults.inject('actions/create-workflow-dispatch', { kind: 'reset', when: 'after' });
    const { result, kinds } = await effectsOf(world, () => healWith(rig.deps, rig.incident.id, false));
    expect(result[0]).toBe('sandbox-fix advanced');
    expect(kinds).toEqual(DISPATCHED);
  });

  it('counts within the limits of an hour', async () => {
    addSandbox(world, Date.now());
    const rig = await aSandboxRig();
    const { policy } = rig.deps.configuration;
    const configuration = { ...rig.deps.configuration, policy: { ...policy, maxActionsPerHour: 0 } };
    const { result, kinds } = await effectsOf(world, () =>
      healWith({ ...rig.deps, configuration }, rig.incident.id, false),
    );
    expect(result).toEqual([expect.stringMatching(/^denied: /)]);
    expect(kinds).toEqual([]);
  });
});

it('leaves in the audit which workflow ran, by its Git object', async () => {
  addSandbox(world, Date.now());
  const rig = await aSandboxRig();
  await healWith(rig.deps, rig.incident.id, false);
  const trail = await rig.deps.incidents.auditTrail(rig.incident.id);
  expect(trail.find(({ event }) => event === 'action.advanced')?.facts).toMatchObject({
    action: 'sandbox-fix',
    workflow: WORKFLOW,
    workflowBlob: expect.stringMatching(/^[0-9a-f]{40}$/),
    tried: 'passed',
  });
});
