import { lazy } from '@selfheal/kernel/lazy.ts';
import { remembered } from '@selfheal/kernel/remembered.ts';
import { makePatternSet } from './pattern-set.ts';

const STATUS = '[1-5]\\d\\d';
const METHOD = '(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT)';
/** Words of HTTP behind a status. */
const REASON =
  '(?:OK|Created|Accepted|No Content|Moved|Found|Not Modified|Bad|Unauthori[sz]ed|Payment|Forbidden|Not|Method|Conflict|Gone|Length|Precondition|Payload|Unprocessable|Locked|Too Many|Internal|Service|Gateway|Client|Server)\\b';
/** What is counted is no id: `job 3 failed`. */
const NO_ID =
  '(?<!(?:job|worker|shard|task|request|step|attempt|thread|pod|node|test|case|run|build|process|pid|try|stage|line|row|item|batch|pool|container|replica|instance|host|connection|session|id|number)[ #:=_-]{1,2})';
const FAILURES =
  '(?:failed|failing|failures?|errors?|errored|broken|crashed|timed out|timeouts?|unreachable|unhealthy|aborted|killed|lost|problems?|mismatch(?:es)?|violations?|vulnerabilit(?:y|ies)|warnings?|skipped)';

const OF_FAILURES =
  'fail error broken crash timed timeout unreach unhealth abort kill lost problem mismatch violation vulnerab warning skipped'.split(
    ' ',
  );

/**
 * Each with the figure in its only group, and what occurs, in lower case, in every line that it matches; nothing where the pattern itself is as
 * quick. Linear: bounded repeats behind a word.
 */
