import { Retryable, unlessRefused } from '@selfheal/kernel/errors.ts';
import { instantWords } from '@selfheal/kernel/time-words.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { repositoryModeOf } from '#shared/domain/configuration/scope.ts';
import { authorOf, type CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { deliveryKeyOf } from '#shared/domain/incident/identity.ts';
import { pullRequestKeyOf } from '#shared/domain/incident/repository-identity.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { changeRequestOf } from '#shared/plugins/hosts/registry.ts';
import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
import type { CodeHost, People } from '#shared/ports/code-host.ts';
import type { ControlSettings, Deduplication, Leases, Limits } from '#shared/ports/control-store.ts';
import { type Approval, deciderNameOf, type IncidentStore } from '#shared/ports/incident-store.ts';
import type { PredictionStore } from '#shared/ports/learning-stores.ts';
import type { PolicyReader } from '#shared/ports/policy-store.ts';
import { commenter, type Entitlement, type EntitlementDeps, entitlementTo } from '../approve/entitlement.ts';
import { type DecisionOutcome, decidedBeforeWords, type SettleDeps, settleApproval } from '../approve/settle.ts';
import { correctPrediction } from '../learning/correct-prediction.ts';
import { setQuiet } from '../notify/quiet-pull-request.ts';
import { governed } from '../policy/governed.ts';
import { type FileAgainDeps, fileAgain } from '../record/correction.ts';
import { type Answer, helpWords, replyTo } from './comment-reply.ts';
import { type ExplainDeps, explainIncident } from './explain-incident.ts';
import {
  incidentsHere,
  isAbout,
  meant,
  othersWords,
  repositoryOf,
  shortId,
  type WithIncident,
} from './meant-incident.ts';
import { type RerunDeps, requestRerun } from './request-rerun.ts';

export interface CommentCommandDeps extends SettleDeps, ExplainDeps, Pick<FileAgainDeps, 'experience'> {
  readonly incidents: SettleDeps['incidents'] &
    FileAgainDeps['incidents'] &
    RerunDeps['incidents'] &
    Pick<IncidentStore, 'get' | 'getPlan' | 'listApprovals'>;
  readonly approvals: Pick<ApprovalQueue, 'pending' | 'unanswered'>;
  readonly predictions: Pick<PredictionStore, 'recentPredictions' | 'correctPrediction'>;
  readonly control: RerunDeps['control'] &
    Deduplication &
    Pick<ControlSettings, 'setCursor'> &
    Pick<Limits, 'takeFromLimit'> &
    Pick<Leases, 'acquireLease' | 'releaseLease'>;
  readonly workflow: SettleDeps['workflow'] & RerunDeps['workflow'];
  readonly people: People;
  readonly persons: EntitlementDeps['persons'];
  readonly codeHost: Pick<CodeHost, 'findComment' | 'listComments' | 'createComment' | 'updateComment'>;
  readonly configuration: Configuration;
  readonly policy: PolicyReader;
}

/** Outcome of a command; also the name of its counter. `not-confirmed`: the code host does not say that a person wrote it. */
export type CommandOutcome = 'duplicate-delivery' | 'mode-off' | 'not-confirmed' | Done;
type Done = 'carried-out' | 'refused' | 'nothing-to-decide' | 'answered';

/** What was done, and the answer to it. */
interface HandledCommand extends Answer {
  readonly done: Done;
}

/** How many requests are searched for the one that a comment means. */
const LOOKED_AT = 200;
/** Answers on one pull request per hour; further commands get only a reaction. */
const MAX_REPLIES_PER_HOUR = 20;
const HOUR_MILLISECONDS = 3_600_000;

/**
 * Carries out a comment's command if its author may give it: they need write access to the plan's repository, as the code host reports it now, and no
 * part in the run. Everything is repeatable, and the delivery is marked as processed last.
 */
export async function handleCommentCommand(
  command: CommentCommand,
  given: CommentCommandDeps,
): Promise<CommandOutcome> {
  if (await given.control.isProcessed(deliveryKeyOf(command))) return 'duplicate-delivery';
  const deps = await governed(given);
  const mode = repositoryModeOf(deps.configuration, command.repository);
  if (mode === 'off' || mode === 'observe') return 'mode-off';
  const wrote = () => deps.people.wrote(command.repository, accountOf(command), command);
  if ((await unlessRefused(wrote)) !== true) return 'not-confirmed';
  const handled = await handle(command, deps);
  await sign(command, handled.done, deps);
  await reply(command, handled, deps);
  await deps.control.markProcessed(deliveryKeyOf(command), deps.clock.now());
  return handled.done;
}

async function handle(command: CommentCommand, deps: CommentCommandDeps): Promise<HandledCommand> {
  const { request } = command;
  switch (request.kind) {
    case 'decide':
      return await decide(command, request, deps);
    case 'correct':
      return await correct(command, request, deps);
    case 'rerun':
      return await rerun(command, request, deps);
    case 'explain':
      return await explain(command, request, deps);
    case 'quiet':
      return await hush(command, request.quiet, deps);
    case 'help':
      return { done: 'answered', words: helpWords(request) };
    default:
      return request satisfies never;
  }
}

const accountOf = ({ by, byId }: CommentCommand) => ({ login: by, id: byId });

const ONLY_WRITERS: HandledCommand = {
  done: 'refused',
  words: 'Only people with write access to the repository may use this command.',
};

interface PendingPlan {
  readonly approval: Approval;
  readonly action: BoundAction;
}
type Decide = Extract<CommentCommand['request'], { kind: 'decide' }>;
type Correct = Extract<CommentCommand['request'], { kind: 'correct' }>;

async function decide(command: CommentCommand, request: Decide, deps: CommentCommandDeps): Promise<HandledCommand> {
  const asked = await findPendingPlan(command, request.digest, deps);
  if (asked === null) return await undecidable(command, request, deps);
  const entitlement = await entitlementOf(command, request, asked, deps);
  if (entitlement.kind === 'objection') return await refuse(command, asked, entitlement.reason, deps);
  const { onBehalfOf, roles } = entitlement;
  const by = { by: authorOf(command), onBehalfOf, roles, channel: `comment ${command.commentId}` };
  const outcome = await settleApproval(asked.approval, request.decision, by, deps);
  if (outcome.kind === 'recorded')
    return { done: 'carried-out', words: `${decidedWords(request, asked)} ${ON_ITS_WAY}` };
  return outcome.kind === 'answered'
    ? { done: 'carried-out', words: decidedWords(request, asked) }
    : { done: 'nothing-to-decide', words: tooLateWords(outcome) };
}

const ON_ITS_WAY =
  'The decision is stored. The workflow cannot be reached at the moment; it will receive the decision within minutes.';

function decidedWords({ decision }: Decide, { action }: PendingPlan): string {
  return decision === 'approved'
    ? `Approved. Selfheal continues: ${action.description}`
    : 'Rejected. Selfheal changes nothing and hands the incident to a person.';
}

function tooLateWords(outcome: DecisionOutcome): string {
  if (outcome.kind === 'decided-before') return decidedBeforeWords(outcome);
  return outcome.kind === 'expired' ? 'The request has expired.' : 'There is no such request.';
}

/** Answer when no waiting request has this digest: whether it was already decided, and which plan waits instead. */
async function undecidable(
  command: CommentCommand,
  { digest }: Decide,
  deps: CommentCommandDeps,
): Promise<HandledCommand> {
  if (!(await mayWrite(command.repository, command, deps.people))) return ONLY_WRITERS;
  const used = await usedWords(command, digest, deps);
  const [waiting] = await asksHere(command, '', deps);
  const instead =
    waiting === undefined
      ? `No plan on this ${changeRequestOf(command.repository)} is waiting for a decision.`
      : `Waiting plan: \`/selfheal approve ${waiting.action.digest.slice(0, digest.length)}\`. ${waiting.action.description}`;
  return {
    done: 'nothing-to-decide',
    words: `${used ?? `No plan on this ${changeRequestOf(command.repository)} has this digest.`} ${instead}`,
  };
}

async function usedWords(command: CommentCommand, digest: string, deps: CommentCommandDeps): Promise<string | null> {
  const incidents = await incidentsHere(command, deps);
  const all = await Promise.all(incidents.map(({ id }) => deps.incidents.listApprovals(id)));
  const approvals = all.flat().filter((one) => one.digest.startsWith(digest));
  const decided = approvals.findLast(({ state }) => state !== 'pending');
  if (decided !== undefined) {
    const { state, decision, requestedAt } = decided;
    const { timeZone } = deps.configuration.policy.circumstances;
    return `It was already ${state}, by ${deciderNameOf(decided) ?? 'somebody'} on ${instantWords(new Date(decision?.at ?? requestedAt), timeZone)}.`;
  }
  return approvals.length === 0 ? null : 'This request has expired or was replaced by a newer plan.';
}

/** The request about this pull request whose digest begins with the given one; null when there are none or several. */
async function findPendingPlan(
  command: CommentCommand,
  digest: string,
  deps: CommentCommandDeps,
): Promise<PendingPlan | null> {
  const found = await asksHere(command, digest, deps);
  return found.length === 1 ? (found[0] ?? null) : null;
}

/**
 * Requests about this pull request whose digest begins with the given one. With a digest also decided requests that did not reach their
 * workflow: this very comment may have decided them before its process died.
 */
async function asksHere(command: CommentCommand, digest: string, deps: CommentCommandDeps): Promise<PendingPlan[]> {
  const decided = digest === '' ? [] : await deps.approvals.unanswered(LOOKED_AT);
  const pending = [...(await deps.approvals.pending(LOOKED_AT)), ...decided].filter((one) =>
    one.digest.startsWith(digest),
  );
  const found: PendingPlan[] = [];
  for (const { incidentId, digest: whole } of pending) {
    const [approval, action] = await Promise.all([
      deps.incidents.getApproval(incidentId, whole),
      deps.incidents.getPlan(incidentId, whole),
    ]);
    if (approval !== null && action !== null && isAbout(command, action.target)) found.push({ approval, action });
  }
  return found;
}

/** Why the author may not decide, if so. Anybody with write access may reject, even their own change. */
async function entitlementOf(
  command: CommentCommand,
  { decision }: Decide,
  asked: PendingPlan,
  deps: CommentCommandDeps,
): Promise<Entitlement> {
  const { configuration, people, persons, clock } = deps;
  if (!configuration.approvals.comments)
    return { kind: 'objection', reason: 'Approval by comment is turned off here; use the dashboard.' };
  if (asked.action.target.kind !== 'run' || !(await mayWrite(asked.action.target.repository, command, people)))
    return { kind: 'objection', reason: 'Only people with write access to the repository may decide.' };
  if (decision === 'rejected') return { kind: 'entitled', onBehalfOf: null, roles: [] };
  const identities = { persons, keyOwner: async () => null };
  return await entitlementTo(commenter(command), asked, {
    configuration,
    clock,
    delegations: NO_DELEGATIONS,
    ...identities,
  });
}

/** Delegations need an e-mail address, which a comment does not show. */
const NO_DELEGATIONS = { inForce: async () => [] };

/** False when the code host does not answer: then nobody may approve. */
async function mayWrite(repository: string, command: CommentCommand, people: People): Promise<boolean> {
  const permission = await unlessRefused(() => people.permissionOf(repository, accountOf(command)));
  return permission === 'write' || permission === 'admin';
}

async function refuse(
  command: CommentCommand,
  { approval: { incidentId, digest } }: PendingPlan,
  reasons: string,
  { incidents, clock }: CommentCommandDeps,
): Promise<HandledCommand> {
  const { commentId } = command;
  await incidents.audit(incidentId, `approval-refused#${digest}#${commentId}`, {
    at: clock.now().toISOString(),
    event: 'approval.refused',
    facts: { digest, by: authorOf(command), reasons: redactOutgoing(reasons), channel: `comment ${commentId}` },
  });
  return { done: 'refused', words: reasons };
}

/**
 * Corrects the prediction of the incident named in our own comment on the pull request. The correction judges that prediction and the
 * incident's actions.
 */
async function correct(command: CommentCommand, request: Correct, deps: CommentCommandDeps): Promise<HandledCommand> {
  const { class: actual } = request;
  const { incident, others } = await meant(request, command, deps);
  if (!(await mayWrite(repositoryOf(command, incident), command, deps.people))) return ONLY_WRITERS;
  if (incident === null) return unknownIncident(request, command);
  const order = { incidentId: incident.id, class: actual, by: authorOf(command), at: deps.clock.now() };
  const corrected = await correctPrediction(order, deps.predictions);
  if (corrected.kind === 'refused')
    return {
      done: 'nothing-to-decide',
      words: `Not recorded for incident ${shortId(incident)}: ${corrected.reason}${othersWords(others, command)}`,
    };
  await fileAgain(incident, order, deps);
  return {
    done: 'carried-out',
    words: corrected.right
      ? `Recorded for incident ${shortId(incident)}: ${named(actual)}, as Selfheal had said.${othersWords(others, command)}`
      : `Recorded for incident ${shortId(incident)}: ${named(actual)}, not ${named(corrected.said)}. The diagnosis counts as wrong, and what Selfheal learned from it is corrected.${othersWords(others, command)}`,
  };
}

const named = (failureClass: string): string => failureClass.replaceAll('_', ' ');

function unknownIncident({ incident }: WithIncident, command: CommentCommand): HandledCommand {
  const place = changeRequestOf(command.repository);
  const words =
    incident === undefined
      ? `Selfheal has no record of a failure on this ${place}.`
      : `The id matches no failure of this ${place}, or more than one.`;
  return { done: 'nothing-to-decide', words };
}

async function rerun(
  command: CommentCommand,
  request: WithIncident,
  deps: CommentCommandDeps,
): Promise<HandledCommand> {
  const { incident, others } = await meant(request, command, deps);
  if (!(await mayWrite(repositoryOf(command, incident), command, deps.people))) return ONLY_WRITERS;
  if (incident === null) return unknownIncident(request, command);
  const asked = await requestRerun(incident, command, deps);
  return asked.kind === 'begun'
    ? {
        done: 'carried-out',
        words: `Selfheal is re-running the failed jobs of incident ${shortId(incident)}. The comment on the failure will show the result.${othersWords(others, command)}`,
      }
    : {
        done: 'refused',
        words: `Incident ${shortId(incident)} is not re-run: ${asked.reason}${othersWords(others, command)}`,
      };
}

/**
 * Answers with the incident's last steps, worded by code. Like the comment on the failure, anybody who may read the repository sees them.
 */
async function explain(
  command: CommentCommand,
  request: WithIncident,
  deps: CommentCommandDeps,
): Promise<HandledCommand> {
  const { incident, others } = await meant(request, command, deps);
  const repository = repositoryOf(command, incident);
  const permission = await unlessRefused(() => deps.people.permissionOf(repository, accountOf(command)));
  if (permission === null || permission === 'none')
    return { done: 'refused', words: 'Only people with access to the repository may use this command.' };
  if (incident === null) return unknownIncident(request, command);
  const { summary, steps } = await explainIncident(incident, deps.configuration.policy.circumstances.timeZone, deps);
  return { done: 'answered', words: `${summary}${othersWords(others, command)} Its last steps:`, more: steps };
}

async function hush(command: CommentCommand, quiet: boolean, deps: CommentCommandDeps): Promise<HandledCommand> {
  if (!(await mayWrite(command.repository, command, deps.people))) return ONLY_WRITERS;
  await setQuiet(command, quiet ? authorOf(command) : null, deps.control);
  return {
    done: 'carried-out',
    words: quiet
      ? `Selfheal keeps working, but writes no new comments about failures on this ${changeRequestOf(command.repository)}. It still updates existing comments. \`/selfheal resume\` undoes this.`
      : `Selfheal comments on failures of this ${changeRequestOf(command.repository)} again.`,
  };
}

const SIGNS = {
  'carried-out': '+1',
  answered: 'eyes',
  refused: '-1',
  'nothing-to-decide': 'confused',
} as const satisfies Record<Done, string>;

/** Adds a reaction. Optional: the command stands even when the code host refuses the reaction. */
async function sign(
  { repository, pullRequest, commentId }: CommentCommand,
  done: Done,
  deps: CommentCommandDeps,
): Promise<void> {
  try {
    await deps.people.react(repository, { pullRequest, commentId }, SIGNS[done]);
  } catch {
    deps.meter.count('comment-sign-lost');
  }
}

/** Writes the answer once. Optional too: a repeat might no longer find the request that it decided. */
async function reply(command: CommentCommand, answer: Answer, deps: CommentCommandDeps): Promise<void> {
  const { deliveryId } = command;
  const place = pullRequestKeyOf(command);
  const now = deps.clock.now();
  const hour = now.toISOString().slice(0, 13);
  const expires = new Date(now.getTime() + 2 * HOUR_MILLISECONDS);
  try {
    const scope = `comment-replies#${place}`;
    if (!(await deps.control.takeFromLimit(scope, hour, deliveryId, MAX_REPLIES_PER_HOUR, expires))) {
      deps.meter.count('comment-reply-left-out');
      return;
    }
    await alone(`reply:${place}`, deliveryId, deps, () => replyTo(command, answer, deps));
  } catch {
    deps.meter.count('comment-reply-lost');
  }
}

const LEASE_SECONDS = 30;
const LEASE_TRIES = 5;

/** Runs alone, because two concurrent answers would create two comments. Throws `Retryable` when the lease is taken. */
async function alone(
  place: string,
  holder: string,
  { control, clock }: CommentCommandDeps,
  work: () => Promise<void>,
): Promise<void> {
  for (let tries = 0; tries < LEASE_TRIES; tries += 1) {
    const lease = await control.acquireLease(place, holder, LEASE_SECONDS, clock.now());
    if (lease !== null) {
      await work();
      return await control.releaseLease(place, lease.id);
    }
    await clock.sleep(1000);
  }
  throw new Retryable(
    `Could not lock ${place} after ${LEASE_TRIES} attempts, because other answers are being written; the intake queue will retry.`,
  );
}
