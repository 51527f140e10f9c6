import { setTimeout } from 'node:timers/promises';
import type { RunFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import type { FailedRun } from '#apps/local/world/samples/samples.ts';
import type { World } from '#apps/local/world/world.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { makeGithubCodeReader } from '#shared/adapters/github/code-reader.ts';
import { makeGithubCodeWriter } from '#shared/adapters/github/code-writer.ts';
import { makeGithubProposals } from '#shared/adapters/github/proposals.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { actionPorts } from '#shared/app/remediate/ports.ts';
import { undo } from '#shared/app/remediate/undo.ts';
import { verify } from '#shared/app/remediate/verify.ts';
import {
  aClassification,
  aDiagnosis,
  aGithubTarget,
  anIncident,
  aTelemetry,
  someRunFacts,
} from '#test/builders/index.ts';
import { aRemedyRig } from './remedy-rig.ts';

/** The shop's function as it should be. */
export const WHOLE = `export function totalOf(lines: readonly Line[], tier: string): number {
  const sum = lines.reduce((all, line) => all + line.cents * line.quantity, 0);
  return Math.round(sum * (1 - discountFor(tier)));
}`;

const work = (codes: readonly string[], file: string | null) => ({
  provider: 'bedrock',
  modelId: 'a-model',
  turns: 1,
  inputTokens: 1,
  cachedInputTokens: 0,
  outputTokens: 1,
  microdollars: null,
  lookups: [],
  findings: [],
  suggestions: codes.map((code) => ({ title: 'Count every line', file, code, evidence: [] })),
  consulted: [],
});

export interface FixRigOptions {
  readonly code?: string;
  /** What the model suggests besides. */
  readonly otherCode?: string;
  readonly file?: string | null;
  readonly confidence?: number;
  readonly patches?: boolean;
  readonly maxPerDay?: number;
  readonly run?: FailedRun;
  /** What is switched on besides patches. */
  readonly switches?: { readonly reverts?: boolean; readonly issues?: boolean; readonly sandboxWorkflow?: string };
  readonly facts?: Partial<RunFacts>;
  readonly verdict?: 'regression' | 'flaky';
  readonly at?: Date;
}

let rigs = 0;

/** A regression of the local shop with a change that a model proposed, before the real adapters. */
export async function aFixRig(world: World, options: FixRigOptions = {}) {
  const { code = WHOLE, file = 'src/cart.ts', confidence = 0.85, patches = true, maxPerDay = 100 } = options;
  const codes = options.otherCode === undefined ? [code] : [code, options.otherCode];
  rigs += 1;
  const failed = options.run ?? world.samples.failRun('regression', { deliver: 'none' });
  const { runId, run, pullRequest } = failed;
  const fingerprint = rigs.toString(16).padStart(16, '0');
  const classification = aClassification({
    class: 'test_failure',
    verdict: options.verdict ?? 'regression',
    fingerprint,
  });
  const rig = await aRemedyRig({
    configure: (one) => ({
      ...one,
      fixes: { ...one.fixes, repositories: [{ ...OFF, patches, ...options.switches }], maxPerDay },
    }),
  });
  const target = aGithubTarget({
    runId,
    workflowId: run.workflowId,
    headSha: run.headSha,
    pullRequest,
    onDefaultBranch: pullRequest === null,
    event: pullRequest === null ? 'push' : 'pull_request',
  });
  const incident = anIncident({ id: `gh-${fingerprint}`, target, classification });
  await rig.deps.incidents.create(incident);
  await rig.deps.evidence.putTelemetry(incident.id, aTelemetry({ facts: someRunFacts(options.facts) }));
  const diagnosis = aDiagnosis({ source: 'model', confidence, classification, choice: null, model: work(codes, file) });
  await rig.deps.evidence.putDiagnosis(incident.id, diagnosis);
  rig.clock.set(options.at ?? new Date(Date.UTC(2026, 10, 22, 12, rigs)));
  // Waiting takes the clock on at once and the local GitHub a moment.
  const sleep = async (milliseconds: number) => {
    rig.clock.advance(milliseconds);
    await setTimeout(5);
  };
  const clock = { now: rig.clock.now, sleep };
  const github = { apiUrl: world.githubApiUrl, token: async () => 'a-token', clock, timeoutMilliseconds: 2_000 };
  const own = {
    codeHost: makeGithubCodeHost(github),
    code: makeGithubCodeWriter(github),
    codeReader: makeGithubCodeReader(github),
    proposals: makeGithubProposals(github),
  };
  const ports = actionPorts({ ...own, fixes: rig.deps.evidence, quarantines: rig.deps.evidence, clock });
  return { ...failed, fingerprint, incident, deps: { ...rig.deps, ...own, ports, clock } };
}
export type FixRig = Awaited<ReturnType<typeof aFixRig>>;

const OFF = { name: 'acme/shop', patches: false, sandboxWorkflow: null, reverts: false, issues: false };

/** What work changes in the outside world, by kind and in order. */
export async function effectsOf<R>(world: World, work: () => Promise<R>): Promise<{ result: R; kinds: string[] }> {
  const before = world.journal.entries().length;
  const result = await work();
  const made = world.journal.entries().slice(before);
  return { result, kinds: made.map(({ kind }) => kind) };
}

class Crash extends Error {
  override readonly name = 'Crash';
}

/** Dies at the first call of one method, before or after it took effect. */
export function mortal<T extends object>(port: T, method: string, after: boolean): T {
  let alive = true;
  return new Proxy(port, {
    get(target, key, receiver) {
      const known = Reflect.get(target, key, receiver);
      if (key !== method || typeof known !== 'function') return known;
      return async (...args: unknown[]) => {
        if (!alive) return known.apply(target, args);
        alive = false;
        if (!after) throw new Crash();
        await known.apply(target, args);
        throw new Crash();
      };
    },
  });
}

/** Runs a step until it ends, as a workflow that is resumed after a crash does. */
async function again<R>(step: () => Promise<R>): Promise<R> {
  for (let attempt = 0; attempt < 6; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Error && (error.name === 'Crash' || error.name === 'Retryable'))) throw error;
    }
  }
  throw new Error('The step never ended.');
}