const FIGURES: readonly (readonly [words: readonly string[], pattern: RegExp])[] = [
  // `exited with code 137`, `exit status 2`, `exitCode=1`, `returned non-zero exit status 1`
  [
    ['exit'],
    /\bexit(?:ed|s|ing)?(?:[ _-]{0,2}(?:with|status|code|value|signal|non-?zero|was|is|process|error)){0,4}["']?\s{0,2}[:=(]{0,2}\s{0,2}["']?(-?\d{1,10})\b/gi,
  ],
  [
    ['code', 'value', 'status'],
    /\b(?:return(?:ed)?|error|status|result|process)[ _-]?(?:code|value|status)["']?(?:\s{0,2}[:=(]{1,2}|\s(?:is|was|of))?\s{0,2}["']?(-?(?:0x[0-9a-f]{1,16}|\d{1,10}))\b/gi,
  ],
  [['rc', 'ret', 'errorlevel'], /\b(?:rc|ret|errorlevel|retcode)\s{0,2}[:=]{1,2}\s{0,2}(-?\d{1,10})\b/gi],
  // `code=exited, status=143`
  [['code', 'status'], /\b(?:code|status)["']?\s{0,2}[:=]\s{0,2}["']?(-?\d{1,10})\b/gi],
  [['with ', 'code ', 'status '], /\b(?:with|code|status) (?:code |status )?(-?\d{1,10})(?=$|[\s.,;:)\]])/gi],
  // `*** [all] Error 2`, `ERROR 1045 (28000)`, `os error 28`, `[Errno 28]`
  [['error '], /\bError (\d{1,6})(?=$|\s{0,3}\(|\s{0,3}:|\s\(ignored\))/gi],
  [
    ['errno', 'os error', 'sqlstate', 'hresult', 'ntstatus'],
    /\b(?:errno|os error|sqlstate|hresult|ntstatus)[\])]?\s{0,2}[:=(]{0,2}\s{0,2}\[?(-?(?:0x[0-9a-f]{1,16}|\w{1,10}))\b/gi,
  ],
  [['ora-', 'pls-', 'tns-', 'sql', 'msb', 'lnk', 'aadsts'], /\b(?:ORA|PLS|TNS|SQL|MSB|LNK|AADSTS)-?(\d{2,8})\b/g],
  // `signal 9`, `signal: 11`, `sig=6`
  [['sig'], /\bsig(?:nal)?(?: number| no\.?)?\s{0,2}[:=(#]{0,2}\s{0,2}(\d{1,3})\b/gi],
  // `HTTP 502`, `HTTP/1.1" 502`, `returned 500`, `-> 404`, `GET /pay 502`, `502 Bad Gateway`, `" 502 1234`
  [
    ['http'],
    new RegExp(
      `\\bHTTP(?:/\\d(?:\\.\\d)?)?(?: status| error| code| response){0,2}["']?\\s{0,2}[:=]?\\s{0,2}(${STATUS})\\b`,
      'gi',
    ),
  ],
  [
    ['status', 'return', 'respon', 'answered', 'got', 'received', 'replied'],
    new RegExp(
      `\\b(?:status|returned|returns|responded|response|answered|got|received|replied)(?: with| code| status| of| was| an?| HTTP){0,3}["']?\\s{0,2}[:=(]{0,2}\\s{0,2}["']?(${STATUS})\\b`,
      'gi',
    ),
  ],
  [['->', '=>', '→', '" '], new RegExp(`(?:->|=>|→|")\\s{1,3}(${STATUS})(?=$|[\\s,;)])`, 'g')],
  [
    ['get ', 'post ', 'put ', 'patch ', 'delete ', 'head ', 'options ', 'connect '],
    new RegExp(`\\b${METHOD} \\S{1,300}(?: HTTP/[\\d.]{1,3})?["']?[:,]?\\s{1,3}(${STATUS})\\b`, 'g'),
  ],
  [[], new RegExp(`\\b(${STATUS}) ${REASON}`, 'gi')],
  // `3 failed`, `12 tests failed`, `failures: 2`, `errors=1`
  [OF_FAILURES, new RegExp(`\\b(?=\\d)${NO_ID}(\\d{1,6})(?: \\w{1,20})? ${FAILURES}\\b`, 'gi')],
  [OF_FAILURES, new RegExp(`\\b${FAILURES}["']?\\s{0,2}[:=]\\s{0,2}(\\d{1,6})\\b`, 'gi')],
];
const figures = lazy(() => makePatternSet(FIGURES.map(([literals, pattern]) => ({ literals, pattern }))));
/** In every line that one of the patterns matches. */
const MAY_HAVE = /\d/;
const MAX_READ = 2_000;

/**
 * The figures of a line that say how something ended: exit code, signal, error number, HTTP status, count of failures. Lines with the same words are
 * repeats of each other only when these agree: one `exited with code 137` among hundred `exited with code 0` is another event. In order of their place, joined; empty for a line
 * that says none.
 */
export const outcomeFiguresOf: (line: string) => string = remembered(readFigures, 512);

function readFigures(line: string): string {
  const text = line.length > MAX_READ ? line.slice(0, MAX_READ) : line;
  if (!MAY_HAVE.test(text)) return '';
  let found: Map<number, string> | null = null;
  const set = figures();
  // By index: an iterator of pairs makes one for each pattern and line.
  for (let index = 0; index < FIGURES.length; index++) {
    const pattern = FIGURES[index]?.[1];
    if (pattern === undefined || !set.mayMatch(index, text)) continue;
    pattern.lastIndex = 0;
    // Not `matchAll`, which copies the pattern.
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const figure = match[1] ?? '';
      found = (found ?? new Map()).set(match.index + match[0].lastIndexOf(figure), figure);
    }
  }
  if (found === null) return '';
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([, figure]) => figure)
    .join(' ');
}

/** How often each text occurs. */
export function countsOf(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/**
 * Equal for lines that repeat each other: their wording, and how what they report ended. Figures are only looked for in lines whose wording comes
 * again.
 */
export function repeatKeysOf(lines: readonly { readonly text: string; readonly wording: string }[]): string[] {
  const counts = countsOf(lines.map(({ wording }) => wording));
  return lines.map(({ text, wording }) =>
    wording === '' || counts.get(wording) === 1 ? wording : `${wording}\n${outcomeFiguresOf(text)}`,
  );
}
