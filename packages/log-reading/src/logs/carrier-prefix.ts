import { withoutTimestamp } from '@selfheal/redaction/clean-line.ts';
import { instantsIn } from './instant.ts';

/**
 * What carried a log here writes before each of its lines: `gh run view`, Docker Compose, `kubectl logs --prefix`, syslog, journald, GitLab, Jenkins, a
 * build tool's `[stage]`, the line numbers of a web page. It hides where a line begins from everything that reads lines, so it is recognised once
 * for a log, from its first lines, and taken off.
 */
export interface Carrier {
  /** The prefix of a raw line; empty when the line has none. */
  prefixOf(raw: string): string;
}

/** Lines from which a carrier is recognised. */
const CARRIER_LINES = 200;
/** A longer head of a line is no prefix. */
const MAX_PREFIX = 400;
const ESC = String.fromCharCode(0x1b);
/** Colours before, within and after a prefix. */
const COLOURS = `(?:${ESC}\\[[\\d;]{0,12}m)*`;
const STAMP = '\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)?';
const LEVEL =
  'TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|SEVERE|FATAL|CRITICAL|PANIC|FAIL|FAILED|FAILURE|OK|PASS|PASSED|SKIP|SKIPPED|SUCCESS|DONE';

interface Form {
  readonly pattern: RegExp;
  /** Least share of the lines that begin so; `FEW`: a log may change to it further on. */
  readonly share: number;
  /** Whether what the lines have in front, one entry a line, is that of a carrier; true without it. */
  readonly holds?: (prefixes: readonly string[]) => boolean;
}

const form = (source: string, share: number, holds?: Form['holds']): Form => ({
  pattern: new RegExp(`^${COLOURS}${source}`),
  share,
  ...(holds === undefined ? {} : { holds }),
});

const MAX_NAMES = 40;
/** Few names that come again, as of containers or stages. */
function areNames(prefixes: readonly string[]): boolean {
  const names = new Set(prefixes);
  return names.size <= MAX_NAMES && names.size <= prefixes.length / 3;
}

/** Line numbers that go up by one, or, where a page hides lines, nearly always by one and never down. */
function areCounted(prefixes: readonly string[]): boolean {
  const numbers = prefixes.map((prefix) => Number(/\d+/.exec(prefix)?.[0]));
  const steps = numbers.slice(1).map((number, at) => number - (numbers[at] ?? 0));
  const byOne = steps.filter((step) => step === 1).length;
  const up = steps.filter((step) => step >= 1).length;
  return byOne >= steps.length * COUNTED || (byOne >= steps.length * COUNTED_WITH_GAPS && up === steps.length);
}
const COUNTED = 0.9;
const COUNTED_WITH_GAPS = 0.6;

/** Forms that nothing else has need few lines; the others are a carrier's only if nearly every line has them. */
const FEW = 0.1;
const NEARLY_ALL = 0.9;
const FORMS: readonly Form[] = [
  // `gh run view --log`: job, step, time.
  form(`[^\\t]{1,200}\\t[^\\t]{1,200}\\t\\uFEFF?${STAMP} `, FEW),
  form(`[\\w.-]{1,60}[_-]\\d{1,3}${COLOURS} {0,40}${COLOURS}\\|${COLOURS} ?${COLOURS}`, FEW, areNames),
  form('\\[(?:pod|container)/[^\\]\\s]{1,200}\\] ', FEW),
  // A verbose command: its stream, and the time since the line before.
  form('(?:std(?:out|err): )?\\[(?: {6,12}| {0,6}\\+ {0,4}\\d{1,7} ms)\\] ?', FEW),
  // syslog and journald: time, host, program.
  form(
    `(?:<\\d{1,3}>\\d{0,2} ?)?(?:[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?|${STAMP}) [\\w.:-]{1,64} [\\w./@+-]{1,64}(?:\\[\\d{1,10}\\])?: `,
    FEW,
  ),
  // GitLab: time, stream; `+` where the line goes on.
  form(`(?:${STAMP} )?\\d\\d[OE][+ ]`, NEARLY_ALL),
  form(`\\[${STAMP}\\] `, NEARLY_ALL),
  form(`[A-Za-z][\\w.-]{0,60}${COLOURS} {1,40}${COLOURS}\\|${COLOURS} ?${COLOURS}`, NEARLY_ALL, areNames),
  form(`[a-z][\\w.]{0,60}(?:-[\\w.]{1,60})*-[a-z\\d]{5} [\\w.-]{1,60} `, NEARLY_ALL, areNames),
  form(`\\[(?!(?:${LEVEL}|${LEVEL.toLowerCase()})\\b)(?=[^\\]]*[A-Za-z])[\\w./:@ -]{1,60}\\] ?`, NEARLY_ALL, areNames),
  ...['\\t', ':', ' {0,2}\\| ', '\\. ', ' {2}', ' ', '(?![\\d.,:/%\\])-])'].map((end) =>
    form(`[ \\t]{0,8}\\d{1,7}${end}`, NEARLY_ALL, areCounted),
  ),
];
/** Carriers of carriers: a container's log in a job's. */
const MAX_NESTED = 3;
const MIN_LINES = 3;

