import { durationWords, instantWords, relativeWords } from '@selfheal/kernel/time-words.ts';
import { tellsOutcomes } from '#shared/domain/learning/action-experience.ts';
import type { AskedPlan, IncidentStory } from '../contract.ts';
import { triedLines } from './advice-words.ts';
import { seenBeforeLines } from './story-words.ts';

export interface AskedFact {
  readonly name: string;
  readonly value: string;
}

/**
 * Facts that a person needs to decide about a plan; the same on page, mail and pull request. The deadline is added by each of them.
 */
export function askedFacts(asked: AskedPlan): readonly AskedFact[] {
  return [
    { name: 'What will be done', value: asked.description },
    { name: 'How it is undone', value: asked.undo },
    { name: 'Why Selfheal asks', value: asked.reasons.join(' ') },
    { name: 'Risk', value: asked.risk },
    ...(asked.lastTimes === null ? [] : [{ name: 'Earlier outcomes', value: asked.lastTimes }]),
    ...(asked.tried == null ? [] : [{ name: 'Sandbox run', value: asked.tried }]),
    { name: 'Who may decide', value: asked.deciders },
  ];
}

/** Longer diffs are only shown on the dashboard, in characters. */
const MAX_DIFF = 20_000;
const MAX_LOOKS = 20;

/** The code that would be written, and the lines to check first. Tainted: a model may have written it. */
export function changeWords({ change }: AskedPlan, max = MAX_DIFF): { looks: readonly string[]; diff: string } | null {
  if (change === null) return null;
  const { diff, looks } = change;
  const cut =
    diff.length > max ? `${diff.slice(0, max)}\n... ${diff.length - max} more characters: see the dashboard.` : diff;
  return {
    looks: looks.slice(0, MAX_LOOKS).map(({ path, line, reason }) => {
      const place = path === null ? '' : `${path}${line === null ? '' : `, line ${line}`}: `;
      return `${place}${reason}`;
    }),
    diff: cut.trimEnd(),
  };
}

/**
 * What was seen before, of this incident and of similar ones. It says that nothing is on record only where nothing else
 * on the page tells of an earlier outcome. Tainted: partly from logs or models.
 */
export function historyLines(story: IncidentStory): readonly string[] {
  const lastTimes = story.asked?.lastTimes ?? null;
  const before = [
    ...(story.cameBack ? [story.cameBack] : []),
    // Who decides sees them here; elsewhere they have a section of their own.
    ...(story.stage === 'asking' ? triedLines(story) : []),
    ...seenBeforeLines(story),
  ];
  // The facts of the plan tell its earlier outcomes.
  const isTold =
    (story.diagnosis?.knownHere ?? []).length > 0 ||
    triedLines(story).length > 0 ||
    (lastTimes !== null && tellsOutcomes(lastTimes));
  if (before.length > 0 || isTold) return before;
  return [story.incident.occurrences > 1 ? NONE_OF_OTHERS : 'No similar failure is on record here.'];
}

const NONE_OF_OTHERS = 'No similar failure of another incident is on record here.';

export const WITHOUT_ANSWER = 'If nobody answers, Selfheal changes nothing and hands the incident to a person.';

/** For text that may be read later: `23 Nov 2026, 04:50 CET, 4 hours after the request`. */
export function lastingDeadline({ requestedAt, expiresAt }: AskedPlan, timeZone: string): string {
  const time = durationWords(expiresAt.getTime() - requestedAt.getTime());
  return `${instantWords(expiresAt, timeZone)}, ${time} after the request`;
}

/** For text that is read at once: `in 4 hours (23 Nov 2026, 04:50 CET)`. */
export function freshDeadline({ expiresAt }: AskedPlan, now: Date, timeZone: string): string {
  return relativeWords(expiresAt, now, timeZone);
}
