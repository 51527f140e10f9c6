import { lazy } from '@selfheal/kernel/lazy.ts';
import { remembered } from '@selfheal/kernel/remembered.ts';
import * as z from 'zod';
import { makePatternSet } from './pattern-set.ts';
import { readStructuredLine } from './structured-line.ts';

/** How bad a log line is, worst first. */
export const Severity = z.enum(['critical', 'error', 'warning', 'info', 'debug']);
export type Severity = z.infer<typeof Severity>;

/** Characters of a line that are examined. */
const LONGEST = 600;
/** Where a level may be: after a timestamp, host or thread; further on it is a word of the message. */
const HEADER = 120;

/** Level words of log4j, logback, java.util.logging, Python, syslog, PostgreSQL, npm and the rest, in capitals. */
const LEVELS: Readonly<Record<string, Severity>> = {
  EMERG: 'critical',
  EMERGENCY: 'critical',
  ALERT: 'critical',
  CRIT: 'critical',
  CRITICAL: 'critical',
  FATAL: 'critical',
  PANIC: 'critical',
  SEVERE: 'error',
  ERROR: 'error',
  ERR: 'error',
  'ERR!': 'error',
  FAILURE: 'error',
  WARN: 'warning',
  WARNING: 'warning',
  NOTICE: 'info',
  INFO: 'info',
  INFORMATION: 'info',
  LOG: 'info',
  CONFIG: 'info',
  DEBUG: 'debug',
  TRACE: 'debug',
  VERBOSE: 'debug',
  VERB: 'debug',
  FINE: 'debug',
  FINER: 'debug',
  FINEST: 'debug',
};
/** Only npm writes these two. */
const OF_NPM = ['ERR!', 'VERB'];
const NAMES = Object.keys(LEVELS)
  .filter((name) => !OF_NPM.includes(name))
  .join('|');
/** One letter for a level: Android's logcat and Kubernetes' klog. */
const LETTERS: Readonly<Record<string, Severity>> = {
  F: 'critical',
  E: 'error',
  W: 'warning',
  I: 'info',
  D: 'debug',
  V: 'debug',
};

/** Each captures the level's name; the first match counts. */
const STATED: readonly RegExp[] = [
  /^(?:##\[|::)(error|warning|notice|debug)\b/i,
  /^\s{0,8}(?:npm|yarn|pnpm) (ERR!|(?:error|WARN|warn|notice|info|verb)\b)/,
  new RegExp(`^\\s{0,8}(${NAMES})(?: ?[\\[(]?[A-Z]{0,6}-?\\d{1,6}[\\])]?)?:`, 'i'),
  new RegExp(`[\\[(<|](${NAMES})[\\])>|:]`, 'i'),
  new RegExp(`(?:^|[\\s,;|/\\]])(${NAMES})(?=[\\s:|,\\]/-]|$)`),
  new RegExp(`\\b(?:level|severity|lvl|loglevel|log\\.level)["']?\\s?[=:]\\s?["']?(${NAMES})\\b`, 'i'),
  /[:)] (?:fatal )?(error|warning)(?: ?\[?[A-Z]{0,6}-?\d{1,6}\]?)?: /,
];
/** One of these stands in every name of a level. */
const MAY_STATE = /emerg|alert|crit|fatal|panic|severe|err|failure|warn|notice|info|log|config|debug|trace|verb|fine/i;
const stated = lazy(() => makePatternSet(STATED.map((pattern) => ({ pattern }))));
const LETTER_STATED: readonly RegExp[] = [
  /^([FEWI])\d{4} \d\d:\d\d:\d\d/,
  /^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\s{1,6}\d{1,7}\s{1,6}\d{1,7} ([VDIWEF]) /,
  /^([EW]): \S/,
];
const SYSLOG_PRIORITY = /^<(\d{1,3})>/;
/** RFC 5424, section 6.2.1: the severity is the priority modulo 8. */
const OF_PRIORITY: readonly Severity[] = [
  'critical',
  'critical',
  'critical',
  'error',
  'warning',
  'info',
  'info',
  'debug',
];

