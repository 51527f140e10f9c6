import { clearness, type Evidence, type Sign } from './evidence.ts';

const STATEMENT = /\b(?:(SELECT)\b.{1,500}?\bFROM|INSERT INTO|UPDATE \S{1,100} SET|DELETE FROM)\b.{0,1500}/i;
/** Placeholder for a value that is logged elsewhere, or not at all. */
const PLACEHOLDER = /\$\d|\?|%s|\B:[a-z]/i;
const REQUEST = /\b(GET|POST|PUT|PATCH|DELETE) ((?:https?:\/\/|\/)[^\s"']{1,400})/;
/** Repeated on purpose. */
const PROBES = /\/(?:health|healthz|live|livez|ready|readyz|status|ping|metrics|favicon\.ico)\b/i;
/** The same statement with other values this often in a row is a loop over rows. */
const MIN_IN_A_ROW = 10;
/** The same read this often is worth caching. */
const MIN_REPEATS = 20;
const MAX_KEPT = 20_000;

interface Run {
  count: number;
  first: number;
  template: string;
}

/** What a log shows to be repeated: one by one in a row, or the same over and over. */
export interface Repeats {
  next(number: number, text: string): void;
  evidence(): Evidence[];
}

export function makeRepeats(file: string): Repeats {
  const statements = makeRuns();
  const requests = makeRuns();
  const sameReads = makeCounts();
  const sameRequests = makeCounts();
  const evidence = (sign: Sign, { count, first }: { count: number; first: number }, least: number, says: string) =>
    count < least
      ? []
      : [{ sign, source: 'log' as const, strength: clearness(count, least), where: `${file}:${first}`, text: says }];
  return {
    next(number, line) {
      const statement = STATEMENT.exec(line);
      if (statement !== null) {
        const [text, isRead] = statement;
        const isOpen = PLACEHOLDER.test(text);
        statements.next(number, withoutValues(text), isOpen ? null : text);
        if (isRead !== undefined && !isOpen && hasValues(text)) sameReads.next(number, text);
      }
      const [request, verb, path = ''] = REQUEST.exec(line) ?? [];
      if (request === undefined || PROBES.test(path)) return;
      if (verb === 'GET') sameRequests.next(number, path);
      requests.next(number, withoutValues(request), request);
    },
    evidence() {
      const [loop, calls] = [statements.longest(), requests.longest()];
      const [read, request] = [sameReads.most(), sameRequests.most()];
      return [
        ...evidence(
          'repeated-statement',
          loop,
          MIN_IN_A_ROW,
          `one statement ${loop.count} times in a row, each with other values`,
        ),
        ...evidence(
          'one-by-one-requests',
          calls,
          MIN_IN_A_ROW,
          `one request ${calls.count} times in a row, each for another item`,
        ),
        ...evidence('same-read-again', read, MIN_REPEATS, `the very same rows read ${read.count} times`),
        ...evidence(
          'same-request-again',
          request,
          MIN_REPEATS,
          `the very same address asked for ${request.count} times`,
        ),
      ];
    },
  };
}

const hasValues = (statement: string): boolean => /\b\d|'/.test(statement);

const withoutValues = (text: string): string =>
  text
    .replace(/'[^']{0,400}'/g, '?')
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b\d+(?:\.\d+)?\b/gi, '?');

/** The longest run of one template whose values differ from those right before, or are unknown (`whole` is null). */
function makeRuns() {
  let run: Run = { count: 0, first: 0, template: '' };
  let best: Run = run;
  let before: string | null = null;
  return {
    next(number: number, template: string, whole: string | null): void {
      if (template !== run.template) run = { count: 1, first: number, template };
      else if (whole === null || whole !== before) run.count += 1;
      before = whole;
      if (run.count > best.count) best = { ...run };
    },
    longest: (): { count: number; first: number } => best,
  };
}

/** Count of the most frequent text. Texts beyond the bound are not tracked. */
function makeCounts() {
  const counts = new Map<string, { count: number; first: number }>();
  return {
    next(number: number, text: string): void {
      const known = counts.get(text);
      if (known !== undefined) known.count += 1;
      else if (counts.size < MAX_KEPT) counts.set(text, { count: 1, first: number });
    },
    most: (): { count: number; first: number } =>
      [...counts.values()].reduce((most, one) => (one.count > most.count ? one : most), { count: 0, first: 0 }),
  };
}
