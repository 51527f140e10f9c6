import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type { AnswersReport } from '#shared/domain/answers/answers-report.ts';
import type { Retraining } from '#shared/domain/answers/watch.ts';
import type { Capacity } from '#shared/domain/capacity/capacity-settings.ts';
import type { Forecast } from '#shared/domain/capacity/forecast.ts';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { TargetLink } from '#shared/domain/incident/target-links.ts';
import type { LearningReport } from '#shared/domain/learning/learning-report.ts';
import type { LearningReview, ReviewAction } from '#shared/domain/learning/learning-review.ts';
import type { ActionRecord, BoundAction } from '#shared/domain/plan/bound-action.ts';
import type { AlertRule } from '#shared/domain/policy/alert-rule.ts';
import type { AnnouncementKind } from '#shared/domain/workflow/function-config.ts';
import type { Controls, GatheredMessage } from './control-store.ts';
import type { Approval } from './incident-store.ts';

/** A plan that waits for a decision, with what people need for it, worded by code. */
export interface AskedPlan {
  readonly digest: string;
  /** Id of the action. */
  readonly actionId: string;
  readonly title: RedactedText;
  /** What will be done to what. */
  readonly description: RedactedText;
  /** How it is undone, or why it cannot or need not be. */
  readonly undo: RedactedText;
  readonly risk: string;
  /** Why Selfheal asks. */
  readonly reasons: readonly RedactedText[];
  /** Earlier outcomes in this scope; null when they were not looked up. */
  readonly lastTimes: RedactedText | null;
  /** Result of the sandbox run, or why there was none; null when no sandbox is configured. */
  readonly tried?: RedactedText | null;
  /** The code that would be written, and what to look at in it; null when the plan writes none. Tainted. */
  readonly change: {
    readonly diff: RedactedText;
    readonly looks: readonly {
      readonly path: RedactedText | null;
      readonly line: number | null;
      readonly reason: RedactedText;
    }[];
  } | null;
  /** Who may decide. */
  readonly deciders: RedactedText;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  /** The plan on the dashboard. */
  readonly pageUrl: string;
  /** Comments that decide about it; null when only the page does. */
  readonly commands: { readonly approve: string; readonly reject: string } | null;
}

/** Why nothing is changed: of the kill switch while it is on. */
export type StopNotice = Pick<Controls, 'reason' | 'since' | 'by'>;

/** Everything that may be reported about an incident, already redacted. */
export interface IncidentStory {
  readonly incident: Incident;
  readonly diagnosis: Diagnosis | null;
  readonly evidence: Evidence | null;
  readonly actions: readonly ActionRecord[];
  /** `asking`: a plan waits for a person; `acting`: an action was just executed and is being verified; `final`: the incident ended. */
  readonly stage: 'asking' | 'acting' | 'final';
  /** Links to what it is about. */
  readonly links: readonly TargetLink[];
  /** The incident on the dashboard; absent where the caller does not know the dashboard. */
  readonly page?: string;
  /** Time zone for all times (IANA name). */
  readonly timeZone: string;
  /** What is left to do after the action that helped, worded by code; null when nothing is. */
  readonly afterwards?: string | null;
  /** The waiting plan, while the stage is `asking`. */
  readonly asked?: AskedPlan | null;
  /** That the failure had been resolved before and came back, worded by code. */
  readonly cameBack?: string | null;
  /** That only quarantined tests failed, worded by code. */
  readonly quarantined?: string | null;
  /** Titles of actions that did not help in this incident, or that a person rejected: nobody is advised to do them. */
  readonly ruledOut?: readonly string[];
  /** Plans that people rejected, with the title of the action. */
  readonly rejections?: readonly { readonly title: string; readonly by: string | null; readonly at: string }[];
  /** What APIs said about the target; read where somebody decides. */
  readonly telemetry?: Telemetry | null;
  /** Present while the kill switch is on. */
  readonly stopped?: StopNotice | null;
  /** Nobody asked for more than a diagnosis: no action was looked for. */
  readonly onlyDiagnosed?: boolean;
  /** People asked for no new comments on the pull request: only existing comments about this incident are updated. */
  readonly quiet?: boolean;
  /** Who took it on, where only that is told. */
  readonly acknowledgedBy?: string;
}

