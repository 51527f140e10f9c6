import { tellEntry } from '#shared/domain/audit/describe-audit-entry.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { repositoryModeOf } from '#shared/domain/configuration/scope.ts';
import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { deliveryKeyOf } from '#shared/domain/incident/delivery-key.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { identityOf, isSameRepository } from '#shared/domain/incident/repository-identity.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { Retryable } from '#shared/kernel/errors.ts';
import { instantWords } from '#shared/kernel/time-words.ts';
import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import type { People } from '#shared/ports/people.ts';
import type { PredictionStore } from '#shared/ports/prediction-store.ts';
import { commenter, type Entitlement, entitlementTo } from '../approve/entitlement.ts';
import { type DecisionOutcome, type SettleDeps, settleApproval } from '../approve/settle.ts';
import { unlessRefused } from '../common/unless-refused.ts';
import { correctPrediction } from '../learning/correct-prediction.ts';
import { setQuiet } from '../notify/quiet-pull-request.ts';
import { type FileAgainDeps, fileAgain } from '../record/correction.ts';
import { type Answer, helpWords, replyTo } from './comment-reply.ts';
import { type RerunDeps, requestRerun } from './request-rerun.ts';

export interface ObeyDeps extends SettleDeps, Pick<FileAgainDeps, 'experience'> {
  readonly incidents: SettleDeps['incidents'] &
    FileAgainDeps['incidents'] &
    RerunDeps['incidents'] &
    Pick<IncidentStore, 'get' | 'getPlan' | 'listAudit'>;
  readonly approvals: Pick<ApprovalQueue, 'pending' | 'unanswered'>;
  readonly predictions: Pick<PredictionStore, 'recentPredictions' | 'correctPrediction'>;
  readonly control: RerunDeps['control'] &
    Pick<
      ControlStore,
      'isProcessed' | 'markProcessed' | 'setCursor' | 'takeFromLimit' | 'acquireLease' | 'releaseLease'
    >;
  readonly workflow: SettleDeps['workflow'] & RerunDeps['workflow'];
  readonly people: People;
  readonly codeHost: Pick<CodeHost, 'findComment' | 'listComments' | 'createComment' | 'updateComment'>;
  readonly configuration: Configuration;
}

/** What became of a command; counted by this name. */
export type Obeyed = 'duplicate-delivery' | 'mode-off' | Done;
type Done = 'obeyed' | 'refused' | 'nothing-to-decide' | 'answered';

/** What was done and what is said of it. */
interface Handled extends Answer {
  readonly done: Done;
}

/** Requests that are looked through for the one that a comment means. */
const LOOKED_AT = 200;
/** Answers to one pull request within an hour; then the sign under the comment has to do. */
const MAX_REPLIES_PER_HOUR = 20;
const HOUR_MILLISECONDS = 3_600_000;
const EXPLAINED_ENTRIES = 8;

/**
 * Does what a comment asks for, if whoever wrote it may: write access to the plan's own repository as GitHub says now, and not behind the
 * run themselves. Everything is repeatable, and the delivery is marked as processed last.
 */
export async function obeyComment(command: CommentCommand, deps: ObeyDeps): Promise<Obeyed> {
  if (await deps.control.isProcessed(deliveryKeyOf(command))) return 'duplicate-delivery';
  const mode = repositoryModeOf(deps.configuration, command.repository);
  if (mode === 'off' || mode === 'observe') return 'mode-off';
  const handled = await handle(command, deps);
  await sign(command, handled.done, deps);
  await reply(command, handled, deps);
  await deps.control.markProcessed(deliveryKeyOf(command), deps.clock.now());
  return handled.done;
}

async function handle(command: CommentCommand, deps: ObeyDeps): Promise<Handled> {
  const { wish } = command;
  switch (wish.kind) {
    case 'decide':
      return await decide(command, wish, deps);
    case 'correct':
      return await correct(command, wish, deps);
    case 'rerun':
      return await rerun(command, wish, deps);
    case 'explain':
      return await explain(command, wish, deps);
    case 'quiet':
      return await hush(command, wish.quiet, deps);
    case 'help':
      return { done: 'answered', words: helpWords(wish) };
    default:
      return wish satisfies never;
  }
}

