import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { TargetLink } from '#shared/domain/incident/target-links.ts';
import type { Evidence } from '#shared/domain/logs/evidence.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { Mailer } from '#shared/ports/cloud.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';

/** A plan that waits for a person's decision, with what they need for it, in words made by code. */
export interface AskedPlan {
  readonly digest: string;
  /** Id of the action. */
  readonly actionId: string;
  readonly title: string;
  /** What will be done to what. */
  readonly description: string;
  /** How it is taken back, or why it cannot or need not be. */
  readonly undo: string;
  readonly risk: string;
  /** Why Selfheal asks. */
  readonly reasons: readonly string[];
  /** What came of it the last times in this place; null when that was not looked up. */
  readonly lastTimes: string | null;
  /** What came of the change in a sandbox, or why it was not tried there; null when that is not set up. */
  readonly tried?: string | null;
  /** The code that would be written, and what to look at in it; null when the plan writes none. Tainted. */
  readonly change: {
    readonly diff: string;
    readonly looks: readonly { readonly path: string | null; readonly line: number | null; readonly reason: string }[];
  } | null;
  /** Who may decide. */
  readonly deciders: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  /** The approval page. */
  readonly pageUrl: string;
  /** Comments that decide about it; null when only the page does. */
  readonly commands: { readonly approve: string; readonly reject: string } | null;
}

/** All that may be told about an incident, already redacted. */
export interface IncidentStory {
  readonly incident: Incident;
  readonly diagnosis: Diagnosis | null;
  readonly evidence: Evidence | null;
  readonly actions: readonly ActionRecord[];
  /** `asking`: a plan waits for a person; `acting`: an action was just executed and is being verified; `final`: the incident ended. */
  readonly stage: 'asking' | 'acting' | 'final';
  /** Where a person can look at what it is about. */
  readonly links: readonly TargetLink[];
  /** By whose clocks times are told (IANA name). */
  readonly timeZone: string;
  /** The plan that waits, while the stage is `asking`. */
  readonly asked?: AskedPlan | null;
  /** That the failure had been resolved before and came back, in words made by code. */
  readonly cameBack?: string | null;
  /** That only tests in quarantine failed, in words made by code. */
  readonly quarantined?: string | null;
  /** People asked for no new comments on the pull request: only what stands there about this incident is brought up to date. */
  readonly quiet?: boolean;
}

export interface NotifierPorts {
  readonly codeHost: CodeHost;
  readonly mailer: Mailer;
}

export interface NotifierPlugin {
  readonly id: string;
  readonly title: string;
  /** Pure: whether this story is worth telling here (quiet by default). */
  wants(story: IncidentStory): boolean;
  /** Tells it, once however often called: it reads back before it writes where the channel allows. Returns where to look; null when nobody was told. */
  notify(story: IncidentStory, ports: NotifierPorts): Promise<{ where: string } | null>;
  /** Whether a repeat of `notify` for the same story and stage is harmless. When false the caller fences it. */
  readonly repeatable: boolean;
}

export function defineNotifier(plugin: NotifierPlugin): NotifierPlugin {
  return plugin;
}