/** A person says yes to a plan that was asked for. */
export async function approve({ incidents, clock }: FixRig['deps'], incidentId: string, digest: string): Promise<void> {
  const now = clock.now();
  await incidents.putApproval({
    incidentId,
    digest,
    taskToken: 'a-task',
    requestedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + 60_000).toISOString(),
    state: 'pending',
    decidedBy: null,
  });
  await incidents.decideApproval(incidentId, digest, 'approved', 'acme-lead', now);
}

/** Plans, acts and verifies as the workflow does, and says how each round ended. `approves`: whether a person says yes when asked. */
export async function healWith(deps: FixRig['deps'], incidentId: string, approves = true): Promise<string[]> {
  const told: string[] = [];
  const tried: string[] = [];
  for (let round = 0; round < 4; round++) {
    const plan = await again(() => makePlan({ incidentId, tried, held: false }, deps));
    const isAsked = plan.decision === 'approve' && approves;
    if (isAsked && plan.digest !== null) await approve(deps, incidentId, plan.digest);
    if ((plan.decision !== 'act' && !isAsked) || plan.digest === null || plan.actionId === null) {
      return [...told, `${plan.decision}: ${plan.reasons.join(' ')}`];
    }
    const place = { incidentId, digest: plan.digest };
    const { lease, reasons } = await again(() => guard(place, deps));
    if (lease === null) return [...told, `denied: ${reasons.join(' ')}`];
    const acted = await again(() => act({ ...place, lease }, deps));
    tried.push(plan.actionId);
    if (acted.state !== 'done') {
      told.push(`${plan.actionId} ${acted.state}: ${acted.summary}`);
      continue;
    }
    let poll = 0;
    let checked = await again(() => verify({ ...place, poll }, deps));
    while (checked.state === 'pending' && poll < 30) {
      poll += 1;
      await deps.clock.sleep(1000);
      checked = await again(() => verify({ ...place, poll }, deps));
    }
    told.push(`${plan.actionId} ${checked.state}`);
    if (checked.state === 'failed') told.push((await again(() => undo(place, deps))).summary);
  }
  return told;
}
