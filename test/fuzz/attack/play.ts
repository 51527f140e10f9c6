import { parseSignatures } from '@selfheal/diagnosis/failure/signatures.ts';
import { type AnalyzeDeps, analyze } from '#shared/app/analyze/analyze.ts';
import { requestApproval } from '#shared/app/approve/request.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { undo } from '#shared/app/remediate/undo.ts';
import { verify } from '#shared/app/remediate/verify.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import { breakerScopeOf } from '#shared/domain/policy/guard-rules.ts';
import { makeDiagnosisModel } from '#shared/plugins/llm/protocol/ask-for-diagnosis.ts';
import { aClassification, aConfiguration, anEvidence, aPastIncident } from '#test/builders/index.ts';
import {
  fakeModelClient,
  fakeServiceLogs,
  makeMemoryKnowledgeStore,
  makeMemoryStatsStore,
  makeMemoryTestStore,
  scripted,
} from '#test/fakes/index.ts';
import { allowing } from './playbook-world.ts';
import { type AttackRig, anAttackRig, FLAKY_TEST, SOUND_FIX } from './rig.ts';
import type { Scene } from './scene.ts';
import { type Watched, watch } from './watch.ts';

const MINUTE = 60_000;
const MODEL = 'a.model-v1:0';

async function aStage(scene: Scene) {
  const { freezeAfterMinutes, windowAfterMinutes, outsideChangeWindows, askOnWeekends, ...policy } = scene.policy;
  const start = Date.parse('2026-11-21T12:00:00.000Z');
  const from = freezeAfterMinutes === null ? null : start + freezeAfterMinutes * MINUTE;
  const freezes =
    from === null
      ? []
      : [{ from: new Date(from).toISOString(), to: new Date(from + 60 * MINUTE).toISOString(), reason: 'sale' }];
  const circumstances = {
    changeWindows: windowAfterMinutes === null ? [] : [hourFrom(start + windowAfterMinutes * MINUTE)],
    outsideChangeWindows,
    riskierFromIncidentsInDay: 10,
    askDuring: askOnWeekends.length === 0 ? [] : [{ risks: askOnWeekends, during: ['weekend' as const] }],
  };
  const { http, playbooks, allowed } = allowing(scene.actionId);
  const model = { provider: 'bedrock' as const, modelId: MODEL, maxTokensPerIncident: 90_000, maxTokensPerDay: 90_000 };
  const rig = await anAttackRig(scene.actionId, {
    incident: {
      tainted: scene.outsiders.tainted,
      classification: aClassification({ class: scene.class, verdict: scene.verdict, confidence: scene.confidence }),
    },
    configure: ({ services, fixes }) =>
      aConfiguration({
        github: { defaultMode: scene.mode },
        fixes,
        http,
        playbooks,
        services: services.map((one) => ({
          ...one,
          ...(allowed.length > 0 ? { deployment: null, playbooks: allowed } : {}),
          mode: scene.mode,
          criticality: scene.criticality,
        })),
        model,
        policy: { ...policy, freezes, circumstances },
        verification: { runMaxPolls: 2, alarmMaxPolls: 2, alarmOkPolls: 1 },
      }),
  });
  await rememberOthers(rig, scene.earlierIncidents);
  return { ...rig, frozen: from === null ? [] : [{ from, to: from + 60 * MINUTE }] };
}

function hourFrom(at: number) {
  const time = (instant: number): string => new Date(instant).toISOString().slice(11, 16);
  return { days: ['sat' as const], from: time(at), to: time(at + 60 * MINUTE) };
}

async function rememberOthers({ deps, incident, clock }: AttackRig, count: number): Promise<void> {
  const scope = knowledgeScopeOf(incident.target);
  for (let nth = 0; scope !== null && nth < count; nth++) {
    const id = `other-${nth}`.padEnd(10, '-');
    await deps.knowledge.remember(aPastIncident({ id, endedAt: clock.now().toISOString() }), scope);
  }
}
type Stage = Awaited<ReturnType<typeof aStage>>;

/** The real conversation with a model that answers as the attacker likes, over and over. */
function analysisDeps({ outsiders: { answers } }: Scene, { deps }: Stage): AnalyzeDeps {
  const knowledge = makeMemoryKnowledgeStore();
  let turn = 0;
  const client = fakeModelClient({ call: async () => structuredClone(answers[turn++ % answers.length]!) });
  const settings = { modelId: MODEL, modelIdOf: {}, timeoutSeconds: 60, maxOutputTokens: 500, maxTurns: 4 };
  const prompts = { base: 'Diagnose.', ofFamily: {} };
  return {
    ...deps,
    recall: makeLocalRecall(knowledge, []),
    stats: makeMemoryStatsStore(),
    tests: makeMemoryTestStore(),
    code: scripted('code'),
    archives: scripted('archives'),
    serviceLogs: fakeServiceLogs(),
    metrics: scripted('metrics'),
    signatures: parseSignatures([]).signatures,
    model: makeDiagnosisModel({ settings, prompts, clientOf: () => client }),
  };
}

