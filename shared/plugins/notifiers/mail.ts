import { chainLines, isTelling } from '#shared/domain/causality/chain-words.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';
import { instantWords } from '#shared/kernel/time-words.ts';
import type { IncidentStory } from './contract.ts';
import { cutLine } from './cut-line.ts';
import { quotesOf, repeatWords } from './quotes.ts';
import { seenBeforeLines } from './seen-before-words.ts';
import { statusOf } from './status-words.ts';
import {
  actionWords,
  failedThing,
  failureLines,
  headlineOf,
  noteOf,
  originOf,
  placeOf,
  preExistingOf,
  rerunAttempt,
  summaryOf,
  uncheckedOf,
} from './story-words.ts';
import { wrapText } from './wrap.ts';

export interface Mail {
  /** ASCII, at most 100 characters, as SNS demands. */
  readonly subject: RedactedText;
  /** Plain text, wrapped. */
  readonly message: RedactedText;
}

const MAX_SUBJECT = 100;
const QUOTED_LINES = 14;
/** Of a quoted line, which is wrapped: the reason often stands at its end. */
const MAX_QUOTED = 400;
/** SNS refuses messages over 256 KB. */
const MAX_MESSAGE = 60_000;
const MAX_PARAGRAPH = 2000;

/**
 * A mail about an incident: first what happened and what to do, then why, where to look and what was done. The id in the subject keeps
 * repeats in one thread.
 */
export function renderMail(headline: string, reason: string | null, story: IncidentStory): Mail {
  const { incident } = story;
  const { lead, rest } = statusOf(story, reason);
  const parts = [
    [`${endOf(headlineOf(story))}${rangTimes(story)}`, cleanText(`${lead} ${rest}`, MAX_PARAGRAPH)].join('\n'),
    story.cameBack ?? null,
    story.quarantined ?? null,
    part(isHealed(story) ? 'What helped' : 'What to do', whatToDo(story)),
    part('Root cause', rootCause(story)),
    part('What failed', whatFailed(story)),
    part(
      'Chain of events',
      chainOf(story).map((line) => `- ${cleanText(line, 400)}`),
    ),
    part(
      'Seen before',
      seenBeforeLines(story).map((line) => `- ${line}`),
    ),
    evidencePart(story),
    part(
      'What Selfheal did',
      story.actions.length === 0
        ? 'It read the logs and changed nothing.'
        : story.actions.map(
            (action) =>
              `- ${cleanText([actionWords(action), placeOf(action)].filter(Boolean).join(' '), MAX_PARAGRAPH)}`,
          ),
    ),
    part('Where to look', whereToLook(story)),
    part(
      'Could not be checked',
      uncheckedOf(story).map((one) => `- ${cleanText(one, 300)}`),
    ),
    footerOf(story),
  ].filter((text) => text !== null && text !== '');
  return {
    subject: subjectLine(
      rings(incident) ? `${headline}, rang ${incident.occurrences} times` : headline,
      incident.id,
      subjectWords(story),
    ),
    message: redactOutgoing(wrapText(parts.join('\n\n'))).slice(0, MAX_MESSAGE),
  };
}

/** One mail stands for an alarm that rings again and again. */
function rings({ target, occurrences }: IncidentStory['incident']): boolean {
  return target.kind === 'alarm' && occurrences > 1;
}

function rangTimes({ incident, timeZone }: IncidentStory): string {
  if (!rings(incident)) return '';
  return ` It rang ${incident.occurrences} times since ${instantWords(new Date(incident.openedAt), timeZone)}.`;
}

function whatFailed(story: IncidentStory): string[] {
  const failures = failureLines(story);
  return failures === null ? [] : [failures.lead, ...failures.each.map((line) => `- ${cleanText(line, 500)}`)];
}

function chainOf({ diagnosis }: IncidentStory): string[] {
  const chain = diagnosis?.chain;
  return chain !== undefined && isTelling(chain) ? chainLines(chain) : [];
}

