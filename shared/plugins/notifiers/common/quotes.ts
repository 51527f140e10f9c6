import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { templateOf } from '@selfheal/diagnosis/failure/fingerprint.ts';
import { placeIn } from '@selfheal/kernel/text/place.ts';
import type { Evidence, EvidenceLine, EvidenceSource } from '@selfheal/log-reading/logs/evidence.ts';
import { isContinuation, isPlatformNoise, scoreLine } from '@selfheal/log-reading/logs/line-score.ts';
import { outcomeFiguresOf } from '@selfheal/log-reading/logs/outcome-figures.ts';
import { readStructuredLine, spokenLine } from '@selfheal/log-reading/logs/structured-line.ts';
import { isToolBoilerplate } from '@selfheal/log-reading/logs/tool-boilerplate.ts';

/** A quote from a log: a line with the lines that belong to it (a stack trace, expected and actual values). */
export interface Quote {
  readonly lines: readonly ShownLine[];
  /** How many of the kept lines repeat it, ignoring numbers and ids. */
  readonly count: number;
  /** Time of the last repeat in the log; null when unknown. */
  readonly lastAt: string | null;
}

interface ShownLine {
  /** Line number in the log; null for a frame that is part of the line above. */
  readonly number: number | null;
  readonly text: string;
}

/** The quotes of one log. */
export interface QuotedSource {
  readonly name: string;
  readonly url: string | null;
  readonly quotes: readonly Quote[];
}

interface Entry {
  readonly source: EvidenceSource;
  readonly head: EvidenceLine;
  readonly rest: readonly EvidenceLine[];
  readonly weight: number;
  /** The line of it that is the first cause. */
  readonly cause?: EvidenceLine | undefined;
}

/** Maximum lines of one quote, including the first. */
const MAX_QUOTES_PER_SOURCE = 8;
const CITED = 20;
/** The cause comes before all others. */
const CAUSE = 100;
/** Extra weight of a heading that is followed by its report. */
const REPORTED = 4;
/** When no line is informative: lines read from the end of the log, and how many quotes are taken from them. */
const LAST_WORDS = 100;
const LAST_QUOTES = 6;
/** Minimum weight of an informative line; the wording of others says nothing about a failure. */
const MIN_WEIGHT = 3;
/** Maximum distance between lines of one entry, because the excerpt omits lines. */
const GAP = 2;
/** Properties of an error object that node:test prints after the error itself. */
const OBJECT_NOISE = /^\s*(?:generatedMessage|code|operator|diff|failureType|cause|name):|^\s*[{}\]]+,?$|^\s*[|~^ ]+$/;
/** Lines that only announce or count failures. */
const ANNOUNCEMENT = /^\W{0,4}(?:failing tests|fail \d{1,6}|failures|errors|failed tests \d{1,6}\W{0,10}):?$/i;
/** Begins the report of a failed test, which is an entry of its own whatever its indentation. */
const TEST_MARK = /^\s{0,12}(?:✖|✗|×|✕|●|FAIL|not ok|--- FAIL)/;
/** Figures of what ended well: exit code 0, a status of 2xx. */
const ENDED_WELL = /^(?:0|2\d\d)?(?: (?:0|2\d\d))*$/;
const RUNNER_NOISE = /^##\[(?:group|endgroup)\]|^shell: |^env:$|^\[command\]/;

/** The lines to show, by source: the cause first, the others in order, at most `limit` in all. Repeated wording is shown once, with its count. */
export function quotesOf(evidence: Evidence | null, diagnosis: Diagnosis | null, limit: number): QuotedSource[] {
  const cause = diagnosis?.chain?.cause.ref ?? null;
  const cited = { cause, lines: citedIn(diagnosis) };
  const sources = evidence?.sources ?? [];
  const entries = sources.flatMap((source) => entriesOf(source, cited));
  const chosen = chooseEntries(entries, limit);
  const leads = ({ entry }: Chosen): boolean => entry.cause !== undefined;
  const quoted = sources.map((source) => {
    const own = chosen.filter(({ entry }) => entry.source === source);
    const first = own.filter(leads);
    return {
      isFirst: first.length > 0,
      name: source.name,
      url: source.url,
      quotes: [...first, ...own.filter((one) => !leads(one))].map(({ entry, repeats }) => quoteOf(entry, repeats)),
    };
  });
  return quoted
    .filter(({ quotes }) => quotes.length > 0)
    .sort((a, b) => Number(b.isFirst) - Number(a.isFirst))
    .map(({ name, url, quotes }) => ({ name, url, quotes }));
}

/** References of the deciding lines. None for an unknown failure, which only cites its strongest lines. */
function citedIn(diagnosis: Diagnosis | null): ReadonlySet<string> {
  if (diagnosis === null || diagnosis.classification.class === 'unknown') return new Set();
  return new Set([...diagnosis.evidence, ...diagnosis.classification.evidence]);
}

