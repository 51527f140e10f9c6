import type { SeenBefore } from '#shared/domain/diagnosis/seen-before.ts';
import { outcomeWords } from '#shared/domain/knowledge/search/seen-before.ts';
import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import type { IncidentStory } from './contract.ts';

const LONGEST = 500;
const MOST_REASONS = 3;

/** One sentence for each failure of the past that is like this one; none when nothing is remembered. Tainted: callers neutralise them. */
export function seenBeforeLines({ diagnosis }: IncidentStory): string[] {
  return (diagnosis?.seenBefore ?? []).map((past) => cleanText(sentenceOf(past), LONGEST));
}

/** That it is only similar is said as clearly as that it is the same, and why it is taken for that. */
function sentenceOf(past: SeenBefore): string {
  const { incidentId, endedAt, sameFailure, times, title, reasons } = past;
  const day = endedAt.slice(0, 10);
  const what = sameFailure
    ? `The same failure ${times === 1 ? 'once' : `${times} times`} before, incident ${incidentId} on ${day}`
    : `Similar, not the same: "${title}", incident ${incidentId} on ${day} (${reasons.slice(0, MOST_REASONS).join('; ')})`;
  return `${what}: ${outcomeWords(past)}`;
}
