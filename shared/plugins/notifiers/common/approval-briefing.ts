import type { AskedPlan, IncidentStory } from '../contract.ts';
import { type AskedFact, askedFacts, changeWords, WITHOUT_ANSWER } from './asked-words.ts';
import { type IncidentBriefing, incidentBriefing } from './incident-briefing.ts';

/** Longer than any patch with its context may be, in characters. */
const MAX_PAGE_DIFF = 400_000;

/** What the dashboard shows in addition to the plan, as plain text. */
export interface ApprovalBriefing extends IncidentBriefing {
  /** The plan itself. */
  readonly plan: readonly AskedFact[];
  /** The code that would be written, with the lines to check first; null when there is none. */
  readonly change: { readonly looks: readonly string[]; readonly diff: string } | null;
  readonly requestedAt: string;
  readonly withoutAnswer: string;
  readonly commands: AskedPlan['commands'];
}

/** The same facts as in the mail and on the pull request. */
export function briefingOf(story: IncidentStory, asked: AskedPlan): ApprovalBriefing {
  return {
    ...incidentBriefing(story),
    plan: askedFacts(asked),
    change: changeWords(asked, MAX_PAGE_DIFF),
    requestedAt: asked.requestedAt.toISOString(),
    withoutAnswer: WITHOUT_ANSWER,
    commands: asked.commands,
  };
}
