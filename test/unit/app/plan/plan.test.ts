import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidatesFor } from '#shared/app/plan/context.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import { isIntact } from '#shared/domain/plan/bind-action.ts';
import { StepPlan } from '#shared/domain/workflow/steps.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { aDiagnosis, anActionOutcome, anActionRecord, anIncident, redactedText } from '#test/builders/index.ts';
import { anyText } from '../../any-text.ts';
import { aRemedyRig, type RemedyRig } from '../remedy-rig.ts';

const plan = ({ incident, deps }: RemedyRig, tried: string[] = []) =>
  makePlan({ incidentId: incident.id, tried, held: false }, deps);

describe('planning', () => {
  it('seals the best action, stores it, and says how to verify it', async () => {
    const rig = await aRemedyRig();
    const made = await plan(rig);
    expect(StepPlan.parse(made)).toMatchObject({
      decision: 'act',
      actionId: 'rerun-failed-jobs',
      family: 'github',
      verifyIntervalSeconds: 30,
      isLast: false,
      approvalSeconds: 14_400,
    });
    const action = await rig.deps.incidents.getPlan(rig.incident.id, made.digest as string);
    expect(action?.parameters).toEqual({ repository: 'acme/shop', runId: 1001, attempt: 1 });
    expect(action && isIntact(action)).toBe(true);
    expect(await rig.events()).toEqual(['plan.made']);
  });

  it.each([
    ['lambda', 'rollback-lambda-alias'],
    ['ecs', 'rollback-ecs-service'],
  ] as const)('finds the rollback of a %s deployment that raised an alarm', async (family, actionId) => {
    expect(await plan(await aRemedyRig({ family }))).toMatchObject({ decision: 'act', family, actionId });
  });

  it('asks for an approval when it is not sure enough, and seals that too', async () => {
    const made = await plan(await aRemedyRig({ confidence: 0.7 }));
    expect(made).toMatchObject({ decision: 'approve', digest: expect.any(String) });
  });

  it('[D198] asks for an approval of what failed lately, and hands over what failed again', async () => {
    const rig = await aRemedyRig();
    const failed = (incidentId: string) =>
      anActionOutcome({
        incidentId,
        class: rig.incident.classification?.class ?? 'unknown',
        scope: knowledgeScopeOf(rig.incident.target) ?? '',
        verified: 'failed',
        at: rig.deps.clock.now().toISOString(),
      });
    expect(await plan(rig)).toMatchObject({ decision: 'act' });
    await rig.deps.experience.addActionOutcome(failed('gh-1'));
    await rig.deps.experience.addActionOutcome(failed('gh-2'));
    const asked = {
      decision: 'approve',
      reasons: [expect.stringContaining('The action is 67 % likely to help'), expect.anything()],
    };
    expect(await plan(rig)).toMatchObject(asked);
    for (const id of ['gh-3', 'gh-4']) await rig.deps.experience.addActionOutcome(failed(id));
    expect(await plan(rig)).toMatchObject({ decision: 'suggest', digest: null });
  });

  it('seals nothing that is only suggested', async () => {
    const configure: Parameters<typeof aRemedyRig>[0] = {
      configure: (one) => ({ ...one, github: { ...one.github, defaultMode: 'suggest' } }),
    };
    expect(await plan(await aRemedyRig(configure))).toMatchObject({
      decision: 'suggest',
      digest: null,
      actionId: null,
    });
  });

  it('looks up how actions fared, and experiments, only where an action fits', async () => {
    const lookups = async (verdict: 'infrastructure' | 'regression') => {
      const { incident, deps } = await aRemedyRig();
      const { classification } = incident;
      if (classification === null) throw new Error('The rig has classified it.');
      await deps.incidents.update(incident.id, { classification: { ...classification, verdict } });
      const asked: string[] = [];
      const { experience } = deps;
      const made = await makePlan(
        { incidentId: incident.id, tried: [], held: false },
        {
          ...deps,
          experience: {
            ...experience,
            actionOutcomes: async (...given) => {
              asked.push('outcomes');
              return await experience.actionOutcomes(...given);
            },
            startedExperiments: async () => {
              asked.push('experiments');
              return await experience.startedExperiments();
            },
          },
        },
      );
      return [made.decision, asked];
    };
    expect(await lookups('infrastructure')).toEqual(['act', ['outcomes', 'experiments']]);
    expect(await lookups('regression')).toEqual(['suggest', []]);
  });

  it('writes the summary for lists where the incident goes on, and leaves it to the end where it ends here', async () => {
    const acting = await aRemedyRig();
    await plan(acting);
    expect((await acting.deps.incidents.get(acting.incident.id))?.summary).toBeTypeOf('string');
    const suggesting = await aRemedyRig({
      configure: (one) => ({ ...one, github: { ...one.github, defaultMode: 'suggest' } }),
    });
    await plan(suggesting);
    expect((await suggesting.deps.incidents.get(suggesting.incident.id))?.summary).toBeUndefined();
  });

  it('does not propose again what was tried, and does not tell it as if it were in place', async () => {
    const rig = await aRemedyRig({ family: 'lambda' });
    const receipt = { summary: redactedText('Pointed the alias back.'), at: '2026-11-21T12:00:00.000Z', facts: {} };
    const tried = anActionRecord({
      incidentId: rig.incident.id,
      actionId: 'rollback-lambda-alias',
      state: 'undone',
      receipt,
      verified: 'failed',
    });
    await rig.deps.incidents.intend(tried);
    const made = await plan(rig, ['rollback-lambda-alias']);
    expect(made).toMatchObject({ decision: 'escalate', digest: null });
    expect(made.reasons.join(' ')).not.toContain('Pointed the alias back.');
  });

  it('does nothing for an alarm that is OK again', async () => {
    const rig = await aRemedyRig({ family: 'lambda' });
    rig.state.alarm = { state: 'OK', since: '2026-11-21T12:00:00.000Z' };
    expect(await plan(rig)).toMatchObject({
      decision: 'recovered',
      reasons: ['The alarm is OK again since 2026-11-21T12:00:00.000Z.', 'Nothing was done.'],
    });
  });

  it.each(['human', 'rollback-everything'])('hands over when the model answers %j', async (choice) => {
    const rig = await aRemedyRig({ family: 'lambda' });
    await rig.deps.evidence.putDiagnosis(rig.incident.id, aDiagnosis({ source: 'model', choice }));
    expect(await plan(rig)).toMatchObject({ decision: 'escalate', digest: null });
  });

  it.each(['intended', 'done'] as const)(
    'continues a plan that a dead execution left %s, instead of making a new one',
    async (state) => {
      const rig = await aRemedyRig();
      const first = await plan(rig);
      const digest = first.digest as string;
      await rig.deps.incidents.intend(anActionRecord({ incidentId: rig.incident.id, digest, state }));
      rig.clock.advance(60_000);
      expect(await plan(rig)).toMatchObject({ decision: 'act', digest });
    },
  );

  it('asks a human when an earlier effect is in doubt', async () => {
    const rig = await aRemedyRig({ family: 'ecs' });
    await rig.deps.incidents.intend(anActionRecord({ incidentId: rig.incident.id, state: 'unknown' }));
    expect(await plan(rig)).toMatchObject({ decision: 'escalate', digest: null });
  });

  it.each([
    [
      'asks a human when a dead execution did not take back what had not helped',
      'rollback-lambda-alias',
      false,
      'escalate',
    ],
    ['goes on after what had not helped and was done by others', 'rollback-lambda-alias', true, 'act'],
    ['goes on after what had not helped and cannot be taken back', 'reboot-rds-instance', false, 'act'],
  ] as const)('%s', async (_what, actionId, byOthers, decision) => {
    const rig = await aRemedyRig({ family: 'ecs' });
    const receipt = { summary: redactedText('Done.'), at: '2026-11-21T12:30:00.000Z', facts: { byOthers } };
    const left = { incidentId: rig.incident.id, actionId, state: 'done', verified: 'failed', receipt } as const;
    await rig.deps.incidents.intend(anActionRecord(left));
    expect(await plan(rig)).toMatchObject({ decision });
  });

  it('[D225] stops at the maximum of actions of one incident', async () => {
    const rig = await aRemedyRig({
      configure: (one) => ({ ...one, policy: { ...one.policy, maxActionsPerIncident: 1 } }),
    });
    await rig.deps.incidents.intend(
      anActionRecord({ incidentId: rig.incident.id, actionId: 'another', state: 'done', verified: 'failed' }),
    );
    expect(await plan(rig)).toMatchObject({ decision: 'suggest', digest: null });
  });

  it('fails loudly without telemetry, diagnosis or class', async () => {
    const rig = await aRemedyRig({ incident: { classification: null } });
    await expect(plan(rig)).rejects.toThrow(CorruptRecord);
    await expect(makePlan({ incidentId: 'gh-nowhere', tried: [], held: false }, rig.deps)).rejects.toThrow(
      CorruptRecord,
    );
  });
});

