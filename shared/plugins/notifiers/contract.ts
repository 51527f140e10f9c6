import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import type { Evidence } from '#shared/domain/evidence/evidence.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { ActionRecord } from '#shared/domain/remediation/bound-action.ts';
import type { Mailer } from '#shared/ports/cloud.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';

/** All that may be told about an incident, already redacted. */
export interface IncidentStory {
  readonly incident: Incident;
  readonly diagnosis: Diagnosis | null;
  readonly evidence: Evidence | null;
  readonly actions: readonly ActionRecord[];
  /** `acting`: an action was just executed and is being verified; `final`: the incident ended. */
  readonly stage: 'acting' | 'final';
  /** That the failure had been resolved before and came back, in words made by code. */
  readonly cameBack?: string | null;
  /** That only tests in quarantine failed, in words made by code. */
  readonly quarantined?: string | null;
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
  /** Tells it, once however often called: it reads back before it writes where the channel allows. Returns where to look. */
  notify(story: IncidentStory, ports: NotifierPorts): Promise<{ where: string }>;
  /** Whether a repeat of `notify` for the same story and stage is harmless. When false the caller fences it. */
  readonly repeatable: boolean;
}

export function defineNotifier(plugin: NotifierPlugin): NotifierPlugin {
  return plugin;
}
