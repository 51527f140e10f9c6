import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { type AskedFor, entitledGroups } from '#shared/domain/policy/approval-levels.ts';
import { isSelfApprovable } from '#shared/domain/policy/impact.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { AskedPlan, IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { Approval, AuditEntry, IncidentStore } from '#shared/ports/incident-store.ts';
import type { Clock } from '#shared/ports/time.ts';
import { loadIncident } from '../common/load-incident.ts';
import { type PlannedAction, readPlannedAction } from '../remediate/planned.ts';
import { readStory, type StoryDeps } from './report.ts';

/** Digits of a digest that a comment has to repeat: more than anybody could make collide with another plan of one pull request. */
export const SHORT_DIGEST = 12;

export interface AskingDeps {
  readonly configuration: Configuration;
  /** Where the approval page is served. */
  readonly apiUrl: string;
  readonly clock: Clock;
}

/** All that somebody needs who is to decide about a plan, but for cause and evidence, which the incident's story has. */
export function askedPlan(
  { action, plugin, parameters }: PlannedAction,
  asking: AskedFor,
  trail: readonly AuditEntry[],
  change: AskedPlan['change'],
  { configuration, apiUrl, clock }: AskingDeps,
): AskedPlan {
  const { incidentId, digest, actionId, target } = action;
  const planned = trail.findLast(({ event, facts }) => event === 'plan.made' && facts.digest === digest);
  const lastTimes = planned?.facts.lastTimes;
  const short = digest.slice(0, SHORT_DIGEST);
  const { approvals } = configuration;
  const approvers = serviceOf(configuration, target)?.approvers;
  return {
    digest,
    actionId,
    title: plugin.title,
    description: action.description,
    undo: plugin.describeUndo(parameters),
    risk: action.risk,
    reasons: action.needsApproval?.reasons ?? ['Selfheal is not sure enough to do it without asking.'],
    lastTimes: typeof lastTimes === 'string' ? lastTimes : null,
    tried: triedWords(action, trail, planned),
    change,
    deciders: decidersOf(action, entitledGroups(asking, approvals, clock.now(), approvers), configuration),
    requestedAt: new Date(asking.requestedAt),
    expiresAt: new Date(asking.expiresAt),
    pageUrl: `${apiUrl.replace(/\/+$/, '')}/approvals/${incidentId}/${digest}`,
    commands: takesComments(target, configuration)
      ? { approve: `/selfheal approve ${short}`, reject: `/selfheal reject ${short}` }
      : null,
  };
}

export interface AskingStoryDeps extends AskingDeps, StoryDeps {
  readonly incidents: StoryDeps['incidents'] & Pick<IncidentStore, 'get' | 'getPlan' | 'listAudit'>;
  readonly evidence: StoryDeps['evidence'] & Pick<EvidenceStore, 'getFix'>;
  readonly actions: readonly ActionPlugin[];
}

/** What an incident is about and the plan that waits for a decision about it. Throws `CorruptRecord` like what it reads. */
export async function readAskingStory(
  approval: Pick<Approval, 'incidentId' | 'digest' | 'requestedAt' | 'expiresAt'>,
  deps: AskingStoryDeps,
): Promise<{ readonly story: IncidentStory; readonly asked: AskedPlan }> {
  const planned = await readPlannedAction(approval, deps);
  const [incident, trail] = await Promise.all([
    loadIncident(approval.incidentId, deps.incidents),
    deps.incidents.listAudit(approval.incidentId),
  ]);
  const asked = askedPlan(planned, approval, trail, await changeOf(planned.action, deps), deps);
  return { story: { ...(await readStory(incident, 'asking', trail, deps)), asked }, asked };
}

/** What the sandbox said about this very change, or why it was not asked. */
function triedWords(
  { parameters: { fixDigest } }: BoundAction,
  trail: readonly AuditEntry[],
  planned: AuditEntry | undefined,
): string | null {
  if (typeof fixDigest !== 'string') return null;
  const facts = trail.findLast(
    (entry) => entry.facts.fix === fixDigest && typeof entry.facts.tried === 'string',
  )?.facts;
  if (facts === undefined) {
    const untried = planned?.facts.untried;
    return typeof untried === 'string' ? `It was not tried. ${untried}` : null;
  }
  const place = `On commit ${String(facts.commit).slice(0, 12)}`;
  const page = typeof facts.url === 'string' ? ` (${facts.url})` : '';
  switch (facts.tried) {
    case 'passed':
      return `${place}: the tests passed with it${page}.`;
    case 'failed':
      return `${place}: the tests failed with it${page}.`;
    default:
      return `${place}: the run ended before the tests did, which says nothing about it${page}.`;
  }
}

/** The code that an action would write, from what is kept by the digest in its parameters. */
async function changeOf({ incidentId, parameters }: BoundAction, deps: AskingStoryDeps): Promise<AskedPlan['change']> {
  const { fixDigest } = parameters;
  const fix = typeof fixDigest === 'string' ? await deps.evidence.getFix(incidentId, fixDigest) : null;
  return fix === null ? null : { diff: fix.diff, looks: [...fix.inspection.reasons, ...fix.findings] };
}

/** Whether a comment may decide: there is a pull request, comments are on, and no group of the user pool is asked, which a comment cannot show. */
function takesComments(target: TargetContext, { approvals }: Configuration): boolean {
  if (!approvals.comments || target.kind !== 'github-run' || target.pullRequest === null) return false;
  return approvals.levels.every(({ groups }) => groups.length === 0);
}

function decidersOf(
  { target, actionId }: BoundAction,
  groups: readonly string[] | null,
  configuration: Configuration,
): string {
  const onPage =
    groups === null
      ? 'anybody who may sign in to the approval page'
      : `members of ${groups.join(', ')}, and whom they named, who sign in to the approval page`;
  const own = configuration.approvals.selfApproval && isSelfApprovable(actionId);
  const others = target.kind === 'github-run' && !own ? ', unless the change or the run is their own' : '';
  return takesComments(target, configuration)
    ? `Anybody with write access to the repository, by a comment, or ${onPage}${others}.`
    : `${onPage.charAt(0).toUpperCase()}${onPage.slice(1)}${others}.`;
}
