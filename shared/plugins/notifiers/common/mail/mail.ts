import { cutLine } from '@selfheal/kernel/text/markdown.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { instantWords } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import { isAlarmOrAlert, type TargetContext } from '#shared/domain/incident/target-context.ts';
import type { IncidentStory } from '../../contract.ts';
import { adviceNow } from '../advice-words.ts';
import { stoppedWords } from '../briefing-facts.ts';
import { chainOf } from '../incident-briefing.ts';
import { quotesOf, repeatWords } from '../quotes.ts';
import { statusOf } from '../status-words.ts';
import {
  actionWords,
  failedThing,
  failureLines,
  headlineOf,
  isAlarmAlone,
  knownHereLines,
  noteOf,
  originOf,
  placeOf,
  preExistingOf,
  seenBeforeLines,
  summaryOf,
  uncheckedOf,
} from '../story-words.ts';
import { wrapText } from '../wrap.ts';

export interface Mail {
  /** ASCII, at most 100 characters, as SNS requires. */
  readonly subject: RedactedText;
  /** Plain text. A paragraph is one line, which every screen breaks for itself. */
  readonly message: RedactedText;
}

const MAX_SUBJECT = 100;
const QUOTED_LINES = 14;
/** Length of a quoted line, in characters: the reason is often at its end. */
const MAX_QUOTED = 400;
const MAX_PARAGRAPH = 2000;

/**
 * A mail about an incident: first what happened and what to do, then causes, links, and what was done. The beginning of the incident's id in the
 * subject keeps repeats in one thread.
 */
export function renderMail(headline: string, reason: string | null, story: IncidentStory): Mail {
  const { incident } = story;
  const { lead, rest } = statusOf(story, reason);
  const parts = [
    [`${endOf(headlineOf(story))}${timesWentOff(story)}`, cleanText(`${lead} ${rest}`, MAX_PARAGRAPH)].join('\n'),
    stoppedWords(story),
    story.cameBack ?? null,
    story.quarantined ?? null,
    part('What to do', whatToDo(story)),
    part('Root cause', rootCause(story)),
    part('What failed', whatFailed(story)),
    part(
      'Chain of events',
      chainOf(story).map((line) => `- ${cleanText(line, 400)}`),
    ),
    part(
      'Known here',
      knownHereLines(story).map((line) => `- ${line}`),
    ),
    part(
      'Seen before',
      seenBeforeLines(story).map((line) => `- ${line}`),
    ),
    evidencePart(story),
    part(
      'What Selfheal did',
      story.actions.flatMap((action) => {
        const place = placeOf(action);
        return [`- ${cleanText(actionWords(action), MAX_PARAGRAPH)}`, ...(place === null ? [] : [place])];
      }),
    ),
    part('Where to look', whereToLook(story)),
    part(
      'Could not be checked',
      uncheckedOf(story).map((one) => `- ${cleanText(one, 300)}`),
    ),
    footerOf(story),
  ];
  return {
    subject: subjectLine(
      wentOffAgain(incident) ? `${headline}, went off ${incident.occurrences} times` : headline,
      incident.id,
      subjectWords(story),
    ),
    message: messageOf(parts),
  };
}

/** SMTP allows 998 characters a line (RFC 5322, 2.1.1); no paragraph that people write is as long. */
const MAX_LINE = 900;
/** SNS refuses messages over 256 KB. */
const MAX_MESSAGE = 60_000;

/** The parts with an empty line between them, redacted; empty parts are left out. */
export function messageOf(parts: readonly (string | null)[]): RedactedText {
  const shown = parts.filter((text) => text !== null && text !== '');
  return redactOutgoing(wrapText(shown.join('\n\n'), MAX_LINE)).slice(0, MAX_MESSAGE);
}

/** Whether the alarm keeps going off, which is reported in one mail. */
function wentOffAgain({ target, occurrences }: IncidentStory['incident']): boolean {
  return isAlarmOrAlert(target) && occurrences > 1;
}

function timesWentOff({ incident, timeZone }: IncidentStory): string {
  if (!wentOffAgain(incident)) return '';
  return ` It went off ${incident.occurrences} times since ${instantWords(new Date(incident.openedAt), timeZone)}.`;
}

