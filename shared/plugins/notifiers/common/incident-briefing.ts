import { chainLines, isInformative } from '@selfheal/diagnosis/causality/chain-words.ts';
import { cutLine } from '@selfheal/kernel/text/markdown.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { IncidentStory } from '../contract.ts';
import { adviceNow, triedLines } from './advice-words.ts';
import { historyLines } from './asked-words.ts';
import { type Confidence, changeLines, confidencesOf, stoppedWords } from './briefing-facts.ts';
import { quotesOf, repeatWords } from './quotes.ts';
import { headlineOf, knownHereLines, originOf, preExistingOf } from './story-words.ts';

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
  /** The first cause and what followed from it, where the evidence shows more than an order. */
  readonly chain: readonly string[];
  /** What was deployed or changed before, when and by whom. */
  readonly before: readonly string[];
  /** How sure which statement is; no two have one name. */
  readonly confidences: readonly Confidence[];
  /** What to do now. Empty where the status says that there is nothing to do. */
  readonly advice: readonly string[];
  /** What was tried or rejected in this incident, with dates. */
  readonly tried: readonly string[];
  /** That the kill switch is on; null while it is off. */
  readonly stopped: string | null;
  /** What people taught here about such failures, and what was learned from them, each with who says so and how often it helped. */
  readonly knownHere: readonly string[];
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
            ...[preExistingOf(story)].filter((fact) => fact !== null),
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
    notes: [...(evidence?.found ?? []), ...(evidence?.notes ?? [])].map((note) => cleanText(note, 300)),
    chain: chainOf(story).map((line) => cleanText(line, 400)),
    before: changeLines(story),
    confidences: confidencesOf(story),
    advice: isSettled(story) ? [] : [cleanText(adviceNow(story), 4000)].filter((advice) => advice !== ''),
    tried: triedLines(story),
    stopped: stoppedWords(story),
    knownHere: knownHereLines(story),
    history: historyLines(story),
    links,
  };
}

/** Lines of the chain of events, where it tells more than the order of the log. */
export function chainOf({ diagnosis }: Pick<IncidentStory, 'diagnosis'>): string[] {
  const chain = diagnosis?.chain;
  return chain !== undefined && isInformative(chain) ? chainLines(chain) : [];
}

const isSettled = ({ incident }: IncidentStory): boolean =>
  incident.status === 'resolved' || incident.status === 'healed';

/** Keeps the indentation of a stack trace. */
function oneLine(text: string): string {
  return `${/^ */.exec(text)?.[0] ?? ''}${cleanText(text, MAX_LINE_LENGTH * 4)}`;
}

/** Addresses come from GitHub's API; the local fake has no certificate. */
function isWebAddress(url: string): boolean {
  return /^(?:https:\/\/|http:\/\/127\.0\.0\.1:)[^\s()<>"']+$/.test(url);
}
