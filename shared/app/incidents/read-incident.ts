import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { present } from '@selfheal/kernel/present.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { type Redacted, redactFields } from '@selfheal/redaction/redact-json.ts';
import { type DescribedAccount, describeAccount } from '#shared/domain/audit/incident-account.ts';
import { type Annotations, endedByPerson, NO_ANNOTATIONS } from '#shared/domain/incident/annotations.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import {
  type AlertTarget,
  type ReportTarget,
  type Severity,
  severityOf,
} from '#shared/domain/incident/target-context.ts';
import { tagsOf } from '#shared/domain/learning/new-pattern.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import { adviceNow } from '#shared/plugins/notifiers/common/advice-words.ts';
import { type IncidentBriefing, incidentBriefing } from '#shared/plugins/notifiers/common/incident-briefing.ts';
import { type Status, statusOf } from '#shared/plugins/notifiers/common/status-words.ts';
import { actionWords } from '#shared/plugins/notifiers/common/story-words.ts';
import type { IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { readStory, type StoryDeps } from '../notify/report.ts';
import { loadAccount, type ReadAccountDeps } from './load-account.ts';

/** What an incident is about, without the fields that only Selfheal needs. */
type IncidentSubject =
  | {
      readonly kind: 'run';
      /** Id of the code host. */
      readonly host: string;
      readonly repository: string;
      readonly runId: number;
      readonly runAttempt: number;
      readonly headSha: string;
      readonly pullRequest: number | null;
    }
  | {
      readonly kind: 'alarm';
      readonly provider: string;
      readonly alarm: string;
      readonly account: string;
      readonly region: string;
      readonly changedAt: string;
    }
  | ({ readonly kind: 'alert' } & Omit<AlertTarget, 'key'>)
  | ({ readonly kind: 'report' } & Omit<ReportTarget, 'reportId'>)
  | { readonly kind: 'storm'; readonly startedAt: string; readonly of: 'foreign-alarms' | null };

/** One line of a list of incidents. Times are ISO 8601. */
export interface IncidentSummary {
  readonly id: string;
  readonly number: number | null;
  readonly status: Incident['status'];
  /** As people worded it, or else as it arrived. Tainted. */
  readonly title: RedactedText;
  readonly severity: Severity | null;
  readonly assignee: RedactedText | null;
  /** Who took on the current attempt first; null while nobody has. */
  readonly acknowledged: NonNullable<Annotations['acknowledged']> | null;
  /** The person who ended it; null where nobody did. */
  readonly endedBy: string | null;
  /** Of what people wrote; it changes with every word of theirs. */
  readonly revision: number;
  readonly subject: IncidentSubject;
  /** Null until it is classified. */
  readonly class: string | null;
  /** By itself: class and family, signature, service or repository, severity; see `tagsOf`. */
  readonly tags: readonly string[];
  readonly verdict: string | null;
  /** 0 to 1: confidence in the class. */
  readonly confidence: number | null;
  readonly reason: string | null;
  /** What failed and why, in one line; null until there is a diagnosis. Tainted. */
  readonly diagnosis: string | null;
  readonly occurrences: number;
  readonly attempt: number;
  readonly parentId: string | null;
  /** Of an incident that exists because somebody asked for an action. */
  readonly request: {
    readonly action: string;
    readonly to: number | null;
    readonly by: string;
    readonly about: string | null;
  } | null;
  readonly openedAt: string;
  /** When a signal of it last arrived. */
  readonly lastSeenAt: string;
  readonly updatedAt: string;
}

interface TakenAction {
  readonly id: string;
  readonly title: string;
  readonly state: ActionRecord['state'];
  readonly verified: ActionRecord['verified'];
  readonly words: string;
}

/** An incident with everything that people wrote about it. */
export interface AnnotatedIncident
  extends IncidentSummary,
    Pick<Annotations, 'notes' | 'resolution' | 'falsePositive' | 'feedback'> {}

/** One incident as a person reads it. */
export interface IncidentDetails extends AnnotatedIncident {
  readonly outcome: Redacted<Status>;
  readonly briefing: Redacted<IncidentBriefing>;
  /** The same as the briefing's lines, in parts. */
  readonly knownHere: NonNullable<Diagnosis['knownHere']>;
  readonly advice: Redacted<{ readonly fix: string; readonly prevention: string }> | null;
  readonly actions: Redacted<readonly TakenAction[]>;
}

export interface ReadIncidentDeps extends StoryDeps {
  readonly incidents: StoryDeps['incidents'] & Pick<IncidentStore, 'get' | 'listApprovals'>;
}

export function summaryOf(incident: Incident): IncidentSummary {
  const { id, status, classification, outcomeReason, occurrences, attempt, parentId, openedAt, updatedAt } = incident;
  const { target, tainted, request, annotations: written = NO_ANNOTATIONS } = incident;
  return {
    id,
    number: incident.number ?? null,
    status,
    title: written.title ?? tainted.title,
    severity: written.severity ?? severityOf(target),
    assignee: written.assignee,
    acknowledged: written.acknowledged?.attempt === incident.attempt ? written.acknowledged : null,
    endedBy: endedByPerson(incident) ? ((written.resolution ?? written.falsePositive)?.by ?? null) : null,
    revision: written.revision,
    subject: subjectOf(target),
    class: classification?.class ?? null,
    tags: tagsOfIncident(incident),
    verdict: classification?.verdict ?? null,
    confidence: classification?.confidence ?? null,
    reason: outcomeReason,
    diagnosis: incident.summary ?? null,
    occurrences,
    attempt,
    parentId,
    request:
      request === undefined
        ? null
        : { action: request.actionId, to: request.to, by: request.by, about: request.incidentId },
    openedAt,
    lastSeenAt: incident.lastSeenAt ?? openedAt,
    updatedAt,
  };
}

/** What an incident is tagged with by itself. Names are tags in lower case, with hyphens. */
function tagsOfIncident({ target, classification, annotations }: Incident): string[] {
  const service = target.kind === 'report' || target.kind === 'alert' ? target.service : null;
  const place = target.kind === 'run' ? 'ci' : target.kind;
  const severity = annotations?.severity ?? severityOf(target);
  const slug = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, '-')
      .replace(/^[._-]+/, '');
  const failureClass = classification?.class ?? 'unknown';
  const named = { tags: [place], service: service === null ? null : slug(service), severity };
  return tagsOf(failureClass, { signature: classification?.signature ?? null }, named as never);
}

