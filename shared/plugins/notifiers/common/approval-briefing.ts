import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import type { AskedPlan, IncidentStory } from '../contract.ts';
import { type AskedFact, askedFacts, changeWords, historyLines, WITHOUT_ANSWER } from './asked-words.ts';
import { cutLine } from './markdown.ts';
import { quotesOf, repeatWords } from './quotes.ts';
import { headlineOf, originOf, preExistingOf } from './story-words.ts';

const QUOTED_LINES = 14;
const MAX_LINE = 300;
const MAX_PARAGRAPH = 2000;
/** Longer than any patch with its context may be, in characters. */
const MAX_PAGE_DIFF = 400_000;

/**
 * What the approval page shows in addition to the plan, as plain text. Causes, evidence and past incidents are tainted: shown, never run or
 * linked.
 */
export interface ApprovalBriefing {
  /** What failed and why, in one line. */
  readonly headline: string;
  readonly cause: readonly string[];
  readonly evidence: readonly {
    readonly name: string;
    readonly url: string | null;
    readonly lines: readonly string[];
  }[];
  readonly notes: readonly string[];
  /** The plan itself. */
  readonly plan: readonly AskedFact[];
  /** The code that would be written, with the lines to check first; null when there is none. */
  readonly change: { readonly looks: readonly string[]; readonly diff: string } | null;
  readonly history: readonly string[];
  readonly links: readonly { readonly name: string; readonly url: string }[];
  readonly requestedAt: string;
  readonly withoutAnswer: string;
  readonly commands: AskedPlan['commands'];
}

/** The same facts as in the mail and on the pull request. */
export function briefingOf(story: IncidentStory, asked: AskedPlan): ApprovalBriefing {
  const { diagnosis, evidence, links } = story;
  return {
    headline: cleanText(headlineOf(story), 600),
    cause:
      diagnosis === null
        ? ['No diagnosis could be made.']
        : [
            cleanText(diagnosis.rootCause, MAX_PARAGRAPH),
            ...[preExistingOf(diagnosis)].filter((fact) => fact !== null),
            originOf(diagnosis),
          ],
    evidence: quotesOf(evidence, diagnosis, QUOTED_LINES).map(({ name, url, quotes }) => ({
      name: cleanText(name, 120),
      url: url !== null && isWebAddress(url) ? url : null,
      lines: quotes.flatMap((quote) =>
        quote.lines.map(({ text }, at) => `${cutLine(oneLine(text), MAX_LINE)}${at === 0 ? repeatWords(quote) : ''}`),
      ),
    })),
    notes: (evidence?.notes ?? []).map((note) => cleanText(note, 300)),
    plan: askedFacts(asked),
    change: changeWords(asked, MAX_PAGE_DIFF),
    history: historyLines(story),
    links,
    requestedAt: asked.requestedAt.toISOString(),
    withoutAnswer: WITHOUT_ANSWER,
    commands: asked.commands,
  };
}

/** Keeps the indentation of a stack trace. */
function oneLine(text: string): string {
  return `${/^ */.exec(text)?.[0] ?? ''}${cleanText(text, MAX_LINE * 4)}`;
}

/** Addresses come from GitHub's API; the local fake has no certificate. */
function isWebAddress(url: string): boolean {
  return /^(?:https:\/\/|http:\/\/127\.0\.0\.1:)[^\s()<>"']+$/.test(url);
}
