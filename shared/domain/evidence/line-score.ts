import { readStructuredLine } from './structured-line.ts';

/** How much a line by itself speaks for being the failure, and whether it ends the failing step. */
export interface LineScore {
  readonly score: number;
  readonly anchor: boolean;
}

export const NOTHING: LineScore = { score: 0, anchor: false };
/** What a structured line weighs at least or at most, by the level it gives itself. */
const ERROR_AT_LEAST = 8;
const WARNING_AT_MOST = 4;
const CALM_AT_MOST = 1;

/** A line without any of these, in either case, is not scored: it says nothing of a failure. */
export const ALARMING: readonly string[] = [
  'error',
  'fail',
  'fatal',
  'panic',
  'exception',
  'traceback',
  'assert',
  'expected',
  'undefined',
  'cannot',
  "can't",
  'could not',
  'unable to',
  'not found',
  'no such',
  'denied',
  'timed out',
  'timeout',
  'killed',
  'segmentation',
  'abort',
  'err!',
  '***',
  'exit',
  'caused by',
  'not ok',
  'invalid',
  'missing',
  'unexpected',
  'refused',
  'problem',
  'offense',
  'violation',
  'would reformat',
  'warning',
  'unresolved',
  'conflict',
  'crash',
  'core dumped',
  'mismatch',
  'does not',
  "doesn't",
  "didn't",
  'did not',
  'broken',
  'illegal',
  'terminated',
  'stalled',
  'rejected',
  'unauthorized',
  'forbidden',
  'diff',
  '--- ',
  '+++ ',
  'failing',
  'got:',
  'want:',
  'actual',
  'leak',
  'oom',
  'e: ',
  'deprecat',
  'stderr',
  ' at ',
  '^',
];

const ANCHORS: readonly RegExp[] = [
  /^##\[error\]\s?(?:Process completed with exit code|The operation was canceled|The process .{0,200} failed with exit code)/,
  /^The command ".{0,400}" (?:exited with [1-9]|failed and exited with)/,
  /^The command .{0,200}(?:exited with [1-9]|failed)/,
  /^(?:ERROR: Job failed|Build step .{0,100} marked build as failure|Error: Process completed with exit code [1-9])/,
  /^Your build has been stopped\.|^No output has been received in the last \d+m/,
  /^The job exceeded the maximum (?:time limit|log length)/,
];

