import { unlessRefused } from '@selfheal/kernel/errors.ts';
import { cutLine, fenced, safeLine, safeProse } from '@selfheal/kernel/text/markdown.ts';
import { firstPlace } from '@selfheal/kernel/text/place.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { PullRequestState } from '#shared/domain/policy/closed-pull-request.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import { adviceNow } from '../common/advice-words.ts';
import { askedFacts, changeWords, lastingDeadline, WITHOUT_ANSWER } from '../common/asked-words.ts';
import { changeLines, stoppedWords } from '../common/briefing-facts.ts';
import { chainOf } from '../common/incident-briefing.ts';
import { type QuotedSource, quotesOf, repeatWords } from '../common/quotes.ts';
import { statusOf } from '../common/status-words.ts';
import {
  actionWords,
  failureLines,
  headlineOf,
  historyOf,
  knownHereLines,
  noteOf,
  originOf,
  placeOf,
  preExistingOf,
  seenBeforeLines,
  uncheckedOf,
} from '../common/story-words.ts';
import type { IncidentStory } from '../contract.ts';
import { defineNotifier } from '../contract.ts';

/** GitHub refuses longer bodies, in characters. */
const MAX_BODY = 65_536;
const QUOTED_LINES = 20;
const MAX_LINE = 500;
const MAX_HEADLINE = 300;
const COMMENTED_STATUSES: ReadonlySet<string> = new Set(['open', 'resolved', 'suggested', 'escalated']);

/** One comment per failure on its pull request, updated as the incident proceeds. */
export const githubComment = defineNotifier({
  id: 'github-comment',
  title: 'Comment on the pull request',
  uses: { githubTokenSecret: ['secretsmanager:GetSecretValue'] },
  needs: ['codeHost'],
  takes: ['progress'],
  repeatable: true,
  isPlaced: true,
  wants: (announcement) => announcement.kind === 'progress' && hasComment(announcement.story),
  async notify(announcement, { codeHost }) {
    if (announcement.kind !== 'progress') return null;
    const { story } = announcement;
    const { incident } = story;
    const { target, intakeKey } = incident;
    if (target.kind !== 'run' || target.pullRequest === null) return null;
    // Nobody reads on there; and who merged has decided. What was written about this incident does not keep waiting.
    const isOver = (await stateOf(target.repository, target.pullRequest, codeHost)) !== 'open';
    const existing = await codeHost.findComment(target.repository, target.pullRequest, markerOf(intakeKey));
    if ((story.quiet || isOver) && !existing?.body.includes(incidentWords(incident))) return null;
    const body = existing === null ? renderComment(story) : rewriteComment(existing.body, story);
    if (body === null) return null;
    if (existing === null)
      return { where: (await codeHost.createComment(target.repository, target.pullRequest, body)).url };
    if (existing.body === body) return { where: existing.url };
    return { where: (await codeHost.updateComment(target.repository, existing.id, body)).url };
  },
});

/** `open` where the state may not be read: a comment changes nothing. */
async function stateOf(
  repository: string,
  number: number,
  codeHost: Pick<CodeHost, 'pullRequestState'>,
): Promise<PullRequestState> {
  return (await unlessRefused(() => codeHost.pullRequestState(repository, number))) ?? 'open';
}

function hasComment({ incident: { target, status } }: IncidentStory): boolean {
  return target.kind === 'run' && target.pullRequest !== null && COMMENTED_STATUSES.has(status);
}

/** Marker by which the comment is found again; invisible to readers. */
export function markerOf(intakeKey: string): string {
  return `<!-- selfheal:${intakeKey} -->`;
}

/** Marker for the run that a comment is about, and whether its failure is known; invisible to readers. */
const ABOUT = /^<!-- selfheal-run:(\d{1,20}) (known|unknown) -->$/m;
const aboutOf = (story: IncidentStory): string =>
  story.incident.target.kind === 'run'
    ? `<!-- selfheal-run:${story.incident.target.runId} ${isKnown(story) ? 'known' : 'unknown'} -->`
    : '';

/** Whether there is a log line or a cause to show. */
function isKnown({ evidence, diagnosis }: IncidentStory): boolean {
  const lines = (evidence?.sources ?? []).some(({ lines: { length } }) => length > 0);
  return lines || (diagnosis !== null && diagnosis.classification.class !== 'unknown');
}

/** Marks the line about a later run whose log could not be read. */
const LATER_RUN = '<!-- selfheal-later-run -->';

/**
 * Updates the comment with a report; null when `body` stays as it is. A late report of an older run never replaces one about a newer run. A run
 * whose log could not be read adds a line instead of replacing what is known of an earlier run. A plan that waits for a person is always shown.
 */
