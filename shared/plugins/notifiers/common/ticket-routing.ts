import * as z from 'zod';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { Announcement, IncidentStory } from '#shared/ports/announcement.ts';
import { isToldEnd } from './told-end.ts';

/** The setting of every kind of ticket. */
export const CodeKeywords = z
  .array(z.string().min(2).max(60))
  .max(200)
  .default([])
  .describe('Words by which a failure counts as caused by code, besides its class.');

/** Whether code causes the failure, and by what that is known: the verdict on its class, or a configured word. */
export function codeRoutingOf(
  { diagnosis, incident }: IncidentStory,
  keywords: readonly string[],
): { readonly isCode: boolean; readonly words: string } {
  const { class: name, verdict } = diagnosis?.classification ?? { class: 'unknown', verdict: 'unknown' };
  if (verdict === 'regression')
    return { isCode: true, words: `Code-related by its class: ${name.replaceAll('_', ' ')}.` };
  const said = [incident.tainted.title, diagnosis?.summary, diagnosis?.rootCause].join('\n').toLowerCase();
  const keyword = keywords.find((word) => said.includes(word.toLowerCase()));
  return keyword === undefined
    ? { isCode: false, words: 'Not code-related by its class or by a keyword.' }
    : { isCode: true, words: `Code-related by the keyword "${keyword}".` };
}

/** The first of the names by which settings may speak of what failed. */
export function mappedFor(
  map: Readonly<Record<string, string>>,
  { incident: { target } }: IncidentStory,
): string | undefined {
  const names =
    target.kind === 'run'
      ? [target.repository]
      : target.kind === 'report'
        ? [target.service, target.repository]
        : target.kind === 'alert'
          ? [target.service]
          : target.kind === 'alarm'
            ? [alarmNameOf(target)]
            : [];
  return names.flatMap((name) => (name === null ? [] : (map[name] ?? [])))[0];
}

export const isRecovered = ({ incident, stage }: IncidentStory): boolean =>
  stage === 'final' && incident.status === 'resolved';

/** Whether a ticket says something of the announcement: what a person has to mend, and that it recovered. */
export function wantsTicket(announcement: Announcement): boolean {
  if (!('story' in announcement)) return false;
  return announcement.kind !== 'progress' || isToldEnd(announcement.story) || isRecovered(announcement.story);
}
