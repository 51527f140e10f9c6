import { STEPS, type StepOutput } from '#shared/domain/workflow/steps.ts';
import type { ActionStage } from './stage.ts';

export type Phase = 'guard' | 'act' | 'verify' | 'undo';

/** After a kill: the step again, as a retried state, or a new plan, as a workflow that the reconciler restarted. */
export type TakenUp = 'step' | 'plan';

export interface Planned {
  readonly incidentId: string;
  readonly digest: string;
  readonly actionId: string;
  readonly family: string;
}

/** Where the workflow escalates: a person is told. */
export class HandedOver extends Error {
  override readonly name = 'HandedOver';
}

/** The process of a workflow that is made anew died. */
class Restarted extends Error {
  override readonly name = 'Restarted';
}

type During = <T>(phase: Phase, work: () => Promise<T>) => Promise<T>;

/** What no policy lets run alone. */
const ALWAYS_ASK: ReadonlySet<string> = new Set(['try-fix', 'scale-rds-instance', 'scale-aurora-cluster']);

/** A plan of this very action. Throws `HandedOver` when the plan is another one. */
export async function planOf(stage: ActionStage, incidentId: string, actionId: string): Promise<Planned> {
  const tried = stage.actions.map(({ id }) => id).filter((id) => id !== actionId);
  const ran = await stage.host.run('plan', { incidentId, tried, held: false });
  if (ran.kind === 'killed') return await planOf(stage, incidentId, actionId);
  if (ran.kind === 'error') throw new HandedOver(`plan: ${ran.name}: ${ran.message}`);
  const { decision, reasons, digest, family, ...plan } = STEPS.plan.output.parse(ran.output);
  const isAsked = decision === 'approve' && ALWAYS_ASK.has(actionId);
  if (plan.actionId === actionId && digest !== null && family !== null && (decision === 'act' || isAsked)) {
    if (isAsked) await sayYes(stage, incidentId, digest);
    return { incidentId, digest, actionId, family };
  }
  throw new HandedOver(`The plan is not ${actionId}: ${decision}, ${reasons.join(' ')}`);
}

/** A person approves the plan, as the approval page does. */
async function sayYes({ incidents, clock }: ActionStage, incidentId: string, digest: string): Promise<void> {
  const now = new Date(clock.now());
  const expiresAt = new Date(now.getTime() + 3_600_000).toISOString();
  const asked = { incidentId, digest, taskToken: 'a-task', requestedAt: now.toISOString(), expiresAt };
  await incidents.putApproval({ ...asked, state: 'pending', decidedBy: null });
  await incidents.decideApproval(incidentId, digest, 'approved', 'a person', now);
}

/** The steps in the order of the workflow, each until it ends. Throws `HandedOver` where the workflow would escalate. */
export async function healInOrder(
  stage: ActionStage,
  planned: Planned,
  takenUp: TakenUp,
  during: During,
): Promise<void> {
  for (let plan = planned; ; plan = await planOf(stage, planned.incidentId, planned.actionId)) {
    try {
      return await healOnce(stage, plan, takenUp, during);
    } catch (error) {
      if (!(error instanceof Restarted)) throw error;
    }
  }
}

async function healOnce(stage: ActionStage, planned: Planned, takenUp: TakenUp, during: During): Promise<void> {
  const { incidentId, digest, actionId, family } = planned;
  const place = { incidentId, digest };
  const run = <N extends Phase>(name: N, functionName: string, input: object) =>
    during(name, () => untilEnded(stage, takenUp, name, functionName, input));
  const guarded = await run('guard', 'guard', place);
  if (guarded.lease === null) throw new HandedOver(guarded.reasons.join(' '));
  const acted = await run('act', `act-${family}`, { ...place, lease: guarded.lease });
  if (acted.state !== 'done') throw new HandedOver(`${acted.state}: ${acted.summary}`);
  const { verification } = stage.configuration;
  const isRun = family === 'github';
  stage.clock.advance((isRun ? verification.runIntervalSeconds : verification.alarmIntervalSeconds) * 1000);
  // The last look, after which it has not helped unless it did all that it could.
  const own = stage.actions.find(({ id }) => id === actionId)?.schedule(stage.configuration).maxPolls ?? 0;
  const poll = (isRun ? verification.runMaxPolls : Math.max(own, verification.alarmMaxPolls)) - 1;
  const { state } = await run('verify', 'verify', { ...place, poll });
  const undoable = stage.actions.some(({ id, undo }) => id === actionId && undo !== undefined);
  if (!undoable || state === 'advanced') return;
  const undone = await run('undo', 'undo', place);
  if (undone.state !== 'undone') throw new HandedOver(`${undone.state}: ${undone.summary}`);
}

/** As the state machine retries. */
const MAX_TRIES = 6;

async function untilEnded<N extends Phase>(
  stage: ActionStage,
  takenUp: TakenUp,
  name: N,
  functionName: string,
  input: object,
): Promise<StepOutput<N>> {
  let tries = 0;
  for (let pause = 1000; tries < MAX_TRIES; pause *= 2) {
    const ran = await stage.host.run(functionName, input);
    if (ran.kind === 'output') return STEPS[name].output.parse(ran.output) as StepOutput<N>;
    if (ran.kind === 'killed' && takenUp === 'plan') throw new Restarted();
    if (ran.kind === 'error') {
      if (!['Retryable', 'Unreachable'].includes(ran.name))
        throw new HandedOver(`${name}: ${ran.name}: ${ran.message}`);
      tries += 1;
    }
    stage.clock.advance(pause);
  }
  throw new HandedOver(`${name} was repeated too often.`);
}
