import { chainLines, isTelling } from '#shared/domain/causality/chain-words.ts';
import { cleanText } from '#shared/domain/incident/clean-text.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import type { IncidentStory } from './contract.ts';
import { cutLine } from './cut-line.ts';
import { quotesOf, repeatWords } from './quotes.ts';
import { seenBeforeLines } from './seen-before-words.ts';
import { statusOf } from './status-words.ts';
import {
  actionWords,
  failedThing,
  headlineOf,
  noteOf,
  originOf,
  placeOf,
  preExistingOf,
  rerunAttempt,
  summaryOf,
  uncheckedOf,
} from './story-words.ts';
import { COLUMNS, wrapText } from './wrap.ts';

export interface Mail {
  /** ASCII, at most 100 characters, as SNS demands. */
  readonly subject: string;
  /** Plain text, wrapped. */
  readonly message: string;
}

const MAX_SUBJECT = 100;
const QUOTED_LINES = 14;
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
    [`${endOf(headlineOf(story))}${rangTimes(incident)}`, cleanText(`${lead} ${rest}`, MAX_PARAGRAPH)].join('\n'),
    story.cameBack ?? null,
    story.quarantined ?? null,
    part(isHealed(story) ? 'What helped' : 'What to do', whatToDo(story)),
    part('Root cause', rootCause(story)),
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
    message: wrapText(parts.join('\n\n')).slice(0, MAX_MESSAGE),
  };
}

/** One mail stands for an alarm that rings again and again. */
function rings({ target, occurrences }: IncidentStory['incident']): boolean {
  return target.kind === 'alarm' && occurrences > 1;
}

function rangTimes(incident: IncidentStory['incident']): string {
  return rings(incident) ? ` It rang ${incident.occurrences} times since ${incident.openedAt}.` : '';
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
    const after = rerunAttempt(helped) === null ? ' Find the cause before the same change is deployed again.' : '';
    return `${helped.receipt?.summary ?? helped.actionId}${after}`;
  }
  if (diagnosis === null || diagnosis.fix.trim() === '') return 'Look at the alarm or run below; no remedy is known.';
  return cleanText(diagnosis.fix, 4000);
}

function rootCause({ diagnosis }: IncidentStory): (string | null)[] {
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

function subjectLine(headline: string, incidentId: string, words: string): string {
  const fixed = `[Selfheal] ${headline} (${incidentId})`;
  const room = MAX_SUBJECT - fixed.length - 2;
  const ascii = cleanText(words, MAX_SUBJECT * 2).replace(/[^\x20-\x7e]/g, '?');
  const shown =
    ascii.length <= room ? ascii : `${ascii.slice(0, Math.max(0, room - 3)).replace(/[\s:,(]+\S{0,12}$/, '')}...`;
  return (room < 8 ? fixed : `[Selfheal] ${headline}: ${shown} (${incidentId})`).slice(0, MAX_SUBJECT);
}

/** Trusted words for the thing that failed. */
export function subjectOf(target: TargetContext): string {
  switch (target.kind) {
    case 'github-run':
      return `Run ${target.runId}, attempt ${target.runAttempt}, of ${target.repository}`;
    case 'alarm':
      return `Alarm ${alarmNameOf(target)} in ${target.region}, account ${target.account}`;
    case 'storm':
      return `A storm: many failures at once since ${target.startedAt}`;
    default:
      return target satisfies never;
  }
}

/** Addresses of consoles are made from trusted fields only. */
function whereToLook({ incident, evidence }: IncidentStory): string[] {
  const { target } = incident;
  const urls = (evidence?.sources ?? []).flatMap(({ name, url }) =>
    url !== null && /^https?:\/\/\S+$/.test(url) ? [`- log of ${cleanText(name, 120)}: ${url}`] : [],
  );
  if (target.kind === 'alarm') {
    const console = `https://${target.region}.console.aws.amazon.com/cloudwatch/home?region=${target.region}`;
    return [`- alarm: ${console}#alarmsV2:alarm/${encodeURIComponent(alarmNameOf(target))}`, ...urls];
  }
  if (target.kind === 'github-run')
    return [`- run ${target.runId} on the Actions page of ${target.repository}`, ...urls];
  return ['- the open incidents of that minute: each member names this storm as its parent'];
}

function evidencePart({ evidence, diagnosis }: IncidentStory): string | null {
  const quoted = quotesOf(evidence, diagnosis, QUOTED_LINES).flatMap(({ name, quotes }) => [
    `${cleanText(name, 120)}:`,
    ...quotes.flatMap((quote) =>
      quote.lines.map(({ text }, at) => {
        const repeat = at === 0 ? repeatWords(quote) : '';
        const plain = text.replace(/\s/g, ' ');
        const fits = plain.length + repeat.length <= COLUMNS - 2;
        return `  ${cutLine(plain, COLUMNS - 2)}${fits ? repeat : repeat.replace(/^ /, '\n   ')}`;
      }),
    ),
  ]);
  const notes = (evidence?.notes ?? []).map((note) => `- ${cleanText(note, 300)}`);
  return quoted.length + notes.length === 0
    ? null
    : part('Evidence (from logs; not to be trusted as advice)', [...quoted, ...notes]);
}

function footerOf({ incident }: IncidentStory): string {
  const times = incident.occurrences === 1 ? 'reported once' : `reported ${incident.occurrences} times`;
  return `${subjectOf(incident.target)}.\nIncident ${incident.id}, opened ${incident.openedAt}, ${times}.`;
}

function part(title: string, content: string | null | readonly (string | null)[]): string {
  const lines = (typeof content === 'string' || content === null ? [content] : content).filter(
    (line) => line !== null && line !== '',
  );
  return lines.length === 0 ? '' : `${title}\n${'-'.repeat(title.length)}\n${lines.join('\n')}`;
}