/** Recognises what carried a log by its first raw lines; null when nothing did. A runner's own timestamp alone is no carrier. */
export function carrierOf(lines: readonly string[]): Carrier | null {
  return carrierBy(formsOf(lines));
}

/** The forms of what the lines have in front, the outermost first. */
function formsOf(lines: readonly string[]): readonly RegExp[] {
  const forms: RegExp[] = [];
  let left = lines.map((line) => withoutTimestamp(line).slice(0, MAX_PREFIX)).filter(isWritten);
  for (let round = 0; round < MAX_NESTED; round++) {
    const found = FORMS.find((one) => !forms.includes(one.pattern) && isCarriedIn(one, left));
    if (found === undefined) break;
    forms.push(found.pattern);
    left = left.map((line) => line.slice(lengthOf(found.pattern, line))).filter(isWritten);
  }
  return forms;
}

function carrierBy(forms: readonly RegExp[]): Carrier | null {
  if (forms.length === 0) return null;
  return {
    prefixOf(raw) {
      const stamp = raw.length - withoutTimestamp(raw).length;
      let length = stamp;
      for (const pattern of forms) length += lengthOf(pattern, raw.slice(length, length + MAX_PREFIX));
      return length === stamp ? '' : raw.slice(0, length);
    },
  };
}

/** Forms that nothing else has: a log that was put together from several may change to them anywhere. */
const UNMISTAKABLE = FORMS.filter(({ share }) => share === FEW);
const SAMPLED = 10;

/** The forms that further lines have beyond those that are known. A sample decides whether all lines are looked at. */
function laterForms(lines: readonly string[], known: readonly RegExp[]): readonly RegExp[] {
  const open = UNMISTAKABLE.filter(({ pattern }) => !known.includes(pattern));
  const carrier = carrierBy(known);
  const rest = (line: string): string =>
    withoutTimestamp(line.slice(carrier?.prefixOf(line).length ?? 0)).slice(0, MAX_PREFIX);
  const sample = lines.filter((_, at) => at % SAMPLED === 0).map(rest);
  if (!sample.some((line) => open.some(({ pattern }) => pattern.test(line)))) return [];
  const left = lines.map(rest).filter(isWritten);
  return open.filter((one) => isCarriedIn(one, left)).map(({ pattern }) => pattern);
}

const isWritten = (line: string): boolean => line.trim() !== '';
const lengthOf = (pattern: RegExp, line: string): number => pattern.exec(line)?.[0].length ?? 0;

function isCarriedIn({ pattern, share, holds }: Form, lines: readonly string[]): boolean {
  const prefixes = lines.flatMap((line) => pattern.exec(line)?.[0] ?? []);
  if (prefixes.length < Math.max(MIN_LINES, lines.length * share)) return false;
  return holds === undefined || holds(prefixes);
}

/** The instant that a prefix names, as ISO 8601; undefined without a date. */
export function timeIn(prefix: string): string | undefined {
  const instant = instantsIn(prefix).at(-1);
  if (instant === undefined || (instant.precision !== 'absolute' && instant.precision !== 'local')) return undefined;
  return new Date(instant.milliseconds).toISOString();
}

/**
 * Takes raw lines in order and hands them on, each with its prefix, once enough of them were seen. A log may be put together from several: what
 * unmistakably carries a later part is recognised, too.
 */
export function makeCarrierReader<L extends { readonly raw: string }>(
  take: (line: L, prefix: string) => void,
): { push(line: L): void; end(): void } {
  let waiting: L[] = [];
  let forms: readonly RegExp[] | null = null;
  const decide = (): void => {
    const lines = waiting;
    waiting = [];
    const texts = lines.map(({ raw }) => raw);
    forms = forms === null ? formsOf(texts) : [...forms, ...laterForms(texts, forms)];
    const carrier = carrierBy(forms);
    lines.forEach((line) => {
      take(line, carrier === null ? '' : carrier.prefixOf(line.raw));
    });
  };
  return {
    push(line) {
      waiting.push(line);
      if (waiting.length >= CARRIER_LINES) decide();
    },
    end: decide,
  };
}