export function annotatedOf(incident: Incident): AnnotatedIncident {
  const { notes, resolution, falsePositive, feedback } = incident.annotations ?? NO_ANNOTATIONS;
  return { ...summaryOf(incident), notes, resolution, falsePositive, feedback };
}

function subjectOf(target: Incident['target']): IncidentSubject {
  switch (target.kind) {
    case 'run': {
      const { kind, host, repository, runId, runAttempt, headSha, pullRequest } = target;
      return { kind, host, repository, runId, runAttempt, headSha, pullRequest };
    }
    case 'alarm': {
      const { kind, provider, account, region, changedAt } = target;
      return { kind, provider, alarm: alarmNameOf(target), account, region, changedAt };
    }
    case 'alert': {
      const { kind, provider, connection, service, severity, url, changedAt, build } = target;
      return {
        kind,
        provider,
        connection,
        service,
        severity,
        url,
        changedAt,
        ...present({ build }),
      };
    }
    case 'report': {
      const { kind, service, repository, severity, reportedBy, reportedAt, simulated, job } = target;
      const named = job === undefined ? {} : { job };
      return { kind, service, repository, severity, reportedBy, reportedAt, simulated, ...named };
    }
    case 'storm':
      return { kind: 'storm', startedAt: target.startedAt, of: target.of ?? null };
    default:
      return target satisfies never;
  }
}

/** The same facts as in the comment and the mail. Null when there is no incident of this id. */
export async function readIncident(id: string, deps: ReadIncidentDeps): Promise<IncidentDetails | null> {
  const incident = await deps.incidents.get(id);
  if (incident === null) return null;
  const story = await readStory(incident, await stageOf(incident, deps), deps, true);
  const { diagnosis, actions } = story;
  const fix = adviceNow(story);
  return {
    ...annotatedOf(incident),
    outcome: redactFields(statusOf(story)),
    briefing: redactFields(incidentBriefing(story)),
    knownHere: diagnosis?.knownHere ?? [],
    advice: diagnosis === null || fix === '' ? null : redactFields({ fix, prevention: diagnosis.prevention }),
    actions: redactFields(
      actions.map((action) => ({
        id: action.actionId,
        title: actionOf(action.actionId, deps.actions)?.title ?? action.actionId,
        state: action.state,
        verified: action.verified,
        words: actionWords(action),
      })),
    ),
  };
}

async function stageOf({ id, status }: Incident, { incidents }: ReadIncidentDeps): Promise<IncidentStory['stage']> {
  if (status !== 'open') return 'final';
  const approvals = await incidents.listApprovals(id);
  return approvals.some(({ state }) => state === 'pending') ? 'asking' : 'acting';
}

/** What happened in an incident, in order, with its audit chain verified. Null when nothing is known of this id. */
export async function readAccount(id: string, deps: ReadAccountDeps): Promise<DescribedAccount | null> {
  const account = await loadAccount(id, deps);
  return account.incident === null && account.trail.length === 0 ? null : describeAccount(account);
}
