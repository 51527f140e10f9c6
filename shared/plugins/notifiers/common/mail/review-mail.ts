import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import type { Proportion } from '@selfheal/kernel/numbers/proportion.ts';
import { counted, instantWords } from '@selfheal/kernel/time-words.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { ReviewAction } from '#shared/domain/learning/learning-review.ts';
import type { AnnouncementOf } from '#shared/ports/announcement.ts';
import { stopLines } from '../briefing-facts.ts';
import { type Mail, subjectOfWords } from './mail.ts';

const MAX_SUGGESTIONS = 10;
const shareWords = (share: Proportion): string => `${shareText(share.value)} of ${share.cases}`;
/** With the time before, where an incident ended in it. */
const words = ({ now, before }: { readonly now: Proportion | null; readonly before: Proportion | null }): string =>
  `${now === null ? 'none' : shareWords(now)}${before === null ? '' : ` (before: ${shareWords(before)})`}`;

/** What each action of a review did, in words with their counts. */
const DONE: Readonly<Record<ReviewAction, (count: number) => string>> = {
  update_confidence: (count) => `The confidence of ${counted(count, 'pattern')} was changed by outcomes.`,
  prune_ineffective_patterns: (count) => `${counted(count, 'pattern')} ${wasOrWere(count)} retired or merged.`,
  suggest_new_patterns: (count) => `${counted(count, 'wording')} ${wasOrWere(count)} suggested.`,
};
const wasOrWere = (count: number): string => (count === 1 ? 'was' : 'were');

/** What the scheduled review did, and the figures of the time since the one before. */
export function renderReviewMail({
  review,
  report,
  scopes,
  counts,
  suggestions,
  stopped,
}: AnnouncementOf<'learning-reviewed'>): Mail {
  const { from, to, patterns, incidents, goals } = report;
  const done = review.actions.map((action) => `- ${DONE[action](counts[action])}`);
  const message = [
    ...(review.recipient === null ? [] : [`For ${review.recipient}`, '']),
    `Learning was reviewed, as it is every ${review.everyDays === 1 ? 'day' : counted(review.everyDays, 'day')}.`,
    '',
    `Reviewed: ${counted(scopes, 'scope')}, from ${instantWords(new Date(from), 'UTC')} to ${instantWords(new Date(to), 'UTC')}.`,
    ...done,
    ...stopLines({ stopped, timeZone: 'UTC' }),
    '',
    `Patterns: ${patterns.active} active, ${patterns.learned} new, ${patterns.takenBack} retired.`,
    incidents.ended === 0
      ? 'Incidents: none ended.'
      : `Incidents: ${incidents.ended} ended; healed by Selfheal: ${words(goals.healed)}; left to people: ${words(goals.byPeople)}.`,
    ...(suggestions.length === 0 ? [] : ['', 'Wordings that could replace two patterns; a person decides:']),
    ...suggestions.slice(0, MAX_SUGGESTIONS).map(({ ids, wording }) => `- ${ids.join(', ')}: ${wording}`),
    '',
    'Every change is in the notes of its pattern (selfheal knowledge show), and selfheal knowledge rollback takes them back.',
  ].join('\n');
  return { subject: subjectOfWords('[Selfheal] Review of learning'), message: redactOutgoing(message) };
}