const ONLY_WRITERS: Handled = {
  done: 'refused',
  words: 'Only people with write access to the repository may ask for that.',
};
const NOTHING_KNOWN: Handled = {
  done: 'nothing-to-decide',
  words: 'Selfheal knows of no failure of this pull request.',
};

interface Asked {
  readonly approval: Approval;
  readonly action: BoundAction;
}
type Decide = Extract<CommentCommand['wish'], { kind: 'decide' }>;
type Correct = Extract<CommentCommand['wish'], { kind: 'correct' }>;

async function decide(command: CommentCommand, wish: Decide, deps: ObeyDeps): Promise<Handled> {
  const asked = await findAsked(command, wish.digest, deps);
  if (asked === null) return await undecidable(command, wish, deps);
  const entitlement = await entitlementOf(command, wish, asked, deps);
  if (entitlement.kind === 'objection') return await refuse(command, asked, entitlement.reason, deps);
  const { onBehalfOf, roles } = entitlement;
  const by = { by: `github:${command.by}`, onBehalfOf, roles, channel: `comment ${command.commentId}` };
  const outcome = await settleApproval(asked.approval, wish.decision, by, deps);
  if (outcome.kind === 'recorded') return { done: 'obeyed', words: `${decidedWords(wish, asked)} ${ON_ITS_WAY}` };
  return outcome.kind === 'answered'
    ? { done: 'obeyed', words: decidedWords(wish, asked) }
    : { done: 'nothing-to-decide', words: tooLateWords(outcome) };
}

const ON_ITS_WAY = 'The workflow could not be reached just now: the decision is kept and passed on within minutes.';

function decidedWords({ decision }: Decide, { action }: Asked): string {
  return decision === 'approved'
    ? `Approved. Selfheal goes on: ${action.description}`
    : 'Rejected. Nothing is changed, and the incident goes to a person.';
}

function tooLateWords(outcome: DecisionOutcome): string {
  if (outcome.kind === 'decided-before') return `It was decided before, by ${outcome.decidedBy ?? 'somebody'}.`;
  return outcome.kind === 'expired'
    ? 'The request has ended: nobody waits for an answer any more.'
    : 'There is no such request.';
}

/** No request that waits has this digest: whether it was used, and what waits here instead. */
async function undecidable(command: CommentCommand, { digest }: Decide, deps: ObeyDeps): Promise<Handled> {
  if (!(await mayWrite(command.repository, command.by, deps.people))) return ONLY_WRITERS;
  const used = await usedWords(command, digest, deps);
  const [waiting] = await asksHere(command, '', deps);
  const instead =
    waiting === undefined
      ? 'Nothing waits for a decision on this pull request.'
      : `What waits here: \`/selfheal approve ${waiting.action.digest.slice(0, digest.length)}\`. ${waiting.action.description}`;
  return {
    done: 'nothing-to-decide',
    words: `${used ?? 'No request on this pull request has this digest.'} ${instead}`,
  };
}

async function usedWords(command: CommentCommand, digest: string, deps: ObeyDeps): Promise<string | null> {
  const trails = await Promise.all((await incidentsHere(command, deps)).map(({ id }) => deps.incidents.listAudit(id)));
  const entries = trails
    .flat()
    .filter(({ event, facts }) => event.startsWith('approval.') && `${facts.digest}`.startsWith(digest));
  const decided = entries.findLast(({ event }) => event === 'approval.approved' || event === 'approval.rejected');
  const { timeZone } = deps.configuration.policy.circumstances;
  if (decided !== undefined) {
    const how = decided.event === 'approval.approved' ? 'approved' : 'rejected';
    return `It was ${how} before, by ${decided.facts.by} on ${instantWords(new Date(decided.at), timeZone)}.`;
  }
  return entries.length === 0
    ? null
    : 'This request has ended: nobody answered it in time, or a newer plan took its place.';
}