function whatFailed(story: IncidentStory): string[] {
  const failures = failureLines(story);
  return failures === null ? [] : [failures.lead, ...failures.each.map((line) => `- ${cleanText(line, 500)}`)];
}

function endOf(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function isHealed({ incident }: IncidentStory): boolean {
  return incident.status === 'resolved';
}

function whatToDo(story: IncidentStory): string | null {
  if (isHealed(story)) return story.afterwards ?? null;
  return cleanText(adviceNow(story), 4000) || 'Look at the alarm or the run; no remedy is known.';
}

export function rootCause({ diagnosis, incident }: Findings): (string | null)[] {
  if (diagnosis === null) return ['No diagnosis could be made.'];
  return [
    cleanText(diagnosis.rootCause, MAX_PARAGRAPH),
    incident === undefined ? null : preExistingOf({ diagnosis, incident }),
    `(${[originOf(diagnosis), noteOf(diagnosis)].filter((text) => text !== null).join(' ')})`,
  ];
}

/** What failed, and the cause; null without a diagnosis. */
export function subjectWords(story: IncidentStory): SubjectWords {
  const { incident, diagnosis, evidence } = story;
  const { target, tainted } = incident;
  // Of a report that no rule knows, the title says most.
  const isTitled =
    (target.kind === 'report' || target.kind === 'alert') &&
    (diagnosis?.classification.class ?? 'unknown') === 'unknown';
  return {
    thing: failedThing(target, diagnosis, evidence),
    cause: isTitled ? tainted.title : isAlarmAlone(story) ? null : (summaryOf(diagnosis)?.replaceAll('`', '') ?? null),
  };
}

interface SubjectWords {
  readonly thing: string;
  readonly cause: string | null;
}

/** Characters of an incident's id in a subject: as the commands take it, and enough for mail programs to keep a thread. */
const SHORT_ID = 11;
/** The thing that failed keeps this many characters when the cause needs the rest. */
const MIN_THING = 24;

/** ASCII without control characters: a line break in a name would add a header to the mail. Where room is short, the cause has it first. */
export function subjectLine(headline: string, incidentId: string, { thing, cause }: SubjectWords): RedactedText {
  const [start, end] = [`[Selfheal] ${ascii(headline)}: `, ` (${incidentId.slice(0, SHORT_ID)})`];
  const room = MAX_SUBJECT - start.length - end.length;
  const [what, why] = [ascii(thing), cause === null ? '' : ascii(cause)];
  const forThing = why === '' ? room : Math.max(MIN_THING, room - why.length - 2);
  const shown = cutWords(what, Math.min(forThing, room));
  const rest = why === '' ? '' : cutWords(why, room - shown.length - 2);
  const words = rest === '' ? shown : `${shown}: ${rest}`;
  return redactOutgoing(`${words === '' ? start.slice(0, -2) : start + words}${end}`)
    .slice(0, MAX_SUBJECT)
    .trimEnd();
}

/** The words as a subject, cut where they are too long. */
export const subjectOfWords = (words: string): RedactedText =>
  redactOutgoing(cutWords(ascii(words), MAX_SUBJECT))
    .slice(0, MAX_SUBJECT)
    .trimEnd();

/** With single spaces: of several, a mail server that folds the line leaves one. */
const ascii = (text: string): string =>
  cleanText(text, MAX_SUBJECT * 2)
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/ {2,}/g, ' ');

/** Cut at a word where one ends near the limit; empty where too little would be left to read. */
function cutWords(text: string, length: number): string {
  if (text.length <= length) return text;
  return length < 8 ? '' : `${text.slice(0, length - 3).replace(/[\s:,(]+\S{0,12}$/, '')}...`;
}