function rewriteComment(body: string, story: IncidentStory): RedactedText | null {
  const { incident, stage, links } = story;
  const [, runId, knowledge] = ABOUT.exec(body) ?? [];
  const isAboutThis = body.includes(incidentWords(incident));
  if (runId === undefined || isAboutThis || stage === 'asking' || incident.target.kind !== 'run')
    return renderComment(story);
  if (Number(runId) > incident.target.runId) return null;
  if (knowledge === 'unknown' || isKnown(story)) return renderComment(story);
  const url = links[0]?.url ?? '';
  const run = `run ${incident.target.runId}`;
  const later = `**A later run failed, and its log could not be read:** ${isSafeUrl(url) ? `[${run}](${url})` : run} (Selfheal incident ${incident.id}). The rest of this comment is about an earlier run. ${LATER_RUN}`;
  const [marker = '', ...rest] = body.split('\n').filter((line) => !line.endsWith(LATER_RUN));
  return redactOutgoing([marker, later, ...rest].join('\n')).slice(0, MAX_BODY);
}

/** The whole comment in Markdown, with text from logs or models neutralised. */
export function renderComment(story: IncidentStory): RedactedText {
  const { incident } = story;
  const { lead, rest } = statusOf(story);
  const [cause, ...proposals] = diagnosisSections(story);
  const head = [
    [markerOf(incident.intakeKey), aboutOf(story)].join('\n'),
    `### ${safeLine(cleanText(headlineOf(story), MAX_HEADLINE))}`,
    `**${safeLine(lead)}**${rest === '' ? '' : ` ${safeLine(rest)}`}`,
    stoppedLine(story),
    story.cameBack ? safeLine(story.cameBack) : '',
    story.quarantined ? safeLine(story.quarantined) : '',
    askedSection(story),
    cause,
  ];
  const tail = [...proposals, actionsSection(story), footerOf(story)];
  const join = (parts: readonly (string | undefined)[]) => redactOutgoing(parts.filter(Boolean).join('\n\n'));
  const whole = join([...head, evidenceSection(story), ...tail]);
  if (whole.length <= MAX_BODY) return whole;
  return join([...head, section('Evidence', 'Too long to be shown here.'), ...tail]).slice(0, MAX_BODY);
}

function stoppedLine(story: IncidentStory): string {
  const words = stoppedWords(story);
  return words === null ? '' : `> **Stopped.** ${safeLine(words)}`;
}

function section(title: string, content: string): string {
  return `#### ${title}\n\n${content}`;
}

/** The waiting plan, with the commands to copy. */
function askedSection(story: IncidentStory): string {
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

function diagnosisSections(story: IncidentStory): string[] {
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

/** The file and line that the root cause names, linked at the failed commit. */
function placeLines({ incident: { target }, diagnosis, evidence }: IncidentStory): string[] {
  const place = diagnosis === null ? null : firstPlace([diagnosis.rootCause]);
  const web = webAddressOf(evidence?.sources.map(({ url }) => url) ?? []);
  if (place === null || web === null || target.kind !== 'run') return [];
  if (!/^\w[\w./@+-]{0,200}$/.test(place.file) || place.file.includes('..')) return [];
  const path = place.file.split('/').map(encodeURIComponent).join('/');
  return [`- Where: [${place.file} line ${place.line}](${web}/blob/${target.headSha}/${path}#L${place.line})`];
}

/** Web address of the repository, taken from the address of a job. */
function webAddressOf(urls: readonly (string | null)[]): string | null {
  const job = urls.find((url) => url !== null && isSafeUrl(url) && /\/actions\/runs\/\d+/.test(url));
  return job?.replace(/\/actions\/runs\/.*$/, '') ?? null;
}

function evidenceSection({ evidence, diagnosis }: IncidentStory): string {
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
function isSafeUrl(url: string): boolean {
  return /^(?:https:\/\/|http:\/\/127\.0\.0\.1:)[^\s()<>"']+$/.test(url);
}

/** What else was done: the status says when nothing was, and the fix has a section of its own. */
function actionsSection(story: IncidentStory): string {
  const fix = fixIn(story);
  const others = story.actions.filter((action) => action !== fix).map((action) => `- ${actionLine(action)}`);
  return others.length === 0 ? '' : section('What Selfheal did', others.join('\n'));
}

const actionLine = (action: ActionRecord): string =>
  `${safeLine(actionWords(action))}${linkTo(placeOf(action), 'see it')}`;

/** Text that marks a comment as being about an incident; commands in other comments find the incident by it. */
const incidentWords = ({ id }: IncidentStory['incident']): string => `Selfheal incident ${id},`;

function footerOf({ incident }: IncidentStory): string {
  return `<sub>${incidentWords(incident)} run attempt ${incident.runAttempt}. Selfheal updates this comment as it learns more.</sub>`;
}

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
