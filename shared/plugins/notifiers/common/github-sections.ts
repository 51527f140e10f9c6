import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { cutLine, fenced, safeLine, safeProse } from '@selfheal/kernel/text/markdown.ts';
import { firstPlace, type Place } from '@selfheal/kernel/text/place.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { IncidentStory } from '#shared/ports/announcement.ts';
import { adviceNow } from './advice-words.ts';
import { askedFacts, changeWords, lastingDeadline, WITHOUT_ANSWER } from './asked-words.ts';
import { changeLines, stoppedWords } from './briefing-facts.ts';
import { chainOf } from './incident-briefing.ts';
import { type QuotedSource, quotesOf, repeatWords } from './quotes.ts';
import {
  actionWords,
  failureLines,
  historyOf,
  knownHereLines,
  noteOf,
  originOf,
  placeOf,
  preExistingOf,
  seenBeforeLines,
  uncheckedOf,
} from './story-words.ts';

/*
 * What the comment on a pull request and the check run of a commit have in common: sections of GitHub's Markdown, in which text from logs, models and outsiders is
 * neutralised.
 */

const QUOTED_LINES = 20;
const MAX_LINE = 500;

/** The stages of an incident that are told on GitHub. */
export const SHOWN_STATUSES: ReadonlySet<string> = new Set(['open', 'resolved', 'suggested', 'escalated']);

export function stoppedLine(story: IncidentStory): string {
  const words = stoppedWords(story);
  return words === null ? '' : `> **Stopped.** ${safeLine(words)}`;
}

export function section(title: string, content: string): string {
  return `#### ${title}\n\n${content}`;
}

/** The waiting plan, with the commands to copy. */
export function askedSection(story: IncidentStory): string {
  const { stage, asked, timeZone } = story;
  if (stage !== 'asking' || !asked) return '';
  const facts = askedFacts(asked).map(({ name, value }) => `- **${name}:** ${safeLine(value)}`);
  const deadline = `- **Until:** ${safeLine(lastingDeadline(asked, timeZone))}. ${WITHOUT_ANSWER}`;
  const page = isSafeUrl(asked.pageUrl) ? `[dashboard](${asked.pageUrl})` : 'dashboard';
  const ways =
    asked.commands === null
      ? [`Sign in and decide on the ${page}.`]
      : [
          'Copy one of these lines into a comment:',
          fenced(asked.commands.approve),
          fenced(asked.commands.reject),
          `Or sign in and decide on the ${page}.`,
        ];
  const change = changeWords(asked);
  const code =
    change === null
      ? []
      : [
          'This is the change:',
          fenced(change.diff, 'diff'),
          ...(change.looks.length === 0
            ? []
            : [
                `Look at this first:\n\n${change.looks.map((look) => `- ${safeLine(cleanText(look, 300))}`).join('\n')}`,
              ]),
        ];
  const changes = changeLines(story).map((line) => `- **Before:** ${safeLine(line)}`);
  const known = [...facts, deadline, ...changes].join('\n');
  return section('Proposed action', [known, ...code, ...ways].join('\n\n'));
}

export function diagnosisSections(story: IncidentStory): string[] {
  const { diagnosis } = story;
  if (diagnosis === null) return [section('Root Cause Analysis', 'No diagnosis could be made.')];
  const note = noteOf(diagnosis);
  const facts = [
    ...[preExistingOf(story), ...historyOf(diagnosis), ...uncheckedOf(story)].flatMap((fact) =>
      fact === null ? [] : [`- ${safeLine(fact)}`],
    ),
    ...placeLines(story),
  ];
  const cause = [
    safeProse(diagnosis.rootCause),
    facts.join('\n'),
    `_${safeLine(originOf(diagnosis))}${note === null ? '' : ` ${safeLine(note)}`}_`,
  ].filter((part) => part !== '');
  return [
    [section('Root Cause Analysis', cause.join('\n\n')), failuresSection(story)].filter(Boolean).join('\n\n'),
    chainSection(story),
    knownHereSection(story),
    seenBeforeSection(story),
    section(fixTitle(story), fixOf(story, adviceNow(story))),
    diagnosis.prevention.trim() === '' ? '' : section('Prevention', safeProse(diagnosis.prevention)),
  ];
}

function failuresSection(story: IncidentStory): string {
  const failures = failureLines(story);
  if (failures === null) return '';
  return section('What Failed', [failures.lead, '', ...failures.each.map((line) => `- ${safeLine(line)}`)].join('\n'));
}

function chainSection(story: IncidentStory): string {
  const lines = chainOf(story).map((line) => `- ${safeLine(line)}`);
  return lines.length === 0 ? '' : section('Chain of Events', lines.join('\n'));
}

function knownHereSection(story: IncidentStory): string {
  const lines = knownHereLines(story).map((line) => `- ${safeLine(line)}`);
  return lines.length === 0 ? '' : section('Known Here', lines.join('\n'));
}

function seenBeforeSection(story: IncidentStory): string {
  const lines = seenBeforeLines(story).map((line) => `- ${safeLine(line)}`);
  return lines.length === 0 ? '' : section('Seen Before', lines.join('\n'));
}

