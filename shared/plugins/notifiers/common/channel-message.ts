import { cutLine } from '@selfheal/kernel/text/markdown.ts';
import { cutAtSentence } from '@selfheal/kernel/text/shortened-text.ts';
import { instantWords } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { TargetLink } from '#shared/domain/incident/target-links.ts';
import type { Announcement, AskedPlan, IncidentStory } from '#shared/ports/announcement.ts';
import { adviceNow } from './advice-words.ts';
import { freshDeadline, WITHOUT_ANSWER } from './asked-words.ts';
import { stoppedWords } from './briefing-facts.ts';
import { linksOf } from './mail/mail-links.ts';
import { mailOf } from './mail/mail-of.ts';
import { quotesOf, repeatWords } from './quotes.ts';
import { statusOf } from './status-words.ts';
import { actionWords, headlineOf, knownHereLines, summaryOf } from './story-words.ts';

/** What a message asks of its readers: nothing is wrong any more, something is, a decision, or attention. */
export type Tone = 'good' | 'bad' | 'asking' | 'notice';

/**
 * An announcement for a channel of short messages, before its markup. Everything may hold texts of outsiders: a channel writes all of it as text that
 * its service does not interpret.
 */
export interface ChannelMessage {
  readonly tone: Tone;
  /** One line: what happened to what. */
  readonly title: string;
  /** Paragraphs: the state, and what to do. */
  readonly paragraphs: readonly string[];
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** Lines of logs that show the cause; empty where no log was read. */
  readonly quoted: readonly string[];
  readonly links: readonly { readonly name: string; readonly url: string }[];
  /** Groups the messages about one incident; null for what is about none. */
  readonly incidentId: string | null;
}

/** The name of the fact that says why it failed. */
export const CAUSE = 'Cause';

const MAX_TITLE = 140;
const MAX_PARAGRAPH = 600;
const MAX_TEXT = 1500;
const MAX_FACT = 300;
const QUOTED_LINES = 6;
const MAX_QUOTED = 200;
const MAX_LINKS = 5;
/** Services refuse longer addresses. */
const MAX_URL = 1000;

/** The announcement for a channel of short messages; null for kinds that it need not tell. */
export function channelMessageOf(announcement: Announcement): ChannelMessage | null {
  switch (announcement.kind) {
    case 'progress': {
      const { status } = announcement.story.incident;
      return ofStory(announcement.story, status === 'resolved' ? 'good' : 'bad', null);
    }
    case 'escalation':
    case 'workflow-failure':
    case 'channel-failure':
      return ofStory(announcement.story, 'bad', announcement.reason);
    case 'approval-asked':
      return ofRequest(announcement.story, announcement.asked, announcement.now);
    default:
      return ofMail(announcement);
  }
}

/** Without the marks of code, which no channel is told to interpret. */
const clean = (text: string, limit: number): string =>
  redactOutgoing(cutAtSentence(cleanText(text.replaceAll('`', ''), MAX_TEXT), limit));

function ofStory(story: IncidentStory, tone: Tone, reason: string | null): ChannelMessage {
  const { lead, rest } = statusOf(story, reason ?? story.incident.outcomeReason);
  const isHealed = story.incident.status === 'resolved';
  const advice = isHealed ? (story.afterwards ?? '') : adviceNow(story);
  const did = story.actions.map((action) => ({ name: 'Selfheal did', value: actionWords(action) }));
  const known = knownHereLines(story).map((value) => ({ name: 'Known here', value }));
  const common = commonOf(story);
  const cause = causeOf(story);
  return {
    ...common,
    tone,
    paragraphs: paragraphsOf([
      stoppedWords(story),
      `${lead} ${rest}`,
      story.cameBack ?? null,
      story.quarantined ?? null,
    ]),
    facts: factsOf([
      // The title names it where there is room.
      ...(common.title.includes(cause) ? [] : [{ name: CAUSE, value: cause }]),
      ...(advice === '' ? [] : [{ name: 'What to do', value: advice }]),
      ...known,
      ...did,
    ]),
  };
}

/** Why it failed, in a sentence or two; empty where nobody knows. */
export const causeOf = ({ diagnosis }: Pick<IncidentStory, 'diagnosis'>): string =>
  clean(summaryOf(diagnosis) ?? '', MAX_FACT);

