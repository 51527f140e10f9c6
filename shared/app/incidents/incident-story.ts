import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import type { Evidence, EvidenceLine } from '@selfheal/log-reading/logs/evidence.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { redactFields } from '@selfheal/redaction/redact-json.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { Offer } from '#shared/domain/plan/candidates.ts';
import type { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import { type Approval, deciderNameOf } from '#shared/ports/incident-store.ts';
import type { ReadIncidentDeps } from './read-incident.ts';
import { type WorkflowPath, workflowPath } from './workflow-path.ts';

/** A log as it was read, with the lines that the diagnosis rests on. */
interface StoryLog {
  readonly name: string;
  readonly url: string | null;
  /** Lines of the whole log; `lines` are those that were kept. */
  readonly totalLines: number;
  readonly lines: readonly { readonly number: number; readonly text: string; readonly cited: boolean }[];
}

interface StoryCandidate {
  readonly title: string;
  readonly description: string;
  /** `chosen`: the last plan is for it. `tried`: it was done before that. */
  readonly state: 'chosen' | 'tried' | 'left';
}

interface SimilarIncident {
  readonly incidentId: string;
  readonly endedAt: string;
  readonly title: string;
  readonly resolution: string;
  readonly outcome: string;
  /** Null when it was only proposed. */
  readonly helped: boolean | null;
  /** The person who says so; absent where Selfheal measured it. */
  readonly reportedBy?: string | undefined;
  readonly sameFailure: boolean;
  readonly times: number;
  /** 0 to 1. */
  readonly score: number;
  readonly reasons: readonly string[];
}

/** What a page shows of an incident beside its details: where the workflow is, the logs, the choice, and what it resembles. */
export interface IncidentStory {
  readonly workflow: WorkflowPath;
  readonly logs: readonly StoryLog[];
  readonly failedTests: readonly string[];
  /** What a model claimed, each with the names and numbers of the lines that show it. */
  readonly findings: readonly { readonly claim: string; readonly lines: readonly string[] }[];
  readonly candidates: readonly StoryCandidate[];
  /** Why the last plan is as it is, in the words of the audit trail; null before a plan. */
  readonly why: string | null;
  readonly receipts: readonly {
    readonly title: string;
    readonly at: string;
    readonly summary: string;
    readonly state: ActionRecord['state'];
    readonly verified: ActionRecord['verified'];
    readonly facts: Readonly<Record<string, string>>;
  }[];
  readonly approvals: readonly Pick<Approval, 'digest' | 'state' | 'requestedAt' | 'expiresAt' | 'decidedBy'>[];
  readonly similar: readonly SimilarIncident[];
}

export interface IncidentStoryDeps extends ReadIncidentDeps {
  readonly evidence: ReadIncidentDeps['evidence'] & Pick<EvidenceStore, 'getOffer'>;
  readonly trail: AuditReader;
}

const MAX_LINES_OF_LOG = 3_000;
const MAX_LINE_LENGTH = 2_000;
const MAX_LOGS = 20;

/** Null when there is no incident of this id. Texts come from logs and models. */
export async function readIncidentStory(id: string, deps: IncidentStoryDeps): Promise<IncidentStory | null> {
  const incident = await deps.incidents.get(id);
  if (incident === null) return null;
  const [evidence, diagnosis, offer, actions, plans, approvals, trail] = await Promise.all([
    deps.evidence.getEvidence(id),
    deps.evidence.getDiagnosis(id),
    deps.evidence.getOffer(id),
    deps.incidents.listActions(id),
    deps.incidents.listPlans(id),
    deps.incidents.listApprovals(id),
    deps.trail.auditTrail(id),
  ]);
  const title = (actionId: string): string => actionOf(actionId, deps.actions)?.title ?? actionId;
  const lastPlan = trail.findLast(({ event }) => event === 'plan.made');
  const texts = redactFields({
    logs: logsOf(evidence, citedBy(diagnosis, incident)),
    failedTests: (evidence?.failedTests ?? []).map(({ name }) => cleanText(name, 200)),
    findings: findingsOf(diagnosis, evidence),
    why: typeof lastPlan?.facts.reasons === 'string' ? cleanText(lastPlan.facts.reasons, 2_000) : null,
    similar: (diagnosis?.seenBefore ?? []).map((each) => ({ ...each, title: cleanText(each.title, 300) })),
  });
  return {
    ...texts,
    workflow: workflowPath({ incident, evidence, diagnosis, plans, approvals, actions }),
    candidates: candidatesOf(offer, plans, title),
    receipts: actions.map(({ actionId, state, verified, receipt, intendedAt }) => ({
      title: title(actionId),
      at: receipt?.at ?? intendedAt,
      summary: redactOutgoing(receipt?.summary ?? 'Nothing was heard back yet.'),
      state,
      verified,
      facts: Object.fromEntries(
        Object.entries(receipt?.facts ?? {}).map(([name, value]) => [name, redactOutgoing(String(value))]),
      ),
    })),
    approvals: approvals.map((approval) => {
      const { digest, state, requestedAt, expiresAt } = approval;
      return { digest, state, requestedAt, expiresAt, decidedBy: deciderNameOf(approval) };
    }),
  };
}

function citedBy(diagnosis: Diagnosis | null, { classification }: Incident): ReadonlySet<string> {
  return new Set([...(diagnosis?.evidence ?? []), ...((diagnosis?.classification ?? classification)?.evidence ?? [])]);
}

function logsOf(evidence: Evidence | null, cited: ReadonlySet<string>): StoryLog[] {
  return (evidence?.sources ?? []).slice(0, MAX_LOGS).map(({ name, url, totalLines, lines }) => ({
    name: cleanText(name, 120),
    url: url !== null && /^(?:https:\/\/|http:\/\/127\.0\.0\.1:)/.test(url) ? url : null,
    totalLines,
    lines: lines
      .slice(0, MAX_LINES_OF_LOG)
      .map(({ number, text, ref }) => ({ number, text: lineOf(text), cited: cited.has(ref) })),
  }));
}

/** Keeps the indentation. */
function lineOf(text: EvidenceLine['text']): string {
  return `${/^ */.exec(text)?.[0] ?? ''}${cleanText(text, MAX_LINE_LENGTH)}`;
}

function findingsOf(diagnosis: Diagnosis | null, evidence: Evidence | null): IncidentStory['findings'] {
  const places = new Map(
    (evidence?.sources ?? []).flatMap(({ name, lines }) =>
      lines.map(({ ref, number }) => [ref, `${cleanText(name, 60)}:${number}`] as const),
    ),
  );
  return (diagnosis?.model?.findings ?? []).map(({ claim, evidence: refs }) => ({
    claim: cleanText(claim, 1_000),
    lines: refs.flatMap((ref) => places.get(ref) ?? []),
  }));
}

function candidatesOf(
  offer: Offer | null,
  plans: readonly PlanRecord[],
  title: (actionId: string) => string,
): StoryCandidate[] {
  const chosen = plans.at(-1)?.actionId ?? null;
  const tried = new Set(
    plans.slice(0, -1).flatMap(({ actionId, decision }) => (decision === 'act' ? (actionId ?? []) : [])),
  );
  return (offer?.actions ?? []).map(({ actionId, description }) => ({
    title: title(actionId),
    description: redactOutgoing(cleanText(description, 1_000)),
    state: actionId === chosen ? 'chosen' : tried.has(actionId) ? 'tried' : 'left',
  }));
}