describe('words of outsiders', () => {
  it('[D222] change neither candidates nor parameters: 1,000 random texts give the same bytes', async () => {
    const rig = await aRemedyRig();
    const { clock, incident, context, deps } = rig;
    const first = await plan(rig);
    const expected = JSON.stringify(await deps.incidents.getPlan(incident.id, first.digest as string));
    const listed = JSON.stringify(candidatesFor(context, ACTIONS));
    const texts = fc.record({ title: anyText(300), branch: anyText(300), reason: anyText(300), prose: anyText(300) });
    await fc.assert(
      fc.asyncProperty(texts, async ({ title, branch, reason, prose }) => {
        const attacked = await aRemedyRig({
          incident: anIncident({ ...incident, tainted: { title, branch, reason } }),
        });
        attacked.clock.set(clock.now());
        const diagnosis = aDiagnosis({ rootCause: `x${prose}`, fix: prose, prevention: prose });
        await attacked.deps.evidence.putDiagnosis(incident.id, diagnosis);
        const made = await plan(attacked);
        expect(made.reasons).toEqual(first.reasons);
        const action = await attacked.deps.incidents.getPlan(incident.id, made.digest as string);
        expect(JSON.stringify(action)).toBe(expected);
        expect(JSON.stringify(candidatesFor(attacked.context, ACTIONS))).toBe(listed);
      }),
      { numRuns: 1_000 },
    );
  });

  it('make a model answer anything, and still only a listed action is sealed', async () => {
    const { context } = await aRemedyRig();
    const allowed = candidatesFor(context, ACTIONS).map(({ parameters }) => JSON.stringify(parameters));
    const answers = fc.record({
      choice: fc.oneof(anyText(60), fc.constantFrom('human', ...ACTIONS.map(({ id }) => id), null)),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(answers, async (answer) => {
        const rig = await aRemedyRig();
        await rig.deps.evidence.putDiagnosis(rig.incident.id, aDiagnosis({ source: 'model', ...answer }));
        const { digest, decision } = await plan(rig);
        if (digest === null) {
          expect(['suggest', 'escalate']).toContain(decision);
          return;
        }
        const action = await rig.deps.incidents.getPlan(rig.incident.id, digest);
        expect(allowed).toContain(JSON.stringify(action?.parameters));
      }),
      { numRuns: 300 },
    );
  });
});