/** The one request about this very pull request whose digest begins like that; none when there are several. */
async function findAsked(command: CommentCommand, digest: string, deps: ObeyDeps): Promise<Asked | null> {
  const found = await asksHere(command, digest, deps);
  return found.length === 1 ? (found[0] ?? null) : null;
}

/**
 * Requests about this very pull request whose digest begins like that; with a digest also what was decided and did not reach its workflow: maybe by
 * this very comment, whose process died.
 */
async function asksHere(command: CommentCommand, digest: string, deps: ObeyDeps): Promise<Asked[]> {
  const decided = digest === '' ? [] : await deps.approvals.unanswered(LOOKED_AT);
  const pending = [...(await deps.approvals.pending(LOOKED_AT)), ...decided].filter((one) =>
    one.digest.startsWith(digest),
  );
  const found: Asked[] = [];
  for (const { incidentId, digest: whole } of pending) {
    const [approval, action] = await Promise.all([
      deps.incidents.getApproval(incidentId, whole),
      deps.incidents.getPlan(incidentId, whole),
    ]);
    if (approval !== null && action !== null && isAbout(command, action.target)) found.push({ approval, action });
  }
  return found;
}

function isAbout(command: CommentCommand, target: BoundAction['target']): boolean {
  if (target.kind !== 'github-run' || target.pullRequest !== command.pullRequest) return false;
  return isSameRepository(identityOf(target), identityOf(command));
}

/** What is in the way of their decision. Whoever may write may reject, also what is about their own change. */
async function entitlementOf(
  { by }: CommentCommand,
  { decision }: Decide,
  asked: Asked,
  deps: ObeyDeps,
): Promise<Entitlement> {
  const { configuration, clock, people } = deps;
  if (!configuration.approvals.comments) return { kind: 'objection', reason: 'Comments decide nothing here.' };
  if (asked.action.target.kind !== 'github-run' || !(await mayWrite(asked.action.target.repository, by, people)))
    return { kind: 'objection', reason: 'Only people with write access to the repository may decide.' };
  if (decision === 'rejected') return { kind: 'entitled', onBehalfOf: null, roles: [] };
  return await entitlementTo(commenter(by), asked, { configuration, clock, delegations: NO_DELEGATIONS });
}

/** A comment shows no e-mail address, by which delegations go. */
const NO_DELEGATIONS = { inForce: async () => [] };

/** Nobody is let through because GitHub would not say. */
async function mayWrite(repository: string, login: string, people: People): Promise<boolean> {
  const permission = await unlessRefused(() => people.permissionOf(repository, login));
  return permission === 'write' || permission === 'admin';
}

async function refuse(
  { by, commentId }: CommentCommand,
  { approval: { incidentId, digest } }: Asked,
  reasons: string,
  { incidents, clock }: ObeyDeps,
): Promise<Handled> {
  await incidents.audit(incidentId, `approval-refused#${digest}#${commentId}`, {
    at: clock.now().toISOString(),
    event: 'approval.refused',
    facts: { digest, by: `github:${by}`, reasons, channel: `comment ${commentId}` },
  });
  return { done: 'refused', words: reasons };
}

/** The prediction is of the incident that our own comment on the pull request speaks of. It judges that, and says what its actions were good for. */
async function correct(command: CommentCommand, wish: Correct, deps: ObeyDeps): Promise<Handled> {
  const { by } = command;
  const { class: actual } = wish;
  const { incident, others } = await meant(wish, command, deps);
  if (!(await mayWrite(repositoryOf(command, incident), by, deps.people))) return ONLY_WRITERS;
  if (incident === null) return unknown(wish);
  const order = { incidentId: incident.id, class: actual, by: `github:${by}`, at: deps.clock.now() };
  const corrected = await correctPrediction(order, deps.predictions);
  if (corrected.kind === 'refused')
    return {
      done: 'nothing-to-decide',
      words: `Not noted for incident ${shortId(incident)}: ${corrected.reason}${othersWords(others)}`,
    };
  await fileAgain(incident, order, deps);
  return {
    done: 'obeyed',
    words: corrected.right
      ? `Noted for incident ${shortId(incident)}: ${named(actual)}, as Selfheal had said.${othersWords(others)}`
      : `Noted for incident ${shortId(incident)}: ${named(actual)}, not ${named(corrected.said)}. It counts as a wrong answer, and what was learned is corrected.${othersWords(others)}`,
  };
}