/** References of the first cause, and of the other lines that the diagnosis cites. */
interface Cited {
  readonly cause: string | null;
  readonly lines: ReadonlySet<string>;
}

function weightIn({ cause, lines }: Cited, ref: string): number {
  if (ref === cause) return CAUSE;
  return lines.has(ref) ? CITED : 0;
}

/** Splits a source into entries: a line and the lines that continue it. */
function entriesOf(source: EvidenceSource, cited: Cited): Entry[] {
  const groups: EvidenceLine[][] = [];
  for (const line of source.lines) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const continues = last !== undefined && line.number - last.number <= GAP && belongsTo(line.text, last.text);
    if (group !== undefined && continues) group.push(line);
    else groups.push([line]);
  }
  return groups.flatMap((group) => entryOf(source, group, cited));
}

function belongsTo(text: string, previous: string): boolean {
  if (RUNNER_NOISE.test(previous)) return false;
  if (text.trim() === '') return true;
  if (RUNNER_NOISE.test(text) || isPlatformNoise(text) || isPlatformNoise(previous)) return false;
  return /^\s/.test(text) && isContinuation(text) && !TEST_MARK.test(text);
}

function entryOf(source: EvidenceSource, group: readonly EvidenceLine[], cited: Cited): Entry[] {
  const lines = group.filter(({ text }) => text.trim() !== '');
  const [head, ...rest] = lines;
  if (head === undefined || isPlatformNoise(head.text)) return [];
  // A step's beginning is shown where what the step is for decided.
  if (RUNNER_NOISE.test(head.text) && !cited.lines.has(head.ref)) return [];
  const weights = lines.map(({ ref, text }) => weightIn(cited, ref) + weightOf(text));
  const weight = Math.max(...weights);
  const cause = lines.find(({ ref }) => ref === cited.cause);
  return [{ source, head, rest, weight: weight >= MIN_WEIGHT && rest.length > 0 ? weight + REPORTED : weight, cause }];
}

/** Weight of a line; a line that only reports the end of a step has none. */
function weightOf(text: string): number {
  const { score, anchor } = scoreLine(text);
  return anchor ? MIN_WEIGHT : score;
}

interface Chosen {
  readonly entry: Entry;
  /** All entries with this wording, including this one, in the order of the log. */
  readonly repeats: readonly Entry[];
}

function chooseEntries(entries: readonly Entry[], limit: number): Chosen[] {
  const groups = [...Map.groupBy(entries, keyOf).values()].map(chosenOf);
  const reported = groups.filter(({ entry }) => entry.rest.length > 0);
  const testsReported = reported.some(({ entry }) => TEST_MARK.test(entry.head.text));
  const shown = new Set(reported.map(({ entry }) => wordingOf(entry)));
  const isShown = (entry: Entry): boolean =>
    shown.has(wordingOf(entry)) ||
    ANNOUNCEMENT.test(entry.head.text) ||
    (testsReported && TEST_MARK.test(entry.head.text));
  const leaders = leadersOf(groups);
  const ranked = groups
    .filter(({ entry }) => entry.cause !== undefined || entry.rest.length > 0 || !isShown(entry))
    .sort(
      (a, b) =>
        // What a counter counts must not push other lines out.
        Number(leaders.has(b)) - Number(leaders.has(a)) ||
        b.entry.weight - a.entry.weight ||
        a.entry.head.number - b.entry.head.number,
    );
  const informative = ranked.filter((one) => one.entry.weight >= MIN_WEIGHT && tellsOfFailure(one));
  const saysWhy = informative.some(({ entry }) => !scoreLine(entry.head.text).anchor);
  const chosen = saysWhy ? fitting(informative, limit) : lastWords(entries);
  const telling = chosen.filter(tellsOfFailure);
  return (telling.length > 0 ? telling : chosen).sort((a, b) => a.entry.head.number - b.entry.head.number);
}

/** False for the help that a tool gives with every failure, unless it is the cause. */
function tellsOfFailure({ entry }: Chosen): boolean {
  return entry.cause !== undefined || !isToolBoilerplate(displayed(entry.head.text));
}

/**
 * Key for repeats: for a single line its template with the figures that say how something ended, for an entry with a report the exact words, because
 * the report belongs to those words.
 */
function keyOf(entry: Entry): string {
  return entry.rest.length > 0 ? templateKey(entry) : `${templateKey(entry)}\n${outcomeFiguresOf(entry.head.text)}`;
}

/** The same without those figures: lines that only differ in them. */
function templateKey(entry: Entry): string {
  return `${entry.source.id}\n${entry.rest.length > 0 ? wordingOf(entry) : templateOfLine(entry)}`;
}