function ofRequest(story: IncidentStory, asked: AskedPlan, now: Date): ChannelMessage {
  const common = commonOf(story);
  return {
    ...common,
    tone: 'asking',
    title: clean(`${asked.title}? ${common.title}`, MAX_TITLE),
    paragraphs: paragraphsOf([stoppedWords(story), asked.description, asked.reasons.join(' ')]),
    facts: factsOf([
      { name: 'Undo', value: asked.undo },
      { name: 'Who may decide', value: asked.deciders },
      { name: 'Answer by', value: `${freshDeadline(asked, now, story.timeZone)}. ${WITHOUT_ANSWER}` },
    ]),
    links: [{ name: 'Decide', url: asked.pageUrl }, ...common.links],
  };
}

/** What a mail says at length: its subject, and its first paragraphs. */
function ofMail(announcement: Announcement): ChannelMessage | null {
  const mail = mailOf(announcement);
  if (mail === null) return null;
  const isAlert = announcement.kind === 'alert-raised';
  return {
    tone: 'notice',
    title: clean(mail.subject.replace(/^\[Selfheal\] /, ''), MAX_TITLE),
    paragraphs: paragraphsOf(mail.message.split('\n\n').flatMap((block) => paragraphsIn(block, linksOf(announcement)))),
    facts: [],
    quoted: [],
    links: shownLinks(
      isAlert
        ? announcement.links
        : announcement.kind === 'reports-gathered'
          ? announcement.messages.flatMap(({ links }) => links)
          : [],
    ),
    incidentId: isAlert ? announcement.incident.id : null,
  };
}

const sentence = (text: string): string => (/[.!?:]$/.test(text) ? text : `${text}.`);

/** The paragraphs of a mail's block: its title leads the first, each item of a list is one of its own, and links stand elsewhere. */
function paragraphsIn(block: string, links: ReadonlySet<string>): string[] {
  const [title = '', rule = '', ...more] = block.split('\n');
  const isTitled = /^-{3,}$/.test(rule);
  const lines = (isTitled ? more : block.split('\n')).filter(
    (line, at, all) => !links.has(line) && !links.has(all[at + 1] ?? ''),
  );
  const paragraphs: string[] = [];
  let isOpen = false;
  for (const line of lines) {
    const isItem = line.startsWith('- ');
    if (isItem) paragraphs.push(`• ${line.slice(2)}`);
    else if (isOpen) paragraphs.push(`${sentence(paragraphs.pop() ?? '')} ${line}`);
    else paragraphs.push(line);
    isOpen = !isItem;
  }
  if (!isTitled || paragraphs.length === 0) return paragraphs;
  const [first = '', ...rest] = paragraphs;
  return first.startsWith('• ') ? [`${title}:`, first, ...rest] : [`${title}: ${first}`, ...rest];
}

function commonOf(story: IncidentStory): Omit<ChannelMessage, 'tone' | 'paragraphs' | 'facts'> {
  const { incident, evidence, diagnosis, links, timeZone } = story;
  const lines = quotesOf(evidence, diagnosis, QUOTED_LINES).flatMap(({ quotes }) =>
    quotes.flatMap((quote) => quote.lines.map(({ text }, at) => `${text}${at === 0 ? repeatWords(quote) : ''}`)),
  );
  const since = instantWords(new Date(incident.openedAt), timeZone);
  const times = incident.occurrences > 1 ? ` (${incident.occurrences} times since ${since})` : '';
  return {
    title: clean(`${headlineOf(story)}${times}`, MAX_TITLE),
    quoted: lines
      .slice(0, QUOTED_LINES)
      .map((line) => redactOutgoing(cutLine(line.replaceAll(/\s/g, ' '), MAX_QUOTED))),
    links: shownLinks(links),
    incidentId: incident.id,
  };
}

const shownLinks = (links: readonly TargetLink[]): ChannelMessage['links'] =>
  links
    .filter(({ url }) => url.length <= MAX_URL && /^https?:\/\/\S+$/.test(url))
    .slice(0, MAX_LINKS)
    .map(({ name, url }) => ({ name: clean(name, 70), url }));

/** As many whole paragraphs as fit, at least the first. */
function paragraphsOf(paragraphs: readonly (string | null)[]): string[] {
  const shown: string[] = [];
  let left = MAX_TEXT;
  for (const paragraph of paragraphs) {
    const text = clean(paragraph ?? '', MAX_PARAGRAPH).trim();
    if (text === '' || (shown.length > 0 && text.length > left)) continue;
    shown.push(text);
    left -= text.length;
  }
  return shown;
}

const factsOf = (facts: ChannelMessage['facts']): ChannelMessage['facts'] =>
  facts.map(({ name, value }) => ({ name, value: clean(value, MAX_FACT) })).filter(({ value }) => value !== '');