/**
 * Everything that Selfheal tells people. Use cases announce; each notifier says what it wants (`wants`) and renders the kinds that it takes.
 * Words in an announcement are made by code.
 */
export type Announcement = AnnouncementBody & {
  /** Which other channels could not be told, worded by code. */
  readonly untold?: readonly string[];
};

type AnnouncementBody =
  /** Progress of an incident: a plan is pending, an action was executed, or it ended. */
  | { readonly kind: 'progress'; readonly story: IncidentStory }
  /** A human has to take the incident over. */
  | { readonly kind: 'escalation'; readonly story: IncidentStory; readonly reason: string }
  /** Selfheal itself failed: the workflow of the incident died again and again, and a human has to take it over. */
  | { readonly kind: 'workflow-failure'; readonly story: IncidentStory; readonly reason: string }
  /** Another channel could not tell the end of an incident. */
  | {
      readonly kind: 'channel-failure';
      readonly story: IncidentStory;
      /** Id of the notifier that failed. */
      readonly channel: string;
      readonly headline: string;
      readonly reason: string;
    }
  /** Somebody is asked to decide: for the first time, again, or because nobody of the levels before answered. */
  | {
      readonly kind: 'approval-asked';
      readonly notice: 'first' | 'reminder' | 'escalation';
      readonly story: IncidentStory;
      readonly asked: AskedPlan;
      /** What the deployment calls such requests; begins a subject. */
      readonly headline: string;
      /** Why this is asked now. */
      readonly opening: string;
      readonly now: Date;
    }
  | { readonly kind: 'approval-decided'; readonly story: IncidentStory; readonly approval: Approval }
  /** Nobody answered in time. */
  | { readonly kind: 'approval-expired'; readonly story: IncidentStory; readonly approval: Approval }
  /** It was approved, and the decision reached the workflow when that did not wait any more. */
  | { readonly kind: 'approval-too-late'; readonly approval: Approval; readonly action: BoundAction }
  /** Something that a service needs runs out. */
  | {
      readonly kind: 'capacity-forecast';
      readonly service: Service;
      readonly capacity: Capacity;
      readonly forecast: Exclude<Forecast, { kind: 'none' }>;
      /** What the catalogue allows before it happens, least disturbing first. */
      readonly actions: readonly string[];
      readonly stopped: StopNotice | null;
      /** Of an alert on a metric: its name, and the action whose approval was asked for. */
      readonly alert?: { readonly name: string; readonly requested: string | null };
    }
  /** A message was seen for which people set an alert. */
  | ({
      readonly kind: 'alert-raised';
      readonly incident: Incident;
      readonly rule: AlertRule;
      /** What was decided about the failure, worded by code. */
      readonly outcome: { readonly decision: string; readonly reasons: readonly string[] };
      readonly stopped: StopNotice | null;
    } & Pick<IncidentStory, 'links' | 'timeZone'>)
  /** Learning was reviewed by its schedule. */
  | {
      readonly kind: 'learning-reviewed';
      readonly review: LearningReview;
      readonly report: LearningReport;
      readonly scopes: number;
      /** How much each action changed or suggested. */
      readonly counts: Readonly<Record<ReviewAction, number>>;
      /** Texts of logs, redacted: tainted. */
      readonly suggestions: readonly { readonly ids: readonly string[]; readonly wording: string }[];
      readonly stopped: StopNotice | null;
    }
  /** Answers about failures got worse than promised. `retraining`: null when none could be tried. */
  | {
      readonly kind: 'quality-degraded';
      readonly report: AnswersReport;
      readonly retraining: Retraining | null;
      readonly stopped: StopNotice | null;
    }
  /** The kill switch has been on for a day, or for another one. */
  | {
      readonly kind: 'still-stopped';
      readonly stopped: StopNotice;
      /** Whole days; null where the record does not say since when. */
      readonly days: number | null;
      readonly timeZone: string;
    }
  /** Incidents of one service or commit that people are told of together, the oldest first. */
  | {
      readonly kind: 'reports-gathered';
      /** The service or the repository. */
      readonly about: string;
      readonly messages: readonly GatheredMessage[];
      readonly stopped: StopNotice | null;
      readonly timeZone: string;
    };

export type AnnouncementOf<K extends AnnouncementKind> = Extract<Announcement, { readonly kind: K }>;
