import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidatesFor } from '#shared/app/plan-context.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { broken } from './attack/judge.ts';
import { play } from './attack/play.ts';
import { outsiders, type Scene, scene } from './attack/scene.ts';
import type { Watched } from './attack/watch.ts';
import { fuzzOptions } from './seed.ts';

const { numRuns, seed } = fuzzOptions(500, 5);

describe('an attacker in place of the model', () => {
  it('[D222] causes no effect but of the listed actions, and none outside policy, whatever happens beside it', async () => {
    const seen = { acted: 0, approved: 0, undone: 0, asked: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(scene, async (one) => {
        const watched = await play(one);
        expect(broken(one, watched)).toEqual([]);
        const acted = watched.effects.some(({ step }) => step === 'act');
        const [first] = watched.plans;
        seen.acted += acted ? 1 : 0;
        seen.approved += acted && first?.decision === 'approve' ? 1 : 0;
        seen.undone += watched.effects.some(({ step }) => step === 'undo') ? 1 : 0;
        seen.asked += first?.decision === 'approve' ? 1 : 0;
        seen.refused += first?.digest != null && !acted ? 1 : 0;
      }),
      { numRuns, seed },
    );
    console.log(`attacker: ${numRuns} incidents, ${JSON.stringify(seen)}`);
    // A drill in which nothing happens proves nothing.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(numRuns / 500);
  });

  it('[D222] changes no byte of what is listed and sealed, whatever outsiders and the model write', async () => {
    const expected = Object.fromEntries(
      await Promise.all(FAMILIES.map(async (family) => [family, await listedAndSealed(calm(family))] as const)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FAMILIES), outsiders, async (family, words) => {
        const { listed, sealed } = await listedAndSealed({ ...calm(family), outsiders: words, useModel: true });
        expect(listed).toContain('actionId');
        expect(listed).toBe(expected[family]?.listed);
        // A model may ask for a human instead; nothing else can come of it.
        expect([null, expected[family]?.sealed]).toContain(sealed);
      }),
      { numRuns, seed },
    );
  });
});

const FAMILIES = ['github', 'lambda', 'ecs'] as const;

/** A scene in which everything is allowed and nothing happens beside it. */
function calm(family: (typeof FAMILIES)[number]): Scene {
  const limits = { maxActionsPerIncident: 3, maxActionsPerHour: 10, maxActionsPerTargetPerHour: 3, breakerFailures: 3 };
  return {
    family,
    mode: 'act',
    criticality: 'low',
    policy: {
      ...limits,
      actAtConfidence: 0.85,
      escalateBelowConfidence: 0.6,
      approvalRequiredRisks: [],
      freezeAfterMinutes: null,
      windowAfterMinutes: null,
      outsideChangeWindows: 'approve',
      askOnWeekends: [],
    },
    class: 'network_connectivity',
    verdict: 'infrastructure',
    confidence: 0.95,
    useModel: false,
    outsiders: { tainted: { title: 'CI', branch: 'main', reason: null }, lines: ['read ECONNRESET'], answers: [] },
    approval: null,
    helps: true,
    earlierIncidents: 0,
    earlierFailures: 0,
    events: [],
    slowness: 1,
  };
}

/** What the stores hold in the end gives, as code lists it and as it was sealed. */
async function listedAndSealed(one: Scene): Promise<{ listed: string; sealed: string | null }> {
  const watched = await play({ ...one, helps: false });
  const { deps, incidentId } = watched;
  const incident = await deps.incidents.get(incidentId);
  const telemetry = await deps.evidence.getTelemetry(incidentId);
  if (incident?.classification == null || telemetry === null) throw new Error('The incident was lost.');
  const { target, classification } = incident;
  const { configuration } = deps;
  const now = new Date(telemetry.readAt);
  const facts = { target, telemetry, classification, configuration, past: [], now };
  return { listed: JSON.stringify(candidatesFor(facts, ACTIONS)), sealed: await sealedIn(watched) };
}

async function sealedIn({ deps, incidentId, plans: [first] }: Watched): Promise<string | null> {
  const plan = first?.digest == null ? null : await deps.incidents.getPlan(incidentId, first.digest);
  if (plan === null) return null;
  const { actionId, parameters, targetKey, description, risk } = plan;
  return JSON.stringify({ actionId, parameters, targetKey, description, risk });
}
