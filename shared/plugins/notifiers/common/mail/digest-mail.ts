import { counted, instantWords } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { AnnouncementOf } from '#shared/ports/announcement.ts';
import { stoppedWords } from '../briefing-facts.ts';
import { linkLines, type Mail, messageOf, subjectOfWords } from './mail.ts';

/** One mail about incidents of one service or commit, after the first of them had a mail of its own. */
export function renderDigestMail({ about, messages, stopped, timeZone }: AnnouncementOf<'reports-gathered'>): Mail {
  const [first] = messages;
  const count = counted(messages.length, 'more incident');
  const since = first === undefined ? '' : ` since ${instantWords(new Date(first.at), timeZone)}`;
  const parts = messages.map(({ incidentId, at, headline, outcome, links }, place) =>
    [
      `${place + 1}. ${cleanText(headline, 600)}`,
      cleanText(outcome, 1000),
      `Handled on ${instantWords(new Date(at), timeZone)}. Read it with: selfheal incident show ${incidentId}`,
      ...links.flatMap(({ name, url }) => linkLines(cleanText(name, 300), url)),
    ].join('\n'),
  );
  return {
    subject: subjectOfWords(`[Selfheal] ${count} about ${about}: ${first?.headline ?? ''}`),
    message: messageOf([
      `${count} about ${about}${since}. You were told of the first one; these had the same kind of cause and were not worse.`,
      stoppedWords({ stopped, timeZone }),
      ...parts,
      'You are told at once of a new cause, a higher severity or a worse outcome.',
    ]),
  };
}