/** Plays one incident from its analysis to its end, with the real steps in the workflow's order. */
export async function play(scene: Scene): Promise<Watched> {
  const stage = await aStage(scene);
  const { incident, deps } = stage;
  const failedTests = [{ name: FLAKY_TEST, source: 'S1' }];
  await deps.evidence.putEvidence(anEvidence({ incidentId: incident.id, texts: scene.outsiders.lines, failedTests }));
  const question = { incidentId: incident.id, useModel: scene.useModel, knowledgeId: null };
  await analyze(question, analysisDeps(scene, stage));
  if (scene.suggestsSoundly) await suggest(stage);
  const watched = watch(scene, stage, stage.frozen);
  await remedy(scene, watched).catch((error: unknown) => watched.thrown.push(error));
  return watched;
}

/** Beside all that the attacker says, a change is suggested that the rules for patches allow. */
async function suggest({ deps, incident }: Stage): Promise<void> {
  const diagnosis = await deps.evidence.getDiagnosis(incident.id);
  if (diagnosis === null) throw new Error('There is no diagnosis.');
  const model = diagnosis.model ?? { ...NO_WORK, suggestions: [] };
  const suggestions = [SOUND_FIX, ...model.suggestions].slice(0, 3);
  await deps.evidence.putDiagnosis(incident.id, {
    ...diagnosis,
    source: 'model',
    model: { ...model, suggestions },
  });
}

const NO_WORK = {
  provider: 'bedrock',
  modelId: MODEL,
  turns: 1,
  inputTokens: 1,
  cachedInputTokens: 0,
  outputTokens: 1,
  microdollars: null,
  lookups: [],
  findings: [],
  consulted: [],
};

/** Until nothing more is tried. */
async function remedy(scene: Scene, watched: Watched): Promise<void> {
  const { deps, incidentId } = watched;
  for (let tried: string[] = []; tried.length < 3; ) {
    const from = deps.clock.now().getTime();
    const { decision, digest, actionId } = await makePlan({ incidentId, tried, held: false }, deps);
    watched.plans.push({ decision, digest, actionId, from, to: deps.clock.now().getTime() });
    if (digest === null || actionId === null) return;
    if (tried.length === 0) await failBefore(scene, digest, watched);
    if (decision === 'approve' && !(await approve(scene, digest, watched))) return;
    const end = await perform(scene, digest, watched);
    if (end === 'ended') return;
    if (end === 'failed') await watched.during('undo', () => undo({ incidentId, digest }, deps));
    tried = [...tried, actionId];
  }
}

/** The action failed on this very target lately. */
async function failBefore({ earlierFailures }: Scene, digest: string, { deps, incidentId }: Watched): Promise<void> {
  const plan = await deps.incidents.getPlan(incidentId, digest);
  if (plan === null) return;
  for (let nth = 0; nth < earlierFailures; nth++) {
    await deps.control.addFailure(breakerScopeOf(plan), `earlier-${nth}`, deps.clock.now());
  }
}

async function approve({ approval }: Scene, digest: string, { deps, incidentId }: Watched): Promise<boolean> {
  await requestApproval({ incidentId, digest, taskToken: 'task-token-1', expiresInSeconds: 3600 }, deps);
  if (approval === null) return false;
  const decided = await deps.incidents.decideApproval(incidentId, digest, approval, 'a person', deps.clock.now());
  // A workflow that goes on without an answer is the attacker's dream: the guard has to notice.
  return approval === 'approved' || decided === 'decided';
}

async function perform(scene: Scene, digest: string, watched: Watched): Promise<'failed' | 'advanced' | 'ended'> {
  const { deps, incidentId } = watched;
  const { next, lease } = await guard({ incidentId, digest }, deps);
  if (next !== 'act' || lease === null) return 'ended';
  // The engine may deliver a step twice.
  for (let delivery = 0; delivery < 2; delivery++) {
    const { state } = await watched.during('act', () => act({ incidentId, digest, lease }, deps));
    if (state !== 'done') return 'ended';
  }
  if (scene.helps) watched.heal();
  for (let poll = 0; poll < 2; poll++) {
    const { state } = await verify({ incidentId, digest, poll }, deps);
    if (state !== 'pending') return state === 'recovered' ? 'ended' : state;
  }
  return 'ended';
}