/** Weights of wordings, the first that fits counts; strongest first. */
const WORDINGS: readonly (readonly [weight: number, pattern: RegExp])[] = [
  [9, /^##\[error\]/],
  [
    9,
    /^Traceback \(most recent call last\)|^(?:thread '.{1,100}' )?panicked at|^panic: |^fatal(?: error)?:|\bFATAL\b/i,
  ],
  [9, /^\s{0,4}(?:--- FAIL|FAIL(?:ED|URE)?\b|✗|✘|✖|×|●|❌|not ok \d)/],
  [8.5, /\b(?:error|fatal)(?:\s?\[?[A-Z]{1,6}-?\d{1,6}\]?)?:/i],
  [8.5, /^\s{0,6}(?:error|fatal|E:|npm ERR!|yarn error|ERROR|\[ERROR\]|\[error\]|!!|Err:)(?:\s|$)/i],
  [8, /^\S{1,200}[:(]\d{1,6}[:,)]?.{0,40}\b(?:error|undefined|expected)\b/i],
  [8, /(?:Error|Exception|Failure)\b(?::|\s*$| in | at )/],
  [8, /\bAssert(?:ion)?(?:Error| failed|ion failed|ions? )|assertion .{0,80}failed/i],
  [
    7.5,
    /^make(?:\[\d+\])?: \*\*\*|\*\*\* (?:\[|Error|WARNING: )|Segmentation fault|core dumped|Bus error|Aborted|\bKilled\b/,
  ],
  [7.5, /\bFAILED\b|\bFAILURE\b|\bBUILD FAILED\b|\[FAIL\]|<<< (?:FAILURE|ERROR)!/],
  [
    7,
    /\b[1-9]\d{0,6} (?:failed|failing|failures?|errors?|offen[cs]es?|problems?|violations?)\b|\b(?:Failures|Errors|Failed|failures|errors|failed)[:=] ?[1-9]/,
  ],
  [
    7,
    /command not found|No such file|not found|undefined (?:reference|method|variable|symbol|function)|cannot find|can't find|could not (?:find|resolve|connect|load|compile|open|be)|unable to|Permission denied|Connection refused|timed? ?out/i,
  ],
  [
    6,
    /^\s{0,8}(?:Expected|Actual|Got|Want|expected|actual|got|want)\b.{0,4}[:=]|\bexpected\b.{1,200}\b(?:but|got|to|found|actual|instead)\b/i,
  ],
  [6, /^Caused by:|\bcaused by\b|unexpected |\binvalid\b|\bmissing\b|mismatch|rejected|\bconflict/i],
  [5, /\bfail(?:ed|s|ing|ure|ures)?\b/i],
  [4.5, /\berrors?\b|\bexit(?:ed)? (?:code|status|with)[: ]{0,2}[1-9]/i],
  [
    3,
    /\b(?:cannot|can't|could not|not allowed|does not|doesn't|did not|denied|refused|crash|broken|illegal|terminated|would reformat|stalled)\b/i,
  ],
  [1, /\bwarn(?:ing)?\b/i],
];

/** What makes an alarming word harmless: nothing failed, a test about errors that passed, a name, an option. */
const HARMLESS =
  /\b(?:0|no|zero|without) (?:test )?(?:errors?|fail(?:ed|ures?)|failing|problems?|offen[cs]es?|warnings?)\b|(?:errors?|failures?|failed|skipped|warnings?)[:=] ?0\b(?!.{0,80}(?:[1-9]\d* (?:failed|errors)|(?:Failures|Errors): [1-9]))|^\s{0,12}(?:✓|✔|√|ok\b|PASS|\[ ?OK ?\]|\[PASS)|\.{2,}\s?(?:ok|passed|PASSED|yes|no|done)\s*$|\b(?:PASS(?:ED)?|SUCCESS|passed)\b\s*(?:\(|$|\[)|--- PASS|-W(?:no-)?error|--\w{0,20}-?(?:error|fail)|fail[-_]fast|allow[_-]failure|(?:Downloading|Downloaded|Fetching|Installing|Unpacking|Selecting|Get:|Setting up|Collecting|Requirement|Compiling|Copying|Using|Adding) |\berrors?[-_./]\w|\w[-_/]errors?\b|continue-on-error/i;
const CODE_LISTING =
  /^(?:CC|CXX|LD|AR|GEN|inflating|creating|copying|adding|extracting|x |\[\s{0,2}\d{1,3}%\]|\[CC\])\s?/i;
const GITHUB_NOISE = /^##\[(?:group|endgroup|debug|command)\]|^\[command\]|^##\[warning\]/;

/** What the Lambda platform prints around every request, however it went. */
const PLATFORM_NOISE = /^(?:(?:START|END|REPORT) RequestId: |INIT_START |INIT_REPORT |XRAY TraceId: )/;
const PLATFORM_ALARM = /\bStatus: (?:timeout|error)\b/;

/** Whether the platform prints the line for every request: it explains nothing, wherever it stands. */
export function isPlatformNoise(text: string): boolean {
  return PLATFORM_NOISE.test(text) && !PLATFORM_ALARM.test(text);
}

/** Scores one cleaned line by its wording alone. Only lines with one of `ALARMING` need to be given. */
export function scoreLine(text: string): LineScore {
  const structured = readStructuredLine(text);
  if (structured === null) return scoreWording(text);
  const { score } = scoreWording(structured.message);
  switch (structured.level) {
    case 'error':
      return { score: Math.max(score, ERROR_AT_LEAST), anchor: false };
    case 'warn':
      return { score: Math.min(Math.max(score, 1), WARNING_AT_MOST), anchor: false };
    case 'info':
    case 'debug':
      return { score: Math.min(score, CALM_AT_MOST), anchor: false };
    case null:
      return { score, anchor: false };
    default:
      return structured.level satisfies never;
  }
}

function scoreWording(text: string): LineScore {
  if (isPlatformNoise(text)) return NOTHING;
  const head = text.length > 600 ? text.slice(0, 600) : text;
  if (GITHUB_NOISE.test(head)) return NOTHING;
  const anchor = ANCHORS.some((pattern) => pattern.test(head));
  const weight = WORDINGS.find(([, pattern]) => pattern.test(head))?.[0] ?? 0;
  if (weight === 0) return anchor ? { score: 4, anchor } : NOTHING;
  const harmless = !anchor && weight < 9 && (HARMLESS.test(head) || CODE_LISTING.test(head));
  return { score: harmless ? weight * 0.15 : weight, anchor };
}

/** Lines that continue what an error line began: traces, quoted source, diffs, carets, expected and actual. */
const CONTINUATION =
  /^(?:\s{2,}\S|\t|\s*at |\s*\||\s*\^|\s*~|\s*-->|\s*\d{1,6} \||[+-] ?\S|\s*File "|> |\s*\.\.\. \d|\s*# |Caused by|E {2}|\s*in |\s*from |npm ERR!|\[ERROR\]|\s*(?:Expected|Actual|expected|actual|got|want|note|help|hint)\b)/;

export function isContinuation(text: string): boolean {
  return CONTINUATION.test(text);
}