function endOf(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function isHealed({ incident }: IncidentStory): boolean {
  return incident.status === 'resolved';
}

function whatToDo(story: IncidentStory): string | null {
  const { diagnosis } = story;
  if (isHealed(story)) {
    const helped = story.actions.findLast(({ verified }) => verified === 'recovered');
    if (helped === undefined) return null;
    return `${helped.receipt?.summary ?? helped.actionId}${afterwards(helped)}`;
  }
  if (diagnosis === null || diagnosis.fix.trim() === '') return 'Look at the alarm or the run; no remedy is known.';
  return cleanText(diagnosis.fix, 4000);
}

/** Actions that take back what was deployed or merged. */
export const TAKES_BACK: ReadonlySet<string> = new Set([
  'rollback-lambda-alias',
  'rollback-ecs-service',
  'revert-pull-request',
]);

/** What is left to do after an action that helped: a re-run leaves nothing, and only what was taken back can be deployed again. */
function afterwards(helped: ActionRecord): string {
  if (rerunAttempt(helped) !== null) return '';
  return TAKES_BACK.has(helped.actionId)
    ? ' Find the cause before the same change is deployed again.'
    : ' That eases it; find the cause, or it may come back.';
}

export function rootCause({ diagnosis }: Pick<IncidentStory, 'diagnosis'>): (string | null)[] {
  if (diagnosis === null) return ['No diagnosis could be made.'];
  return [
    cleanText(diagnosis.rootCause, MAX_PARAGRAPH),
    preExistingOf(diagnosis),
    `(${[originOf(diagnosis), noteOf(diagnosis)].filter((text) => text !== null).join(' ')})`,
  ];
}

/** The thing and, as far as there is room, what is wrong with it. */
function subjectWords(story: IncidentStory): string {
  const { incident, diagnosis, evidence } = story;
  const thing = failedThing(incident.target, diagnosis, evidence);
  const summary = summaryOf(diagnosis);
  return summary === null ? thing : `${thing}: ${summary.replaceAll('`', '')}`;
}

/** ASCII without control characters: a line break in a name would add a header to the mail. */
export function subjectLine(headline: string, incidentId: string, words: string): RedactedText {
  const fixed = `[Selfheal] ${headline} (${incidentId})`;
  const room = MAX_SUBJECT - fixed.length - 2;
  const ascii = cleanText(words, MAX_SUBJECT * 2).replace(/[^\x20-\x7e]/g, '?');
  const shown =
    ascii.length <= room ? ascii : `${ascii.slice(0, Math.max(0, room - 3)).replace(/[\s:,(]+\S{0,12}$/, '')}...`;
  return redactOutgoing(room < 8 ? fixed : `[Selfheal] ${headline}: ${shown} (${incidentId})`).slice(0, MAX_SUBJECT);
}

/** Trusted words for the thing that failed. */
export function subjectOf(target: TargetContext): string {
  switch (target.kind) {
    case 'github-run':
      return `Run ${target.runId}, attempt ${target.runAttempt}, of ${target.repository}`;
    case 'alarm':
      return `Alarm ${cleanText(alarmNameOf(target), 255)} in ${target.region}, account ${target.account}`;
    case 'storm':
      return `A storm: many failures at once since ${target.startedAt}`;
    default:
      return target satisfies never;
  }
}

/** The thing itself, then its logs. */
export function whereToLook({ incident, evidence, links }: IncidentStory): string[] {
  const urls = (evidence?.sources ?? []).flatMap(({ name, url }) =>
    url !== null && /^https?:\/\/\S+$/.test(url) ? [`- log of ${cleanText(name, 120)}: ${url}`] : [],
  );
  if (incident.target.kind === 'storm')
    return ['- the open incidents of that minute: each member names this storm as its parent'];
  return [...links.map(({ name, url }) => `- ${cleanText(name, 300)}: ${url}`), ...urls];
}

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
  const notes = (evidence?.notes ?? []).map((note) => `- ${cleanText(note, 300)}`);
  return quoted.length + notes.length === 0
    ? null
    : part('Evidence (from logs; not to be trusted as advice)', [...quoted, ...notes]);
}

export function footerOf({ incident, timeZone }: IncidentStory): string {
  const times = incident.occurrences === 1 ? 'reported once' : `reported ${incident.occurrences} times`;
  return `${subjectOf(incident.target)}.\nIncident ${incident.id}, opened ${instantWords(new Date(incident.openedAt), timeZone)}, ${times}.`;
}

/** A titled paragraph; empty without content. */
export function part(title: string, content: string | null | readonly (string | null)[]): string {
  const lines = (typeof content === 'string' || content === null ? [content] : content).filter(
    (line) => line !== null && line !== '',
  );
  return lines.length === 0 ? '' : `${title}\n${'-'.repeat(title.length)}\n${lines.join('\n')}`;
}