/** Of lines that only differ in how something ended, the one that says most: a failure, and the rarest. */
function leadersOf(groups: readonly Chosen[]): ReadonlySet<Chosen> {
  const isFine = ({ entry }: Chosen): boolean => ENDED_WELL.test(outcomeFiguresOf(entry.head.text));
  return new Set(
    [...Map.groupBy(groups, ({ entry }) => templateKey(entry)).values()].flatMap((alike) =>
      [...alike]
        .sort((a, b) => Number(isFine(a)) - Number(isFine(b)) || a.repeats.length - b.repeats.length)
        .slice(0, 1),
    ),
  );
}

function templateOfLine({ head }: Entry): string {
  return templateOf(displayed(head.text).replace(/(https?:\/\/[^/\s]{1,120})\/\S{0,300}/g, '$1/...'));
}

/** The heading without the parts that differ in each repeat. */
function wordingOf({ source, head }: Entry): string {
  const words = displayed(head.text)
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '<id>')
    .replace(/\b\d{1,12}(?:\.\d{1,9})? ?(?:ns|us|ms|s)\b/g, '<duration>');
  return `${source.id}\n${words.trim()}`;
}

function chosenOf(repeats: readonly Entry[]): Chosen {
  const [entry] = [...repeats].sort((a, b) => b.weight - a.weight || a.head.number - b.head.number);
  if (entry === undefined) throw new RangeError('A group has at least one entry.');
  return { entry, repeats };
}

/** Quotes when no line is informative: the last lines of the log, with repeated wording once. */
function lastWords(entries: readonly Entry[]): Chosen[] {
  const lines = entries.flatMap(({ source, head, rest, weight }) =>
    [head, ...rest].map((line): Entry => ({ source, head: line, rest: [], weight })),
  );
  const ended = lines.findLastIndex(({ head }) => scoreLine(head.text).anchor);
  const last = ended < 0 ? lines : lines.slice(0, ended + 1);
  const groups = [...Map.groupBy(last.slice(-LAST_WORDS), keyOf).values()];
  return groups
    .slice(-LAST_QUOTES)
    .map((repeats) => ({ ...chosenOf([...repeats].reverse()), entry: repeats.at(-1) ?? chosenOf(repeats).entry }));
}

function fitting(ranked: readonly Chosen[], limit: number): Chosen[] {
  const chosen: Chosen[] = [];
  let room = limit;
  for (const one of ranked) {
    const needed = shownLines(one.entry).length;
    if (needed > room) continue;
    room -= needed;
    chosen.push(one);
  }
  return chosen;
}

/** The heading in readable form, and the following lines except those of tools. */
function shownLines({ head, rest, cause }: Entry): ShownLine[] {
  const frames = (readStructuredLine(head.text)?.stack ?? []).map((frame) => ({ number: null, text: `    ${frame}` }));
  const below: ShownLine[] = [...frames, ...rest.map(({ number, text }) => ({ number, text }))];
  const isCause = ({ number }: ShownLine): boolean => number !== null && number === cause?.number;
  const isNoise = ({ text }: ShownLine): boolean =>
    OBJECT_NOISE.test(text) || isForeignFrame(text) || isToolBoilerplate(text);
  const own = below.filter((line) => isCause(line) || !isNoise(line));
  const first = { number: head.number, text: displayed(head.text) };
  const shown = [first, ...(own.length > 0 ? own : below.slice(0, 2))];
  // A cause far below its heading, such as the innermost of several errors, takes the place of the last line.
  const late = shown.slice(MAX_QUOTES_PER_SOURCE).filter(isCause);
  return [...shown.slice(0, MAX_QUOTES_PER_SOURCE - late.length), ...late];
}

function isForeignFrame(text: string): boolean {
  return /^\s*at .{0,300}:\d{1,6}(?::\d{1,6})?\)?/.test(text) && placeIn(text) === null;
}

/** Structured lines in readable form; other lines unchanged. */
function displayed(text: string): string {
  return spokenLine(text) ?? text;
}

function quoteOf(entry: Entry, repeats: readonly Entry[]): Quote {
  const last = [...repeats].sort((a, b) => b.head.number - a.head.number)[0];
  return {
    lines: shownLines(entry),
    count: repeats.length,
    lastAt: clockOf(last?.head.at),
  };
}

/** `09:41:12` of an ISO 8601 instant. */
function clockOf(at: string | undefined): string | null {
  return /T(\d\d:\d\d:\d\d)/.exec(at ?? '')?.[1] ?? null;
}

/** ` [x12, last at 09:41:12]` for repeated lines. */
export function repeatWords({ count, lastAt }: Quote): string {
  if (count < 2) return '';
  return `  [x${count}${lastAt === null ? '' : `, last at ${lastAt}`}]`;
}
