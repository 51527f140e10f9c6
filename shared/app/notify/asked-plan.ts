import type { Clock } from '@selfheal/kernel/time.ts';
import { redactFields } from '@selfheal/redaction/redact-json.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { FIRST_HOST, type TargetContext } from '#shared/domain/incident/target-context.ts';
import type { ActionRecord, BoundAction } from '#shared/domain/plan/bound-action.ts';
import { type ApprovalPeriod, entitledGroups } from '#shared/domain/policy/approval-levels.ts';
import type { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { hostPluginOf, hostTitleOf } from '#shared/plugins/hosts/registry.ts';
import type { AskedPlan, IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import { loadIncident } from '../../ports/incident-store.ts';
import { type PlannedAction, readPlannedAction } from '../remediate/planned.ts';
import { readStory, type StoryDeps } from './report.ts';

/**
 * Digits of a digest that a comment must repeat: too many for anybody to find a second plan of the pull request with the same digits.
 */
const SHORT_DIGEST = 12;

export interface AskingDeps {
  readonly configuration: Configuration;
  /** Address of the dashboard, without a path. */
  readonly dashboardUrl: string;
  readonly clock: Clock;
}

/** The stored code of a fix, and what to check in it. Context lines are as in the repository. */
interface ProposedChange {
  readonly diff: string;
  readonly looks: readonly { readonly path: string | null; readonly line: number | null; readonly reason: string }[];
}

/** What a person needs to decide about a plan, except cause and evidence, which are in the incident's report. */
export function askedPlan(
  { action, plugin, parameters }: PlannedAction,
  asking: ApprovalPeriod,
  { plans, actions }: { readonly plans: readonly PlanRecord[]; readonly actions: readonly ActionRecord[] },
  change: ProposedChange | null,
  { configuration, dashboardUrl, clock }: AskingDeps,
): AskedPlan {
  const { incidentId, digest, actionId, target } = action;
  const planned = plans.findLast((plan) => plan.digest === digest);
  const short = digest.slice(0, SHORT_DIGEST);
  const { approvals } = configuration;
  const approvers = serviceOf(configuration, target)?.approvers;
  return {
    digest,
    actionId,
    risk: action.risk,
    ...redactFields({
      title: plugin.title,
      description: action.description,
      undo: plugin.describeUndo(parameters),
      reasons: action.needsApproval?.reasons ?? ['Selfheal is not confident enough to do it without asking.'],
      lastTimes: planned?.lastTimes ?? null,
      tried: triedWords(action, actions, planned),
      change,
      deciders: decidersOf(action, entitledGroups(asking, approvals, clock.now(), approvers), configuration),
    }),
    requestedAt: new Date(asking.requestedAt),
    expiresAt: new Date(asking.expiresAt),
    pageUrl: `${dashboardUrl.replace(/\/+$/, '')}/approvals/${incidentId}/${digest}`,
    commands: takesComments(target, configuration)
      ? { approve: `/selfheal approve ${short}`, reject: `/selfheal reject ${short}` }
      : null,
  };
}

export interface AskingStoryDeps extends AskingDeps, StoryDeps {
  readonly incidents: StoryDeps['incidents'] & Pick<IncidentStore, 'get' | 'getPlan'>;
  readonly evidence: StoryDeps['evidence'] & Pick<EvidenceStore, 'getFix'>;
  readonly actions: readonly ActionPlugin[];
}

/** An incident and its plan that waits for a decision. Throws `CorruptRecord` like the reads it makes. */
export async function readAskingStory(
  approval: Pick<Approval, 'incidentId' | 'digest' | 'requestedAt' | 'expiresAt'>,
  deps: AskingStoryDeps,
): Promise<{ readonly story: IncidentStory; readonly asked: AskedPlan }> {
  const planned = await readPlannedAction(approval, deps);
  const [incident, plans] = await Promise.all([
    loadIncident(approval.incidentId, deps.incidents),
    deps.incidents.listPlans(approval.incidentId),
  ]);
  const story = await readStory(incident, 'asking', deps);
  const known = { plans, actions: story.actions };
  const asked = askedPlan(planned, approval, known, await changeOf(planned.action, deps), deps);
  return { story: { ...story, asked }, asked };
}

/** Result of the sandbox run of this change, or why there was none. */
function triedWords(
  { parameters: { fixDigest } }: BoundAction,
  actions: readonly ActionRecord[],
  planned: PlanRecord | undefined,
): string | null {
  if (typeof fixDigest !== 'string') return null;
  const facts = actions.findLast(
    ({ receipt }) => receipt?.facts.fix === fixDigest && typeof receipt.facts.tried === 'string',
  )?.receipt?.facts;
  if (facts === undefined) return planned?.untried ? `It was not tested. ${planned.untried}` : null;
  const place = `On commit ${String(facts.commit).slice(0, 12)}`;
  const page = typeof facts.url === 'string' ? ` (${facts.url})` : '';
  switch (facts.tried) {
    case 'passed':
      return `${place}: the tests passed with it${page}.`;
    case 'failed':
      return `${place}: the tests failed with it${page}.`;
    default:
      return `${place}: the run ended before the tests did, so the result is unknown${page}.`;
  }
}

/** The code that an action would write, read by the digest in its parameters. */
async function changeOf(
  { incidentId, parameters }: BoundAction,
  deps: AskingStoryDeps,
): Promise<ProposedChange | null> {
  const { fixDigest } = parameters;
  const fix = typeof fixDigest === 'string' ? await deps.evidence.getFix(incidentId, fixDigest) : null;
  return fix === null ? null : { diff: fix.diff, looks: [...fix.inspection.reasons, ...fix.findings] };
}

/**
 * Whether a comment may decide: there is a pull request, comments are allowed, and no group of the user pool is required, because a comment
 * shows no groups.
 */
function takesComments(target: TargetContext, { approvals }: Configuration): boolean {
  if (!approvals.comments || target.kind !== 'run' || target.pullRequest === null) return false;
  if (hostPluginOf(target.repository)?.capabilities.has('comment-commands') !== true) return false;
  return approvals.levels.every(({ groups }) => groups.length === 0);
}

function decidersOf(
  { target, selfApproval }: BoundAction,
  groups: readonly string[] | null,
  configuration: Configuration,
): string {
  const onPage =
    groups === null
      ? 'anybody who may approve on the dashboard'
      : `members of ${groups.join(', ')}, or people they delegated to, who sign in to the dashboard`;
  const own = configuration.approvals.selfApproval && selfApproval;
  const others = target.kind === 'run' && !own ? ', unless the change or the run is their own' : '';
  return takesComments(target, configuration)
    ? `Anybody with write access to the repository${linkedWords(target)}, by a comment, or ${onPage}${others}.`
    : `${onPage.charAt(0).toUpperCase()}${onPage.slice(1)}${others}.`;
}

/** Which accounts a comment counts from, where write access is not enough: see `mustBeLinkedOn`. */
function linkedWords(target: TargetContext): string {
  return target.kind === 'run' && target.host !== FIRST_HOST
    ? ` whose account on ${hostTitleOf(target.repository)} is linked`
    : '';
}