/** Phrases that use alarming words although nothing was wrong, blanked before words are examined; each with what stands in every line that it is in. */
export const HARMLESS_PHRASES: readonly (readonly [sign: RegExp, pattern: RegExp])[] = [
  [
    /0|no|zero|without|never/i,
    /(?<![\w/.:-])(?:0|no|zero|without(?: any)?|not an?|never(?: an?)?|none of the) (?:[a-z]{1,20} ){0,1}(?:errors?|warnings?|fail(?:ures?|ed|ing|s)?|exceptions?|problems?|issues?|violations?|vulnerabilit(?:y|ies))\b/gi,
  ],
  [
    /0/,
    /\b(?:errors?|warnings?|failures?|failed|failing|exceptions?|problems?|skipped)(?:\s?[:=]\s?| )0\b(?![.\d%])/gi,
  ],
  [/fail/i, /\b(?:did not|does not|do not|didn't|doesn't|don't|not|never|won't) fail(?:ed)?\b/gi],
  [/(?:^|\s)-/, /(?:^|\s)--?[\w-]{0,40}(?:error|fail|warn|exception)[\w-]{0,40}(?:=\S{0,80})?/gi],
  [
    /\./,
    /\b[\w-]{0,60}(?:error|fail|warning|exception)[\w-]{0,60}\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|cc?|cpp|hp?p?|html?|log|txt|json|ya?ml|o|class|svg|png|md)\b(?!:\d)/gi,
  ],
  [
    /[-_]/,
    /\b(?:errors?|fail|failure|warnings?)[-_][a-z]\w{0,40}|\b[a-z]{1,40}[-_](?:errors?|failures?|warnings?)\b/gi,
  ],
  [
    / (?:handl|page|report|budget|boundar|message)|if |on |handle|return|throw|raise/i,
    /\berrors? (?:handl(?:ing|ers?)|pages?|report(?:ing|s)|budgets?|boundar(?:y|ies)|messages? (?:are|is) )|\bif (?:an? |any )?(?:error|failure)\b|\b(?:on|handles?|returns?|throws?|raises?) (?:an? )?(?:errors?|failures?) (?:when|if|for|on)\b/gi,
  ],
  [/(?:fail|fault|error)[- ]/i, /\b(?:fail|fault|error)[- ](?:safe|fast|over|free|tolerant|tolerance)\b/gi],
];
/** Lines whose severity is kept: about the evidence of one incident. */
const MAX_REMEMBERED = 512;
/** One of these words stands in every such phrase. */
const HARMLESS_WORD = /err|fail|warn|excep|probl|issue|violat|vulner|skip|fault/i;
/** A test or step that passed, whatever its name says. */
const PASSED =
  /^\s{0,12}(?:✓|✔|√|ok \d|PASS(?:ED)?\b|SKIP(?:PED)?\b|XFAIL\b|--- SKIP|\[ {0,6}OK|\[PASS|--- PASS|=== RUN)|\.{2,}\s?(?:ok|passed|done|PASSED|OK)\s*$|\s{2,}PASS\s*$|\bPASSED\b\s*(?:\[|\(|$)/;

const CRITICAL_WORDS =
  /\bout of memory\b|OutOfMemoryError|\bOOM[- ]?kill|\bsegmentation fault\b|\bcore dumped\b|\bkernel panic\b|\bpanicked at\b|^panic: |\bfatal\b|\bstack smashing\b|\bdouble free\b|\bdata ?loss\b|\bunrecoverable\b/i;
const ERROR_WORDS =
  /\berrors?\b|\bfail(?:ed|ure|ures|s|ing)?\b|\bexceptions?\b|\w(?:Error|Exception|Failure)\b|^Traceback \(most recent|\b(?:cannot|could not|couldn't|unable to)\b|\brefused\b|\bdenied\b|\btimed? ?out\b|\bdeadline exceeded\b|\bnot found\b|\bno such (?:file|host|table|column|module)\b|\bunauthori[sz]ed\b|\bforbidden\b|\brejected\b|\binvalid\b|\bkilled\b|\bcrash(?:ed|loop\w{0,8})?\b|\bunhealthy\b|\bunreachable\b|\bE(?:CONN[A-Z]{4,8}|TIMEDOUT|NOTFOUND|NOSPC|ACCES|PIPE|NOENT)\b|^E {2,}\S|\bno space left\b|\bundefined reference\b|\bnot ok\b|^\s{0,12}(?:✗|✘|✖|×|●|❌)|\bexit(?:ed)?(?: with)? (?:code|status) [1-9]|\bexit code: [1-9]|Status: timeout\b/i;
const WARNING_WORDS =
  /\bwarn(?:ing|ings)?\b|\bdeprecat\w{1,6}|\bretry(?:ing)?\b|\bretries\b|\bslow\b|\bdegraded\b|\bthrottl\w{1,5}|\bexceed(?:s|ed|ing)?\b|\bskipping\b|\bbackoff\b|\bback-off\b|\bstale\b|\bunstable\b/i;

/** A status after the request line of an access log, or before its reason phrase (RFC 9110). */
const SERVER_ERROR =
  /\bHTTP\/\d(?:\.\d)?"? 5\d\d\b|\b5\d\d (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)\b/i;
const CLIENT_ERROR = /\bHTTP\/\d(?:\.\d)?"? 4\d\d\b|\b429 Too Many Requests\b/i;

const blanks = (found: string): string => ' '.repeat(found.length);

/** The line with harmless phrases blanked; positions stay the same. */
function withoutHarmless(text: string): string {
  if (!HARMLESS_WORD.test(text)) return text;
  return HARMLESS_PHRASES.reduce(
    (kept, [sign, pattern]) => (sign.test(kept) ? kept.replace(pattern, blanks) : kept),
    text,
  );
}

/** Both severities of a line, read at once; see `statedSeverity` and `wordedSeverity`. `mayAlarm`: false where the line has none of `ALARMING`. */
export function severitiesOf(
  line: string,
  mayAlarm: boolean,
): { readonly stated: Severity | null; readonly worded: Severity | null } {
  const text = line.slice(0, LONGEST);
  const words = withoutHarmless(text);
  const isPassed = PASSED.test(text);
  return { stated: statedIn(line, text, words), worded: isPassed ? 'info' : mayAlarm ? wordedIn(words) : null };
}

/** A shorter name is looked up as it is. */
const MIN_ABBREVIATION = 3;

/**
 * The severity that a level's name means in a field of its own: any of the names above in any case, one letter, an abbreviation or a longer form
 * (`crit`, `informational`), also with a number behind it as in OpenTelemetry (`WARN2`). Null for other words.
 */
export function severityOfName(given: string): Severity | null {
  const name = given.trim().toUpperCase().replace(/\d$/, '');
  const exact = LEVELS[name] ?? LETTERS[name];
  if (exact !== undefined) return exact;
  if (name.length < MIN_ABBREVIATION || name.length > HEADER) return null;
  const known = Object.keys(LEVELS).find(
    (one) => one.startsWith(name) || (one !== 'LOG' && one !== 'CONFIG' && name.startsWith(one)),
  );
  return known === undefined ? null : (LEVELS[known] ?? null);
}

/** The severity that the line states itself (a level field, a syslog priority, a compiler's `error:`), or null. */
export function statedSeverity(line: string): Severity | null {
  const text = line.slice(0, LONGEST);
  return statedIn(line, text, withoutHarmless(text));
}

function statedIn(line: string, text: string, words: string): Severity | null {
  const structured = readStructuredLine(line);
  if (structured !== null && structured.level !== null) return ofStructured(structured.level, text);
  const priority = SYSLOG_PRIORITY.exec(text)?.[1];
  if (priority !== undefined) return OF_PRIORITY[Number(priority) % 8] ?? null;
  const head = words.slice(0, HEADER);
  for (const pattern of LETTER_STATED) {
    const letter = pattern.exec(head)?.[1];
    if (letter !== undefined) return LETTERS[letter] ?? null;
  }
  if (!MAY_STATE.test(head)) return null;
  const name = STATED[stated().first(head)]?.exec(head)?.[1]?.toUpperCase();
  return name === undefined ? null : (LEVELS[name] ?? null);
}

function ofStructured(level: 'debug' | 'info' | 'warn' | 'error', text: string): Severity {
  if (level === 'warn') return 'warning';
  const isWorse = /"?(?:level|severity|lvl|levelname)"?\s?[:=]\s?"?(?:fatal|crit|alert|emerg|panic|60\b)/i.test(text);
  return level === 'error' && isWorse ? 'critical' : level;
}

/** The severity that the words of the line suggest, ignoring negations; null when they suggest none. */
export function wordedSeverity(line: string): Severity | null {
  const text = line.slice(0, LONGEST);
  return PASSED.test(text) ? 'info' : wordedIn(withoutHarmless(text));
}

function wordedIn(words: string): Severity | null {
  if (CRITICAL_WORDS.test(words)) return 'critical';
  if (ERROR_WORDS.test(words) || SERVER_ERROR.test(words)) return 'error';
  return WARNING_WORDS.test(words) || CLIENT_ERROR.test(words) ? 'warning' : null;
}

/**
 * Severity of a line: the one it states, otherwise the one its words suggest, otherwise `info`. Linear in the first 600
 * characters.
 */
export const severityOf: (line: string) => Severity = remembered((line) => {
  const text = line.slice(0, LONGEST);
  const words = withoutHarmless(text);
  return statedIn(line, text, words) ?? (PASSED.test(text) ? null : wordedIn(words)) ?? 'info';
}, MAX_REMEMBERED);

/** Whether the line says itself that it is for debugging: no words mean that. */
export const isForDebugging = (line: string): boolean => severityOf(line) === 'debug';

/** Whether the line says itself that it is an error or worse. */
export function statesError(line: string): boolean {
  const stated = statedSeverity(line);
  return stated === 'error' || stated === 'critical';
}

const ORDER = Severity.options;

/** Whether `one` is at least as bad as `least`. */
export function isAtLeast(one: Severity, least: Severity): boolean {
  return ORDER.indexOf(one) <= ORDER.indexOf(least);
}

/** The worst of them; `debug` for an empty list. */
export function worst(severities: readonly Severity[]): Severity {
  return severities.reduce<Severity>((most, one) => (isAtLeast(one, most) ? one : most), 'debug');
}
