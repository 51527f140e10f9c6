import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { entitledGroups } from '#shared/domain/policy/approval-levels.ts';
import type { BoundAction } from '#shared/domain/remediation/bound-action.ts';
import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import type { People } from '#shared/ports/people.ts';
import type { PredictionStore } from '#shared/ports/prediction-store.ts';
import { type SettleDeps, settleApproval } from './approval-settle.ts';
import { correctPrediction } from './correct-prediction.ts';
import { type FileAgainDeps, fileAgain } from './record-correction.ts';
import { unlessRefused } from './unless-refused.ts';

export interface ObeyDeps extends SettleDeps, Pick<FileAgainDeps, 'experience'> {
  readonly incidents: SettleDeps['incidents'] & FileAgainDeps['incidents'] & Pick<IncidentStore, 'get' | 'getPlan'>;
  readonly approvals: Pick<ApprovalQueue, 'pending'>;
  readonly predictions: Pick<PredictionStore, 'recentPredictions' | 'correctPrediction'>;
  readonly control: Pick<ControlStore, 'isProcessed' | 'markProcessed'>;
  readonly people: People;
  readonly codeHost: Pick<CodeHost, 'findComment'>;
  readonly configuration: Configuration;
}

/** What became of a command; counted by this name. */
export type Obeyed = 'duplicate-delivery' | Done;
type Done = 'obeyed' | 'refused' | 'nothing-to-decide';

/** Requests that are looked through for the one that a comment means. */
const LOOKED_AT = 200;

/**
 * Does what a comment asks for, if whoever wrote it may: write access as GitHub says now, and neither their own pull request nor their own
 * run. Everything is repeatable, and the delivery is marked as processed last.
 */
export async function obeyComment(command: CommentCommand, deps: ObeyDeps): Promise<Obeyed> {
  if (await deps.control.isProcessed(command.deliveryId)) return 'duplicate-delivery';
  const { wish } = command;
  const obeyed = wish.kind === 'decide' ? await decide(command, wish, deps) : await correct(command, wish, deps);
  await sign(command, obeyed, deps);
  await deps.control.markProcessed(command.deliveryId, deps.clock.now());
  return obeyed;
}

interface Asked {
  readonly approval: Approval;
  readonly action: BoundAction;
}
type Decide = Extract<CommentCommand['wish'], { kind: 'decide' }>;
type Correct = Extract<CommentCommand['wish'], { kind: 'correct' }>;

async function decide(command: CommentCommand, wish: Decide, deps: ObeyDeps): Promise<Done> {
  const asked = await findAsked(command, wish.digest, deps);
  if (asked === null) return 'nothing-to-decide';
  const objection = await objectionTo(command, wish, asked, deps);
  if (objection !== null) return await refuse(command, asked, objection, deps);
  const by = { by: `github:${command.by}`, onBehalfOf: null, channel: `comment ${command.commentId}` };
  const outcome = await settleApproval(asked.approval, wish.decision, by, deps);
  return outcome.kind === 'answered' ? 'obeyed' : 'nothing-to-decide';
}

/** The one request about this very pull request whose digest begins like that; none when there are several. */
async function findAsked(command: CommentCommand, digest: string, deps: ObeyDeps): Promise<Asked | null> {
  const pending = (await deps.approvals.pending(LOOKED_AT)).filter((one) => one.digest.startsWith(digest));
  const found: Asked[] = [];
  for (const { incidentId, digest: whole } of pending) {
    const [approval, action] = await Promise.all([
      deps.incidents.getApproval(incidentId, whole),
      deps.incidents.getPlan(incidentId, whole),
    ]);
    if (approval !== null && action !== null && isAbout(command, action.target)) found.push({ approval, action });
  }
  return found.length === 1 ? (found[0] ?? null) : null;
}

function isAbout({ repositoryId, pullRequest }: CommentCommand, target: BoundAction['target']): boolean {
  return target.kind === 'github-run' && target.repositoryId === repositoryId && target.pullRequest === pullRequest;
}

/** Why it is not theirs to decide. Whoever may write may reject, also what is about their own change. */
async function objectionTo(
  { repository, by, author }: CommentCommand,
  { decision }: Decide,
  { approval, action }: Asked,
  { configuration, clock, people }: ObeyDeps,
): Promise<string | null> {
  if (!configuration.approvals.comments) return 'Comments decide nothing here.';
  if (!(await mayWrite(repository, by, people))) return 'Only people with write access to the repository may decide.';
  if (decision === 'rejected') return null;
  const started = action.target.kind === 'github-run' ? action.target.actor : null;
  if (author === null || isSame(by, author)) return 'It is their own pull request, or nobody knows whose it is.';
  if (started !== null && isSame(by, started)) return 'They started the run that failed.';
  return entitledGroups(approval, configuration.approvals, clock.now()) === null
    ? null
    : 'This request is for groups of the user pool: they have to sign in.';
}

/** Nobody is let through because GitHub would not say. */
async function mayWrite(repository: string, login: string, people: People): Promise<boolean> {
  const permission = await unlessRefused(() => people.permissionOf(repository, login));
  return permission === 'write' || permission === 'admin';
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

async function refuse(
  { by, commentId }: CommentCommand,
  { approval: { incidentId, digest } }: Asked,
  reasons: string,
  { incidents, clock }: ObeyDeps,
): Promise<'refused'> {
  await incidents.audit(incidentId, `approval-refused#${digest}#${commentId}`, {
    at: clock.now().toISOString(),
    event: 'approval.refused',
    facts: { digest, by: `github:${by}`, reasons, channel: `comment ${commentId}` },
  });
  return 'refused';
}

/** The prediction is of the incident that our own comment on the pull request speaks of. It judges that, and says what its actions were good for. */
async function correct(command: CommentCommand, { class: actual }: Correct, deps: ObeyDeps): Promise<Done> {
  const { repository, pullRequest, by } = command;
  if (!(await mayWrite(repository, by, deps.people))) return 'refused';
  const comment = await deps.codeHost.findComment(repository, pullRequest, '<!-- selfheal:');
  const incidentId = /Selfheal incident (gh-[0-9a-f]{8,57})\b/.exec(comment?.body ?? '')?.[1];
  const incident = incidentId === undefined ? null : await deps.incidents.get(incidentId);
  if (incident === null || !isAbout(command, incident.target)) return 'nothing-to-decide';
  const order = { incidentId: incident.id, class: actual, by: `github:${by}`, at: deps.clock.now() };
  if ((await correctPrediction(order, deps.predictions)).kind === 'refused') return 'nothing-to-decide';
  await fileAgain(incident, order, deps);
  return 'obeyed';
}

const SIGNS = { obeyed: '+1', refused: '-1', 'nothing-to-decide': 'confused' } as const satisfies Record<Done, string>;

/** A courtesy: what was decided stands also where GitHub does not take the sign. */
async function sign({ repository, commentId }: CommentCommand, obeyed: Done, deps: ObeyDeps): Promise<void> {
  try {
    await deps.people.react(repository, commentId, SIGNS[obeyed]);
  } catch {
    deps.meter.count('comment-sign-lost');
  }
}
