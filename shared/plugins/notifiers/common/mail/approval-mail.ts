import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { changeRequestOf } from '../../../hosts/registry.ts';
import type { AskedPlan, IncidentStory } from '../../contract.ts';
import { askedFacts, changeWords, freshDeadline, historyLines, WITHOUT_ANSWER } from '../asked-words.ts';
import { changeLines, stoppedWords } from '../briefing-facts.ts';
import { chainOf } from '../incident-briefing.ts';
import { headlineOf, knownHereLines } from '../story-words.ts';
import {
  evidencePart,
  footerOf,
  type Mail,
  messageOf,
  part,
  rootCause,
  subjectLine,
  subjectWords,
  whereToLook,
} from './mail.ts';

export interface ApprovalRequestMail {
  /** Prefix of the subject; mailbox rules can sort requests by it. */
  readonly headline: string;
  /** The first line: why this mail is sent now. */
  readonly opening: string;
  readonly asked: AskedPlan;
  readonly now: Date;
}

/** Asks for a decision: first the request and how to answer it, then cause, evidence, earlier outcomes and links. */
export function renderApprovalMail(story: IncidentStory, { headline, opening, asked, now }: ApprovalRequestMail): Mail {
  const failed = headlineOf(story);
  const parts = [
    [
      opening,
      `What failed: ${cleanText(failed, 600)}`,
      `Please answer by: ${freshDeadline(asked, now, story.timeZone)}. ${WITHOUT_ANSWER}`,
    ].join('\n'),
    stoppedWords(story),
    part(
      'Your decision',
      askedFacts(asked).map(({ name, value }) => `- ${name}: ${cleanText(value, 1000)}`),
    ),
    part('How to answer', answerLines(asked, story)),
    part(
      'Deployed or changed before',
      changeLines(story).map((line) => `- ${line}`),
    ),
    changePart(asked),
    part('Root cause', rootCause(story)),
    part(
      'Known here',
      knownHereLines(story).map((line) => `- ${line}`),
    ),
    part(
      'Chain of events',
      chainOf(story).map((line) => `- ${cleanText(line, 400)}`),
    ),
    evidencePart(story),
    part(
      'Seen before',
      historyLines(story).map((line) => `- ${line}`),
    ),
    part('Where to look', whereToLook(story)),
    footerOf(story),
  ];
  const { thing, cause } = subjectWords(story);
  const isKnown = (story.diagnosis?.classification.class ?? 'unknown') !== 'unknown';
  return {
    subject: subjectLine(headline, story.incident.id, { thing: asked.title, cause: isKnown ? cause : thing }),
    message: messageOf(parts),
  };
}

/** A longer change is only shown on the dashboard, in characters. */
const MAX_DIFF = 8_000;

function changePart(asked: AskedPlan): string {
  const change = changeWords(asked, MAX_DIFF);
  if (change === null) return '';
  const looks = change.looks.map((look) => `- Check this first: ${cleanText(look, 300)}`);
  const lines = change.diff.split('\n').map((line) => `  ${line.replace(/[^\t\x20-\u{10ffff}]/gu, ' ')}`);
  return part('The change', [...looks, ...lines]);
}

/** Each command is on a line of its own, unindented: an indented line would not be a command. */
function answerLines({ pageUrl, commands }: AskedPlan, { incident: { target } }: IncidentStory): string[] {
  const place = target.kind === 'run' ? changeRequestOf(target.repository) : 'pull request';
  return [
    'Sign in and decide on the dashboard (opening it decides nothing):',
    pageUrl,
    ...(commands === null
      ? []
      : ['', `Or copy one of these lines into a comment on the ${place}:`, commands.approve, commands.reject]),
  ];
}