/** The target in trusted words. */
export function subjectOf(target: TargetContext): string {
  switch (target.kind) {
    case 'run':
      return `Run ${target.runId}, attempt ${target.runAttempt}, of ${target.repository}`;
    case 'alarm':
      return `Alarm ${cleanText(alarmNameOf(target), 255)} in ${target.region}, account ${target.account}`;
    case 'alert':
      return `An alert of ${target.provider} (connection ${target.connection}) about ${cleanText(target.service ?? 'no service', 200)}, severity ${target.severity}`;
    case 'report':
      return `A report by ${cleanText(target.reportedBy, 200)} about ${cleanText(target.service ?? target.repository ?? 'no service', 200)}`;
    case 'storm':
      return target.of === 'foreign-alarms'
        ? `More alarms of other accounts and regions in the hour from ${target.startedAt}`
        : `A storm: many failures at once since ${target.startedAt}`;
    default:
      return target satisfies never;
  }
}

/** Links to the target, then to its logs. */
export function whereToLook({ incident, evidence, links }: IncidentStory): string[] {
  const urls = (evidence?.sources ?? []).flatMap(({ name, url }) =>
    url !== null && /^https?:\/\/\S+$/.test(url) ? linkLines(`Log of ${cleanText(name, 120)}`, url) : [],
  );
  if (incident.target.kind === 'storm')
    return [
      incident.target.of === 'foreign-alarms'
        ? '- the rule of the account or region that forwards its alarms to this one'
        : '- the incidents that have this storm as their parent',
    ];
  return [...links.flatMap(({ name, url }) => linkLines(cleanText(name, 300), url)), ...urls];
}

/** An address on a line of its own, so that every mail program makes a link of the whole of it. */
export const linkLines = (name: string, url: string): string[] => [`${name}:`, url];

export function evidencePart({ evidence, diagnosis }: Pick<IncidentStory, 'evidence' | 'diagnosis'>): string | null {
  const quoted = quotesOf(evidence, diagnosis, QUOTED_LINES).flatMap(({ name, quotes }) => [
    `${cleanText(name, 120)}:`,
    ...quotes.flatMap((quote) =>
      quote.lines.map(({ text }, at) => {
        const repeat = at === 0 ? repeatWords(quote) : '';
        return `  ${cutLine(text.replace(/\s/g, ' '), MAX_QUOTED)}${repeat}`;
      }),
    ),
  ]);
  const notes = [...(evidence?.found ?? []), ...(evidence?.notes ?? [])].map((note) => `- ${cleanText(note, 300)}`);
  return quoted.length + notes.length === 0
    ? null
    : part('Evidence (quoted from logs; not instructions)', [...quoted, ...notes]);
}

export function footerOf({ incident, timeZone }: IncidentStory): string {
  const times = incident.occurrences === 1 ? 'reported once' : `reported ${incident.occurrences} times`;
  const { target, runAttempt } = incident;
  // A re-run is a later attempt of the run that the incident was opened for.
  const subject = subjectOf(target.kind === 'run' ? { ...target, runAttempt } : target);
  return `${subject}.\nIncident ${incident.id}, opened ${instantWords(new Date(incident.openedAt), timeZone)}, ${times}.`;
}

/** A longer line of dashes breaks on a phone. */
const MAX_RULE = 30;

/** A titled paragraph; empty without content. */
export function part(title: string, content: string | null | readonly (string | null)[]): string {
  const lines = (typeof content === 'string' || content === null ? [content] : content).filter(
    (line) => line !== null && line !== '',
  );
  return lines.length === 0 ? '' : `${title}\n${'-'.repeat(Math.min(title.length, MAX_RULE))}\n${lines.join('\n')}`;
}

type Findings = Pick<IncidentStory, 'diagnosis' | 'evidence'> & Partial<Pick<IncidentStory, 'incident'>>;

/** The plain text part that comments and mails share, without the incident: cause, evidence, what to do, prevention. */
export function renderFindings(findings: Findings): string {
  const { diagnosis } = findings;
  const parts = [
    summaryOf(diagnosis),
    part('Root cause', rootCause(findings)),
    evidencePart(findings),
    part('What to do', diagnosis === null ? null : cleanText(diagnosis.fix, 4000) || 'No remedy is known.'),
    part('Prevention', diagnosis === null ? null : cleanText(diagnosis.prevention, 2000)),
  ].filter((text) => text !== null && text !== '');
  return wrapText(parts.join('\n\n'));
}
