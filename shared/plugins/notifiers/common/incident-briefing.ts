import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { cutLine } from '#shared/kernel/text/markdown.ts';
import type { IncidentStory } from '../contract.ts';
import { historyLines } from './asked-words.ts';
import { quotesOf, repeatWords } from './quotes.ts';
import { headlineOf, originOf, preExistingOf } from './story-words.ts';

const QUOTED_LINES = 14;
const MAX_LINE_LENGTH = 300;
const MAX_PARAGRAPH_LENGTH = 2000;

/**
 * What failed, why, and what the logs say, as plain text for a page or an API. Causes, evidence and past incidents are
 * tainted: they are shown, never run or linked.
 */
export interface IncidentBriefing {
  /** What failed and why, in one line. */
  readonly headline: string;
  readonly cause: readonly string[];
  readonly evidence: readonly {
    readonly name: string;
    readonly url: string | null;
    readonly lines: readonly string[];
  }[];
  readonly notes: readonly string[];
  readonly history: readonly string[];
  readonly links: readonly { readonly name: string; readonly url: string }[];
}

/** The same facts as in mail and comment. */
export function incidentBriefing(story: IncidentStory): IncidentBriefing {
  const { diagnosis, evidence, links } = story;
  return {
    headline: cleanText(headlineOf(story), 600),
    cause:
      diagnosis === null
        ? ['No diagnosis could be made.']
        : [
            cleanText(diagnosis.rootCause, MAX_PARAGRAPH_LENGTH),
            ...[preExistingOf(diagnosis)].filter((fact) => fact !== null),
            originOf(diagnosis),
          ],
    evidence: quotesOf(evidence, diagnosis, QUOTED_LINES).map(({ name, url, quotes }) => ({
      name: cleanText(name, 120),
      url: url !== null && isWebAddress(url) ? url : null,
      lines: quotes.flatMap((quote) =>
        quote.lines.map(
          ({ text }, at) => `${cutLine(oneLine(text), MAX_LINE_LENGTH)}${at === 0 ? repeatWords(quote) : ''}`,
        ),
      ),
    })),
    notes: (evidence?.notes ?? []).map((note) => cleanText(note, 300)),
    history: historyLines(story),
    links,
  };
}

/** Keeps the indentation of a stack trace. */
function oneLine(text: string): string {
  return `${/^ */.exec(text)?.[0] ?? ''}${cleanText(text, MAX_LINE_LENGTH * 4)}`;
}

/** Addresses come from GitHub's API; the local fake has no certificate. */
function isWebAddress(url: string): boolean {
  return /^(?:https:\/\/|http:\/\/127\.0\.0\.1:)[^\s()<>"']+$/.test(url);
}