const named = (failureClass: string): string => failureClass.replaceAll('_', ' ');

/** Comments that are looked through for incidents: a pull request has one for each of its workflows that failed. */
const MAX_INCIDENTS = 30;

/** The incidents that our own comments on the pull request speak of, newest first: one for each workflow that failed. */
async function incidentsHere(command: CommentCommand, { codeHost, incidents }: ObeyDeps): Promise<Incident[]> {
  const comments = await codeHost.listComments(command.repository, command.pullRequest, '<!-- selfheal:');
  const ids = comments.flatMap(({ body }) => /Selfheal incident (gh-[0-9a-f]{8,57})\b/.exec(body)?.[1] ?? []);
  const read = await Promise.all([...new Set(ids)].slice(-MAX_INCIDENTS).map((id) => incidents.get(id)));
  return read
    .filter((one) => one !== null)
    .filter(({ target }) => isAbout(command, target))
    .sort((a, b) => Date.parse(b.openedAt) - Date.parse(a.openedAt));
}

/** The incident that a command means. Without an id: the newest that is not over, otherwise the newest. The answer names it, and the others. */
interface Meant {
  readonly incident: Incident | null;
  readonly others: readonly Incident[];
}
type WithIncident = Extract<CommentCommand['wish'], { kind: 'rerun' | 'explain' | 'correct' }>;

async function meant({ incident: prefix }: WithIncident, command: CommentCommand, deps: ObeyDeps): Promise<Meant> {
  const here = await incidentsHere(command, deps);
  const fitting = here.filter(({ id }) => id.startsWith(prefix ?? ''));
  const isOver = ({ status }: Incident) => status === 'resolved' || status === 'healed';
  const incident =
    prefix === undefined
      ? (fitting.find((one) => !isOver(one)) ?? fitting[0] ?? null)
      : fitting.length === 1
        ? (fitting[0] ?? null)
        : null;
  return { incident, others: here.filter((one) => one !== incident) };
}

const SHORT_ID = 11;
/** As code: elsewhere what looks like a reference is broken up, and could not be copied. */
const shortId = ({ id }: Incident): string => `\`${id.slice(0, SHORT_ID)}\``;

/** The other failures of the pull request, so that nobody takes one for another. */
function othersWords(others: readonly Incident[]): string {
  if (others.length === 0) return '';
  const each = others.map((one) => `${shortId(one)} (${one.status})`).join(', ');
  return ` Other failures of this pull request: ${each}; write the id after the command to mean one of them.`;
}

function unknown({ incident }: WithIncident): Handled {
  if (incident === undefined) return NOTHING_KNOWN;
  return {
    done: 'nothing-to-decide',
    words: 'No failure of this pull request, or more than one, has an id that begins like that.',
  };
}

/** Rights are asked of the incident's own repository, whatever the comment calls it. */
function repositoryOf({ repository }: CommentCommand, incident: Incident | null): string {
  return incident?.target.kind === 'github-run' ? incident.target.repository : repository;
}

