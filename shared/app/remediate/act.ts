import { InvalidInput, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { modeOf, serviceOf } from '#shared/domain/configuration/scope.ts';
import { foreignReason } from '#shared/domain/incident/home.ts';
import type { ActionFamily, ActionRecord, Receipt } from '#shared/domain/plan/bound-action.ts';
import { judgeChangeWindow } from '#shared/domain/policy/change-window.ts';
import { judgeControls, judgePermission } from '#shared/domain/policy/guard-rules.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { Observation } from '#shared/plugins/actions/contract.ts';
import type { ControlSettings, Leases } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { governed } from '../policy/governed.ts';
import { type PlannedAction, type RemediationDeps, readPlannedAction } from './planned.ts';
import { portsOf } from './ports.ts';
import { pollUntilObserved } from './settle.ts';

export interface ActDeps extends RemediationDeps {
  /** The only action family that this function's role can execute. */
  readonly family: ActionFamily;
  readonly incidents: Pick<IncidentStore, 'getPlan' | 'intend' | 'commitAction' | 'audit'>;
  readonly control: Pick<ControlSettings, 'controls'> & Pick<Leases, 'holdsLease'>;
}

type Acted = StepOutput<'act'>;
interface Act extends PlannedAction {
  readonly lease: string;
  /** Whether an earlier request may have taken effect. */
  readonly mayHaveHappened: boolean;
  readonly deps: ActDeps;
}

/** How long the effect of a request with a lost answer may take to become visible. */
const SETTLE_MILLISECONDS = 10_000;
/** Minimum wait after a restart: the earlier call may still be in flight. */
const MIN_SETTLE_MILLISECONDS = 2_000;
/** Longest wait within one call; after it the state machine retries the step. */
const MAX_SETTLE_MILLISECONDS = 20_000;

/**
 * Executes a sealed plan once: intent, effect, observation, commit. Reads only the plan, the controls and the target. After a lost answer it
 * observes the effect; if that does not settle the outcome, the state is `unknown` and a person decides. Throws `Retryable` when nothing
 * happened or it is too early to know. An action that must not be repeated is not requested again before the effect of the first request would
 * be visible.
 */
export async function act(input: StepInput<'act'>, deps: ActDeps): Promise<Acted> {
  const planned = await readPlannedAction(input, deps);
  if (planned.action.family !== deps.family) {
    throw new InvalidInput(
      `Action family ${planned.action.family} was routed to the function that executes ${deps.family}.`,
    );
  }
  const one: Act = { ...planned, lease: input.lease, mayHaveHappened: false, deps };
  const { incidentId, digest, actionId } = planned.action;
  const intent = await deps.incidents.intend({
    version: 1,
    incidentId,
    digest,
    actionId,
    state: 'intended',
    intendedAt: deps.clock.now().toISOString(),
    sentAt: null,
    receipt: null,
    verified: null,
    inconclusive: false,
  });
  if (intent.kind === 'exists') return await resume(one, intent.record);
  await audit(one, 'intended');
  return await begin(one);
}

/** Executes a plan for which no request was sent yet. */
async function begin(one: Act): Promise<Acted> {
  const observation = await observe(one).catch((error: unknown): Observation => {
    if (error instanceof Refused) return { kind: 'superseded', reason: 'The target may not be read.' };
    throw error;
  });
  switch (observation.kind) {
    case 'not-started':
      return await perform(one);
    case 'happened':
      return await done(one, byOthers(observation.receipt));
    default:
      return await refused(one, observation.reason);
  }
}

/** Continues after an intent from an earlier call: the effect may exist or be on its way. */
async function resume(one: Act, record: ActionRecord): Promise<Acted> {
  if (record.state !== 'intended') return answerOf(record);
  const { repeat } = one.plugin;
  const isHarmful = repeat.kind === 'harmful';
  if (isHarmful && record.sentAt == null) return await begin(one);
  const now = one.deps.clock.now().getTime();
  const showsAt = isHarmful
    ? Date.parse(record.sentAt ?? record.intendedAt) + repeat.showsWithinSeconds * 1000
    : Date.parse(record.intendedAt) + SETTLE_MILLISECONDS;
  const deadline = Math.min(Math.max(showsAt, now + MIN_SETTLE_MILLISECONDS), now + MAX_SETTLE_MILLISECONDS);
  const observation = await pollUntilObserved(() => observe(one), new Date(deadline), one.deps.clock);
  switch (observation.kind) {
    case 'not-started':
      if (isHarmful && deadline < showsAt) {
        throw new Retryable(
          `${one.action.actionId}: the effect cannot be observed before ${new Date(showsAt).toISOString()}.`,
        );
      }
      return await perform({ ...one, mayHaveHappened: true });
    case 'happened':
      return await done(one, observation.receipt);
    default:
      return await unknown(one, observation.reason);
  }
}

async function perform(one: Act): Promise<Acted> {
  const denials = await lastDenials(one);
  if (denials.length > 0) return await refused(one, denials.join(' '));
  await markSent(one, one.deps.clock.now().toISOString());
  try {
    return await done(one, await one.plugin.execute(one.parameters, portsOf(one.action, one.deps.ports)));
  } catch (error) {
    if (error instanceof Retryable) {
      await markSent(one, null);
      throw error;
    }
    return error instanceof Refused ? await afterRefusal(one, error) : await afterLostAnswer(one, error);
  }
}

/** Records when a request was sent that must not be repeated too early; null when it certainly had no effect. */
async function markSent({ action, plugin, deps }: Act, sentAt: string | null): Promise<void> {
  if (plugin.repeat.kind === 'harmless') return;
  await deps.incidents.commitAction(action.incidentId, action.digest, { sentAt });
}

/** Checks again right before the effect, because minutes may have passed since the guard step. */
async function lastDenials({ action, lease, deps }: Act): Promise<string[]> {
  const now = deps.clock.now();
  const [{ configuration, denial }, controls, held] = await Promise.all([
    governed(deps),
    deps.control.controls(),
    deps.control.holdsLease(action.targetKey, lease, now),
  ]);
  const { policy } = configuration;
  return [
    ...judgeControls({ controls, policy, denial, now }),
    ...[foreignReason(action.target, configuration.home)].filter((reason) => reason !== null),
    ...judgePermission({ action, mode: modeOf(configuration, action.target), policy }),
    ...judgeChangeWindow(action, { service: serviceOf(configuration, action.target), policy, now }),
    ...(held ? [] : [`The lease on ${action.targetKey} is no longer held.`]),
  ];
}

/** A refusal may belong to the second of two requests, when the first took effect but is not visible yet. */
async function afterRefusal(one: Act, error: Refused): Promise<Acted> {
  const { clock } = one.deps;
  const deadline = clock.now().getTime() + (one.mayHaveHappened ? SETTLE_MILLISECONDS : 0);
  const observation = await pollUntilObserved(() => observe(one), new Date(deadline), clock);
  if (observation.kind === 'happened') return await done(one, observation.receipt);
  if (!one.mayHaveHappened) return await refused(one, error.message.slice(0, 300));
  if (observation.kind !== 'not-started') return await unknown(one, observation.reason);
  throw new Retryable(
    `${one.action.actionId} was refused, and it is not visible yet whether an earlier request took effect.`,
    {
      cause: error,
    },
  );
}

async function afterLostAnswer(one: Act, cause: unknown): Promise<Acted> {
  const deadline = new Date(one.deps.clock.now().getTime() + SETTLE_MILLISECONDS);
  const observation = await pollUntilObserved(() => observe(one), deadline, one.deps.clock);
  switch (observation.kind) {
    case 'happened':
      return await done(one, observation.receipt);
    case 'not-started':
      throw new Retryable(`${one.action.actionId}: the answer was lost, and observation shows that nothing happened.`, {
        cause,
      });
    default:
      return await unknown(one, observation.reason);
  }
}

const observe = ({ action, plugin, parameters, deps }: Act): Promise<Observation> =>
  plugin.observe(parameters, portsOf(action, deps.ports));

/** A change by somebody else is verified like our own action, but never undone. */
function byOthers(receipt: Receipt): Receipt {
  return {
    ...receipt,
    summary: redactOutgoing(`Somebody else has already done it: ${receipt.summary}`),
    facts: { ...receipt.facts, byOthers: true },
  };
}

async function done(one: Act, receipt: Receipt): Promise<Acted> {
  await commit(one, 'done', receipt);
  return { state: 'done', summary: receipt.summary };
}

async function refused(one: Act, reason: string): Promise<Acted> {
  const summary = redactOutgoing(`Not done: ${reason}`);
  await commit(one, 'refused', { summary, at: one.deps.clock.now().toISOString(), facts: {} });
  return { state: 'refused', summary };
}

async function unknown(one: Act, reason: string): Promise<Acted> {
  await commit(one, 'unknown', null);
  return { state: 'unknown', summary: redactOutgoing(reason) };
}

/** The audit entry comes first. A crash in between repeats both, and an identical entry counts once. */
async function commit(one: Act, state: Acted['state'], receipt: Receipt | null): Promise<void> {
  const { action, deps } = one;
  await audit(one, state);
  await deps.incidents.commitAction(action.incidentId, action.digest, { state, ...(receipt ? { receipt } : {}) });
  deps.meter.count(`action-${state}`);
}

async function audit({ action, deps }: Act, what: Acted['state'] | 'intended'): Promise<void> {
  await deps.incidents.audit(action.incidentId, `${what}#${action.digest}`, {
    at: deps.clock.now().toISOString(),
    event: `action.${what}`,
    facts: { action: action.actionId, target: action.targetKey, digest: action.digest },
  });
}

function answerOf({ state, receipt, actionId }: ActionRecord): Acted {
  const summary = receipt?.summary ?? redactOutgoing(`The outcome of ${actionId} is unknown.`);
  if (state === 'done' || state === 'refused') return { state, summary };
  return state === 'unknown'
    ? { state, summary }
    : { state: 'refused', summary: redactOutgoing(`${actionId} was undone before.`) };
}