function fixOf(story: IncidentStory, proposed: string): string {
  const prose = proposed === '' ? 'None is known.' : safeProse(proposed);
  const fix = fixIn(story);
  return fix === undefined ? prose : `${actionLine(fix)}\n\nIf it comes back: ${prose}`;
}

/** The action that ended the incident well. */
const fixIn = ({ actions, stage }: IncidentStory): ActionRecord | undefined =>
  stage === 'final' ? actions.findLast(({ verified }) => verified === 'recovered') : undefined;

/** Only a verified action is called a fix; everything else is a proposal. */
function fixTitle({ actions, stage }: IncidentStory): string {
  if (stage === 'final' && actions.at(-1)?.verified === 'recovered') return 'Fix';
  return actions.some(({ state }) => state === 'done') ? 'Fix (proposed, not verified)' : 'Fix (proposed, not applied)';
}

/** The file of the repository and its line that the root cause names, or null. */
export function causePlace({ diagnosis }: Pick<IncidentStory, 'diagnosis'>): Place | null {
  const place = diagnosis === null ? null : firstPlace([diagnosis.rootCause]);
  if (place === null || place.line < 1) return null;
  return /^\w[\w./@+-]{0,200}$/.test(place.file) && !place.file.includes('..') ? place : null;
}

/** The same, linked at the failed commit. */
function placeLines(story: IncidentStory): string[] {
  const { target } = story.incident;
  const place = causePlace(story);
  const web = webAddressOf(story.evidence?.sources.map(({ url }) => url) ?? []);
  if (place === null || web === null || target.kind !== 'run') return [];
  const path = place.file.split('/').map(encodeURIComponent).join('/');
  return [`- Where: [${place.file} line ${place.line}](${web}/blob/${target.headSha}/${path}#L${place.line})`];
}

/** Web address of the repository, taken from the address of a job. */
function webAddressOf(urls: readonly (string | null)[]): string | null {
  const job = urls.find((url) => url !== null && isSafeUrl(url) && /\/actions\/runs\/\d+/.test(url));
  return job?.replace(/\/actions\/runs\/.*$/, '') ?? null;
}

export function evidenceSection({ evidence, diagnosis }: IncidentStory): string {
  const quoted = quotesOf(evidence, diagnosis, QUOTED_LINES).map(
    (source) => `${safeLine(source.name)}${linkTo(source.url)}\n\n${fenced(quotedText(source), 'text')}`,
  );
  const notes = [...(evidence?.found ?? []), ...(evidence?.notes ?? [])]
    .map((note) => `- ${safeLine(note)}`)
    .join('\n');
  const content = [...quoted, ...consultedQuotes(diagnosis), notes].filter((part) => part !== '').join('\n\n');
  return section('Evidence', content === '' ? 'No log could be read.' : content);
}

/** Quoted lines with their numbers in the log. */
function quotedText({ quotes }: QuotedSource): string {
  const numbers = quotes.flatMap(({ lines }) => lines.map(({ number }) => String(number ?? '').length));
  const width = Math.max(...numbers);
  return quotes
    .flatMap((quote) =>
      quote.lines.map(({ number, text }, at) => {
        const margin = String(number ?? '').padStart(width);
        return `${margin} | ${cutLine(text, MAX_LINE)}${at === 0 ? repeatWords(quote) : ''}`;
      }),
    )
    .join('\n');
}

function linkTo(url: string | null, words = 'log'): string {
  return url !== null && isSafeUrl(url) ? ` ([${words}](${url}))` : '';
}

/** Addresses come from GitHub's API; the local fake has no certificate. */
export function isSafeUrl(url: string): boolean {
  return /^(?:https:\/\/|http:\/\/127\.0\.0\.1:)[^\s()<>"']+$/.test(url);
}

/** What else was done: the status says when nothing was, and the fix has a section of its own. */
export function actionsSection(story: IncidentStory): string {
  const fix = fixIn(story);
  const others = story.actions.filter((action) => action !== fix).map((action) => `- ${actionLine(action)}`);
  return others.length === 0 ? '' : section('What Selfheal did', others.join('\n'));
}

const actionLine = (action: ActionRecord): string =>
  `${safeLine(actionWords(action))}${linkTo(placeOf(action), 'see it')}`;

const MAX_LINES = 20;
const MAX_LINE_LENGTH = 220;

/**
 * The lines that a language model looked up and cites, grouped by lookup, each with the reference used in the text.
 */
function consultedQuotes(diagnosis: Diagnosis | null): string[] {
  const cited = (diagnosis?.model?.consulted ?? []).filter(({ text }) => text.trim() !== '').slice(0, MAX_LINES);
  return [...Map.groupBy(cited, ({ origin }) => origin)].map(([origin, lines]) => {
    const width = Math.max(...lines.map(({ ref }) => ref.length));
    const shown = lines.map(({ ref, text }) => `${ref.padStart(width)} | ${cutLine(text, MAX_LINE_LENGTH)}`);
    return `${safeLine(origin)} (looked up)\n\n${fenced(shown.join('\n'), 'text')}`;
  });
}