async function rerun(command: CommentCommand, wish: WithIncident, deps: ObeyDeps): Promise<Handled> {
  const { incident, others } = await meant(wish, command, deps);
  if (!(await mayWrite(repositoryOf(command, incident), command.by, deps.people))) return ONLY_WRITERS;
  if (incident === null) return unknown(wish);
  const request = await requestRerun(incident, `github:${command.by}`, deps);
  return request.kind === 'begun'
    ? {
        done: 'obeyed',
        words: `Selfheal runs the failed jobs of incident ${shortId(incident)} again. What comes of it is told in its comment on the failure.${othersWords(others)}`,
      }
    : {
        done: 'refused',
        words: `Incident ${shortId(incident)} is not run again: ${request.reason}${othersWords(others)}`,
      };
}

/** The last steps of the incident in words made by code. For whoever may read the repository, as the comment on the failure is. */
async function explain(command: CommentCommand, wish: WithIncident, deps: ObeyDeps): Promise<Handled> {
  const { incident, others } = await meant(wish, command, deps);
  const repository = repositoryOf(command, incident);
  const permission = await unlessRefused(() => deps.people.permissionOf(repository, command.by));
  if (permission === null || permission === 'none')
    return { done: 'refused', words: 'Only people with access to the repository may ask for that.' };
  if (incident === null) return unknown(wish);
  const { timeZone } = deps.configuration.policy.circumstances;
  const trail = (await deps.incidents.listAudit(incident.id)).slice(-EXPLAINED_ENTRIES);
  return {
    done: 'answered',
    words: `Incident \`${incident.id}\` is ${incident.status}${incident.outcomeReason === null ? '.' : `. ${incident.outcomeReason}`}${othersWords(others)} Its last steps:`,
    more: trail.map((entry) => `${instantWords(new Date(entry.at), timeZone)}: ${tellEntry(entry)}`),
  };
}

async function hush(command: CommentCommand, quiet: boolean, deps: ObeyDeps): Promise<Handled> {
  if (!(await mayWrite(command.repository, command.by, deps.people))) return ONLY_WRITERS;
  await setQuiet(command, quiet ? `github:${command.by}` : null, deps.control);
  return {
    done: 'obeyed',
    words: quiet
      ? 'Selfheal works on, but writes no new comments about failures on this pull request. What it has written about a failure is still brought up to date. `/selfheal resume` ends that.'
      : 'Selfheal writes about failures on this pull request again.',
  };
}

const SIGNS = {
  obeyed: '+1',
  answered: 'eyes',
  refused: '-1',
  'nothing-to-decide': 'confused',
} as const satisfies Record<Done, string>;

/** A courtesy: what was decided stands also where GitHub does not take the sign. */
async function sign({ repository, commentId }: CommentCommand, obeyed: Done, deps: ObeyDeps): Promise<void> {
  try {
    await deps.people.react(repository, commentId, SIGNS[obeyed]);
  } catch {
    deps.meter.count('comment-sign-lost');
  }
}

/** Said once in the one comment for answers. A courtesy, too: a repeat could find the request gone that it had decided. */
async function reply(command: CommentCommand, answer: Answer, deps: ObeyDeps): Promise<void> {
  const { repositoryId, pullRequest, deliveryId } = command;
  const now = deps.clock.now();
  const hour = now.toISOString().slice(0, 13);
  const expires = new Date(now.getTime() + 2 * HOUR_MILLISECONDS);
  try {
    const scope = `comment-replies#${repositoryId}#${pullRequest}`;
    if (!(await deps.control.takeFromLimit(scope, hour, deliveryId, MAX_REPLIES_PER_HOUR, expires))) {
      deps.meter.count('comment-reply-left-out');
      return;
    }
    await alone(`reply:${repositoryId}#${pullRequest}`, deliveryId, deps, () =>
      replyTo(command, answer, deps.codeHost),
    );
  } catch {
    deps.meter.count('comment-reply-lost');
  }
}

const LEASE_SECONDS = 30;
const LEASE_TRIES = 5;

/** Two answers at the same time would make two comments. Throws `Retryable` when others hold the place all the time. */
async function alone(
  place: string,
  holder: string,
  { control, clock }: ObeyDeps,
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
  throw new Retryable(`Others answer at ${place} all the time.`);
}
