import { redactDiagnosis } from '@selfheal/diagnosis/diagnosis/redact-diagnosis.ts';
import { CorruptRecord, InvalidInput, RateLimited, Refused, Retryable, Unreachable } from '@selfheal/kernel/errors.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { offerActions } from '#shared/app/plan/offer.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { aDiagnosis, anEvidence } from '#test/builders/index.ts';
import { aFixRig, type FixRig, type FixRigOptions } from '../fix-rig.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const passed = (runId: number) => ({ runId, attempt: 1, passed: true });
const HISTORY = { jobId: 501, sameCommit: [], defaultBranch: [passed(3), passed(2), passed(1)] };
const withModel = ({ deps }: FixRig) => ({
  ...deps,
  configuration: { ...deps.configuration, model: { provider: 'openai', modelId: 'a-model' } as never },
});

/** Every read of the run ends with this error. */
function unableToRead(rig: FixRig, error: Error) {
  const deps = withModel(rig);
  return { ...deps, codeHost: { ...deps.codeHost, getRun: async () => Promise.reject(error) } };
}

/** The default branch fails since a pull request was merged; the log says which import is missing. */
async function aBrokenBranch(options: FixRigOptions = {}) {
  const run = world.samples.failRun('regression', { deliver: 'none', pullRequest: null });
  const { number } = world.github.addPullRequest('acme/shop', { branch: `feature-${run.runId}` });
  world.github.closePullRequest('acme/shop', number, true, run.run.headSha);
  const rig = await aFixRig(world, { patches: true, run, facts: { jobHistories: [HISTORY] }, ...options });
  const texts = ['ReferenceError: path is not defined', '    at totalOf (src/cart.ts:9:3)'];
  await rig.deps.evidence.putEvidence({ ...anEvidence({ texts }), incidentId: rig.incident.id });
  return rig;
}

const offered = async (rig: FixRig) => (await rig.deps.evidence.getOffer(rig.incident.id))?.actions ?? null;

describe('what a model may choose from', () => {
  it('has the draft fix of a recipe and the revert in it, each in plain words', async () => {
    const rig = await aBrokenBranch({ switches: { reverts: true, issues: true } });
    await offerActions({ incidentId: rig.incident.id }, withModel(rig));
    expect(await offered(rig)).toEqual([
      expect.objectContaining({ label: 'try-fix', description: expect.stringMatching(/^Puts the proposed change/) }),
      expect.objectContaining({ label: 'revert-pull-request' }),
      expect.objectContaining({ label: 'open-issue' }),
    ]);
  });

  it('holds nothing that is switched off', async () => {
    const rig = await aBrokenBranch({ patches: false });
    await offerActions({ incidentId: rig.incident.id }, withModel(rig));
    expect(await offered(rig)).toEqual([]);
  });

  it('is not listed where no model is asked', async () => {
    const rig = await aBrokenBranch();
    await offerActions({ incidentId: rig.incident.id }, rig.deps);
    expect(await offered(rig)).toBeNull();
  });

  it.each([
    new Retryable('GitHub answered 500.'),
    new RateLimited('GitHub asks for a pause.'),
    new Unreachable('GitHub is gone.'),
  ])('is left out, and that is counted, when GitHub cannot be read: $message', async (error) => {
    const rig = await aBrokenBranch();
    await offerActions({ incidentId: rig.incident.id }, unableToRead(rig, error));
    expect(await offered(rig)).toBeNull();
    expect(rig.deps.meter.counts['offer-failed']).toBe(1);
  });

  it('is left out, and that is counted, when it may not be stored', async () => {
    const rig = await aBrokenBranch();
    const deps = withModel(rig);
    const evidence = { ...deps.evidence, putOffer: async () => Promise.reject(new Refused('AccessDenied')) };
    await offerActions({ incidentId: rig.incident.id }, { ...deps, evidence });
    expect(rig.deps.meter.counts['offer-failed']).toBe(1);
  });

  it.each([
    new TypeError('run.jobs is not iterable'),
    new CorruptRecord('The telemetry does not parse.'),
    new InvalidInput('acme is not a repository name.'),
  ])('is no place for an error that nobody expects: $message', async (error) => {
    const rig = await aBrokenBranch();
    await expect(offerActions({ incidentId: rig.incident.id }, unableToRead(rig, error))).rejects.toBe(error);
    expect(rig.deps.meter.counts['offer-failed']).toBeUndefined();
  });
});

describe("a model's pick", () => {
  const pick = async (rig: FixRig, choice: string) => {
    const diagnosis = aDiagnosis({ source: 'model', confidence: 0.85, choice });
    await rig.deps.evidence.putDiagnosis(rig.incident.id, redactDiagnosis(diagnosis));
    return await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  };

  it('is the action that it was shown', async () => {
    const rig = await aBrokenBranch({ switches: { reverts: true } });
    await offerActions({ incidentId: rig.incident.id }, withModel(rig));
    expect((await pick(rig, 'revert-pull-request')).actionId).toBe('revert-pull-request');
  });

  it('says nothing any more when it was offered and does not fit now: code ranks what is left', async () => {
    const rig = await aBrokenBranch({ switches: { reverts: true } });
    await offerActions({ incidentId: rig.incident.id }, withModel(rig));
    const { fixes } = rig.deps.configuration;
    const repositories = fixes.repositories.map((one) => ({ ...one, reverts: false }));
    const deps = { ...rig.deps, configuration: { ...rig.deps.configuration, fixes: { ...fixes, repositories } } };
    expect((await pick({ ...rig, deps }, 'revert-pull-request')).actionId).toBe('try-fix');
  });

  it('is not trusted when it was never offered', async () => {
    const rig = await aBrokenBranch();
    await offerActions({ incidentId: rig.incident.id }, withModel(rig));
    const plan = await pick(rig, 'drop-database');
    expect(plan).toMatchObject({ actionId: null, reasons: [expect.stringContaining('an action that is not listed')] });
  });
});
