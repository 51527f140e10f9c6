import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidatesFor } from '#shared/app/plan/context.ts';
import { broken } from './attack/judge.ts';
import { play } from './attack/play.ts';
import { ACTION_IDS } from './attack/rig.ts';
import { ruleOf } from './attack/rules.ts';
import { outsiders, type Scene, scene } from './attack/scene.ts';
import type { Watched } from './attack/watch.ts';
import { fuzzOptions } from './seed.ts';

const { numRuns, seed } = fuzzOptions(500, 5);
/** So many incidents let every action act, whatever the seed. */
const ENOUGH_FOR_ALL = 5_000;
/** A machine that does much else needs its time. */
const TIMEOUT_MILLISECONDS = 120_000 + numRuns * 200;

describe('an attacker in place of the model', () => {
  it('meets every action of the registry: in a harmless scene each is planned and done', async () => {
    for (const actionId of ACTION_IDS) {
      const scene = actionId === 'fix-pull-request' ? 'try-fix' : actionId;
      const approval = ruleOf(scene).alwaysAsks === true ? ('approved' as const) : null;
      const one = { ...harmless(scene), suggestsSoundly: true, helps: true, approval };
      const watched = await play(one);
      expect(broken(one, watched), actionId).toEqual([]);
      const done = watched.plans.findIndex((plan) => plan.actionId === actionId) + 1;
      const names = watched.effects.filter(({ plan, step }) => step === 'act' && plan === done).map(({ name }) => name);
      expect(
        names.map((name) => name.replace(/autofix-.+/, 'autofix')),
        actionId,
      ).toEqual(ruleOf(actionId).does);
    }
  });

  it(
    '[D222] causes no effect but of the listed actions, and none outside policy, whatever happens beside it',
    async () => {
      const seen = { acted: 0, approved: 0, undone: 0, asked: 0, refused: 0 };
      const table = new Map(ACTION_IDS.map((id) => [id, { candidate: 0, acted: 0 }]));
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
          watched.plans.forEach(({ actionId }, index) => {
            const row = table.get(actionId ?? '');
            if (row === undefined) return;
            row.candidate += 1;
            row.acted += watched.effects.some(({ plan, step }) => step === 'act' && plan === index + 1) ? 1 : 0;
          });
        }),
        { numRuns, seed },
      );
      console.log(`attacker: ${numRuns} incidents, ${JSON.stringify(seen)}`);
      console.table(Object.fromEntries(table));
      if (numRuns >= ENOUGH_FOR_ALL) for (const [id, { acted }] of table) expect(acted, id).toBeGreaterThan(0);
      // A drill in which nothing happens proves nothing.
      expect(Math.min(...Object.values(seen))).toBeGreaterThan(numRuns / 500);
    },
    TIMEOUT_MILLISECONDS,
  );

  it(
    '[D222] changes no byte of what is listed and sealed, whatever outsiders and the model write',
    async () => {
      const expected = Object.fromEntries(
        await Promise.all(OF_FACTS.map(async (id) => [id, await listedAndSealed(harmless(id))] as const)),
      );
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...OF_FACTS), outsiders, async (id, words) => {
          const { listed, sealed } = await listedAndSealed({ ...harmless(id), outsiders: words, useModel: true });
          expect(expected[id]?.sealed).toContain(id);
          expect(listed).toBe(expected[id]?.listed);
          // A model may ask for a human instead; nothing else can come of it.
          expect([null, expected[id]?.sealed]).toContain(sealed);
        }),
        { numRuns, seed },
      );
    },
    TIMEOUT_MILLISECONDS,
  );
});

const VERDICTS = ['infrastructure', 'flaky', 'regression'] as const;
/** What is sealed is the patch that the model suggests, within the rules for patches: those have a drill of their own. */
const OF_THE_MODEL = ['sandbox-fix', 'try-fix', 'fix-pull-request'];
const OF_FACTS = ACTION_IDS.filter((id) => !OF_THE_MODEL.includes(id));

/** A scene in which everything is allowed and nothing happens beside it. */
function harmless(actionId: string): Scene {
  const limits = { maxActionsPerIncident: 3, maxActionsPerHour: 10, maxActionsPerTargetPerHour: 3, breakerFailures: 3 };
  return {
    actionId,
    mode: 'act',
    criticality: 'low',
    policy: {
      ...limits,
      actAtConfidence: 0.5,
      escalateBelowConfidence: 0.2,
      approvalRequiredRisks: [],
      freezeAfterMinutes: null,
      windowAfterMinutes: null,
      outsideChangeWindows: 'approve',
      askOnWeekends: [],
    },
    class: 'network_connectivity',
    verdict: VERDICTS.find((verdict) => ruleOf(actionId).verdicts?.includes(verdict) ?? true) ?? 'unknown',
    confidence: 0.95,
    useModel: false,
    outsiders: { tainted: { title: 'CI', branch: 'main', reason: null }, lines: ['read ECONNRESET'], answers: [] },
    suggestsSoundly: false,
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
  return { listed: JSON.stringify(candidatesFor(facts, deps.actions)), sealed: await sealedIn(watched) };
}

async function sealedIn({ deps, incidentId, plans: [first] }: Watched): Promise<string | null> {
  const plan = first?.digest == null ? null : await deps.incidents.getPlan(incidentId, first.digest);
  if (plan === null) return null;
  const { actionId, parameters, targetKey, description, risk } = plan;
  return JSON.stringify({ actionId, parameters, targetKey, description, risk });
}
