import { type AssignedValue, valuesAt } from './assigned-value.ts';
import { entropyOf, looksMixed, looksRandom, profileOf } from './random-text.ts';
import { PLACEHOLDERS } from './secret-placeholders.ts';
import { SECRET_WORDS } from './secret-rules.ts';
import { HASH, isRandom, isRepeated, isUuid, isValueOfItsOwn, WORDS } from './secret-values.ts';

const { passwords, passwordsAlone, secrets, keys, vague, copulas } = SECRET_WORDS;
const NO_ASCII = /[^\p{ASCII}]/u;
const KEYS_TO = `(?:${keys.join('|')})[ _.-]?key`;

/**
 * A literal in every text that a word's pattern matches, up to its first class or option; empty for words in other
 * scripts.
 */
function literalOf(word: string): string {
  const literal = word.replace(/\[.*$|[A-Za-z]\?.*$/, '').toLowerCase();
  return NO_ASCII.test(literal) ? '' : literal;
}

/** One of these occurs in every text where a name in Latin letters indicates a secret. */
export const NAME_LITERALS: readonly string[] = [
  ...new Set([
    ...[...passwords, ...secrets]
      .map(literalOf)
      .filter((literal) => literal.length > 2)
      .flatMap((literal) => [' ', '+', '.'].map((join) => literal.replaceAll(' ', join))),
    ...keys.flatMap((word) => ['', ' ', '_', '.', '-', '+'].map((separator) => `${word}${separator}key`)),
    ...passwordsAlone.flatMap((word) =>
      ['=', ':', ' =', ' :', '"', "'", ' is', '-is', '_is', '+is', '.is', ']', ' "', " '"].map(
        (behind) => word + behind,
      ),
    ),
  ]),
];
/** One of these occurs in every text where a vague name in Latin letters precedes a value. */
export const VAGUE_LITERALS: readonly string[] = [...vague.map(literalOf), ...passwordsAlone]
  .filter((word) => word !== '')
  .flatMap((word) => (word === 'schl' ? [word] : ['=', ':', ' =', ' :', '"', "'"].map((behind) => word + behind)));

/** Letters of the scripts of some words. */
const FOREIGN = '\\u00c0-\\u024f\\u0370-\\u1fff\\u3040-\\ud7ff';
/** Texts with such a letter may contain one of the words although no literal matches. */
export const FOREIGN_LETTER = new RegExp(`[${FOREIGN}]`);

const QUOTES = `(?:\\\\{0,7}["'\`”])?`;
const OPERATOR = '(?<operator>=>|->|→|:=|==?|:)';

interface Assigned {
  readonly name: string;
  readonly operator: string;
  readonly value: string;
  readonly isQuoted: boolean;
  /** The line contains nothing but the assignment. */
  readonly isAlone: boolean;
  /** Blanks are between the operator and the value. */
  readonly isSpaced: boolean;
}

/** A form of assignment, and the check whether its value is a secret. */
interface Assignment {
  readonly pattern: RegExp;
  /** Occurs in every text that the pattern matches. */
  readonly beside: RegExp;
  /** The values are in the brackets after the pattern. */
  readonly inBrackets?: true;
  isSecret(assigned: Assigned): boolean;
}

interface Assignments {
  readonly named: readonly Assignment[];
  readonly vague: readonly Assignment[];
  /** Announcement of a line that ends in the name of a secret: its value is in the next line. */
  readonly announcement: RegExp;
}

/**
 * The forms of assignment, for words of all scripts or only those in ASCII: most lines contain nothing else and are
 * read faster.
 */
function assignmentsOf(isWritten: (word: string) => boolean, letters: string): Assignments {
  // Blanks in a word of another script may be dashes; for other words the data lists each spelling with its literal.
  const either = (words: readonly string[]): string =>
    words
      .filter(isWritten)
      .map((word) => (NO_ASCII.test(word) ? word.replaceAll(' ', '[ _-]?') : word))
      .join('|');
  const rest = `[\\w.${letters}-]{0,40}`;
  const alone = `(?:^|[^A-Za-z])(?:${either(passwordsAlone)})(?:[_.-][\\w.-]{0,40})?`;
  const name = `(?<name>(?:${either(passwords)}|${either(secrets)}|${KEYS_TO})${rest}|${alone})`;
  const words = copulas.filter(isWritten);
  const copula = `(?:\\b(?:${words.filter((word) => !NO_ASCII.test(word)).join('|')})\\b${words
    .filter((word) => NO_ASCII.test(word))
    .map((word) => `|${word}`)
    .join('')})`;
  const patterns: Record<string, string> = {
    /** `NAME=value`, `"name": "value"`, `name => value`, `env['NAME'] = value`, and JSON inside JSON. */
    assignment: `${name}${QUOTES}[\\])]{0,2}\\s{0,4}${OPERATOR}\\s{0,4}`,
    /** `| name | value |`. */
    table: `[|│]\\s{0,4}[\\w.-]{0,40}?${name}\\s{0,30}(?<operator>[|│])\\s{0,4}`,
    /** `<secret>value</secret>`, also in the form of Jenkins: `{type value}`. */
    element: `<[\\w.:-]{0,30}?${name}(?<operator>>)\\s{0,4}(?:\\{\\s{0,2})?(?:[\\w-]{1,40} ){0,2}`,
    /** Command-line options `--name value` and `--name=value`. */
    flag: `(?<operator>--)[\\w-]{0,30}?${name}[ =]{1,3}`,
    /** `set("name", "value")`. */
    argument: `${name}["']\\s{0,2}(?<operator>,)\\s{0,3}`,
    /** `name: NAME, value: "value"`, as in lists of variables; also in attributes. */
    listed: `\\b(?:name|key|id|parameter|field|variable|env)${QUOTES}\\s{0,3}[:=]\\s{0,3}${QUOTES}[\\w.-]{0,40}?${name}${QUOTES}\\s{0,3}[,;}]?\\s{0,3}${QUOTES}(?:value|val|content|default|data|string)${QUOTES}\\s{0,3}(?<operator>[:=])\\s{0,3}`,
    /** `setName("value")`, `.name('value')`. */
    call: `${name}(?<operator>)\\s?`,
    /** `the password for x is value`. */
    spoken: `${name}(?:\\s{1,3}[a-zà-ÿ'@.]{1,20}){0,3}?\\s{0,3}(?<operator>${copula})\\s{0,2}:?\\s{0,3}`,
    /** `token "value"`. */
    beside: `${name}(?<operator>[ \\t])\\s{0,3}`,
  };
  const of = (kind: string, beside: RegExp, isSecret: Assignment['isSecret']): Assignment => ({
    pattern: new RegExp(patterns[kind] ?? '', 'gi'),
    beside,
    isSecret,
  });
  /** `key: "value"`, `?key=value`, `AZURE_PAT=value`. */
  const vaguely = `(?:^|[^\\w.-])(?<name>[\\w.${letters}-]{0,40}(?:${either(vague)}|${either(passwordsAlone)}))["']?\\s{0,3}(?<operator>=>|:=|=|:)\\s{0,3}`;
  return {
    named: [
      of('assignment', /[=:>→]/, isAssignedSecret),
      of('table', /[|│]/, isAssignedSecret),
      of('element', /<.*>/, isAssignedSecret),
      of('flag', /--/, isAssignedSecret),
      of('argument', /["']\s*,/, isAssignedSecret),
      of('listed', /val|content|default|data|string/i, isAssignedSecret),
      { ...of('call', /\(/, isPassedSecret), inBrackets: true },
      of('spoken', /\s|[^\p{ASCII}]/u, isSpokenSecret),
      of('beside', /\s/, isSpokenSecret),
    ],
    vague: [{ pattern: new RegExp(vaguely, 'gi'), beside: /[=:]/, isSecret: isVaguelyNamedSecret }],
    announcement: new RegExp(
      `${name}${QUOTES}\\]?(?:\\s{1,3}(?:[a-zà-ÿ'@.]{1,20}\\s{1,3}){0,3}?${copula})?\\s{0,3}(?:(?<operator>=>|:=|=|:|：|\\\\)|${copula})\\s{0,3}(?<opening>[|>][+-]?\\d?[+-]?|\\[|\\(|\\{|"""|'''|["'\`]|\\\\|)\\s*$`,
      'i',
    ),
  };
}

const PASSWORD_WORDS = passwords.map((word) => word.replaceAll(' ', '[ _-]?')).join('|');
const REST = `[\\w.${FOREIGN}-]{0,40}`;
const ASCII_ONLY = assignmentsOf((word) => !NO_ASCII.test(word.replace(/\[.*?\]/, '')), '');
const ALL_SCRIPTS = assignmentsOf(() => true, FOREIGN);

/** The patterns, for checks. */
export const ASSIGNMENT_PATTERNS: readonly RegExp[] = [ASCII_ONLY, ALL_SCRIPTS].flatMap(
  ({ named, vague: vaguely, announcement }) => [...[...named, ...vaguely].map(({ pattern }) => pattern), announcement],
);

const NOT_SECRET_NAME =
  /sha|hash|digest|commit|checksum|public|file|path|name|url|uri|type|count|length|size|limit|expir|id$|ids$|_at$|ttl|usage|max|min|num|ring\b|store\b/i;
/** Names whose value is a secret even when it is a UUID, which usually identifies something. */
const KEY_NAME = /^(?:secret|token|(?:api|access|auth|secret)[ _.-]?key)$/i;
/** Public keys, and keys of caches and tables. */
const KEY_OF_NO_LOCK =
  /pub|cache|gpg|pgp|host|finger|known|primary|foreign|sort|partition|index|lookup|hash|object|bucket|map|row|group|routing|registry|idempot|i18n|bypass|bazel|author/i;
const WORD = /^(?:[A-Z]?[a-z]{2,20}|[A-Z]{3,20})\d{0,2}$/;
/**
 * A password's name may contain an owner or a place (`PASSWORD_PROD`, `password2`); then it says nothing else about the
 * value.
 */
const PASSWORD_NAME = new RegExp(
  `^[^A-Za-z]?_?(?:${PASSWORD_WORDS}|${passwordsAlone.join('|')})(?<rest>${REST})$`,
  'i',
);
const OWNER =
  /^s?(?:[_.-]?\d{0,3}|[_.-](?:\d{1,4}|[a-z]{1,16}\d{0,3})(?:[_.-][a-z0-9]{1,16}){0,2}|[A-Z][a-z]{1,12}\d{0,3}|[^\p{ASCII}]{0,6})$/u;
const NOT_OWNER =
  /file|path|hash|digest|policy|polic|reset|length|len$|strength|rule|prompt|label|field|input|chang|expir|manager|encod|valid|provider|store|servic|form|page|view|test|check|verif|callback|column|param|attempt|hint|url|uri|name$|type|id$|command|cmd|require|min|max|count|update|error|fail|match|confirm|grant|auth|generat|salt|algo|format|kind|placeholder|enabled|disabled|protect|less|source|from|env|key$|stdin/i;
/** Algorithms, units and versions that may follow a password's name. */
const TECHNICAL =
  /^(?:(?:sha|md|aes|utf|base|argon|oauth|bcrypt|pbkdf|scram|http|ipv|iso|rfc|tls|ssl)[-_]?\d[\w.-]{0,6}|x\d\d|v\d[\d.]*)$/i;
/** Phrases about a password that are no value. */
const SAID =
  /^(?:required|invalid|incorrect|missing|wrong|expired|accepted|changed|updated|optional|failed|denied|empty|default|hidden|protected|masked|redacted|authentication|password|passwort|secret|token|unknown|enabled|disabled|needed|provided|forbidden|allowed|success(?:ful)?|error|string|text|hash|none|prompt|interactive|keyboard)$/i;

/** Words of test results. */
const PASS = /^[^A-Za-z]?pass$/i;

function isPasswordName(name: string): boolean {
  const rest = PASSWORD_NAME.exec(name)?.groups?.rest;
  return rest !== undefined && OWNER.test(rest) && !NOT_OWNER.test(rest);
}

function isPassword({ value, operator, isQuoted, isAlone, isSpaced }: Assigned): boolean {
  if (value.length < 4 || TECHNICAL.test(value) || SAID.test(value)) return false;
  if (/\s/.test(value) && !isQuoted) return false;
  if (isRepeated(value)) return true;
  if (operator === '--' || (operator.startsWith('=') && operator !== '=>' && !isSpaced))
    return !/^[\d.]+$/.test(value) || value.length >= 6;
  const isNumber = /^[\d.,:%]+$/.test(value);
  if (isNumber) return value.length >= 6 && (isQuoted || isAlone) && !/[.,:%]/.test(value);
  if (/\d/.test(value) || /[!#$%&*+?@^|~}{=;]/.test(value)) return value.length >= 6 || isQuoted;
  if (isQuoted) return operator !== ',' && operator !== '|' && value.length >= 6 && !/\s/.test(value);
  if (operator.startsWith('=')) return !WORDS.test(value) || isAlone;
  return (
    isAlone &&
    operator === ':' &&
    value.length >= 8 &&
    /[a-z]/.test(value) &&
    !/\.$/.test(value) &&
    !/^[\w]+(?:\.\w+)+$/.test(value)
  );
}

/** Short but no word: letters and digits alternate. */
function isShortToken(value: string): boolean {
  if (value.length < 8 || !/^[\w+/=.~-]+$/.test(value) || WORDS.test(value)) return false;
  const { digits, lower, upper, changes } = profileOf(value);
  return (
    digits >= 2 && lower + upper >= 2 && changes >= (lower > 0 && upper > 0 ? 0.35 : 0.4) && entropyOf(value) >= 2.7
  );
}

/**
 * Whether the value assigned to a secret-like name is a secret and not a word, a path, a reference or a placeholder.
 * Short values count after names that say password; others need a mixed value.
 */
function isAssignedSecret(assigned: Assigned): boolean {
  const { name, value, operator, isQuoted, isSpaced } = assigned;
  if (!isValueOfItsOwn(value)) return false;
  if (PASS.test(name)) return ((operator === '=' && !isSpaced) || operator === '--' || isQuoted) && looksMixed(value);
  if (isPasswordName(name)) return isPassword(assigned);
  if (/^public/i.test(name) || NOT_SECRET_NAME.test(name.slice(3)) || (WORDS.test(value) && !isRepeated(value)))
    return false;
  if (isRepeated(value)) return value.length >= 8;
  if (/^[\d.,:_-]+$/.test(value) || (/\s/.test(value) && !looksMixed(value))) return false;
  if (isUuid(value)) return KEY_NAME.test(name);
  if (value.length >= 16) return looksMixed(value) && entropyOf(value) >= 3;
  const isWritten = operator === '--' || isQuoted || (operator.startsWith('=') && !isSpaced);
  return isWritten && isShortToken(value);
}

/** In `setPassword("value")` and `withToken('value')`; a name used for a look-up is no secret. */
function isPassedSecret(assigned: Assigned): boolean {
  const { name, value } = assigned;
  if (!isValueOfItsOwn(value) || /\s/.test(value)) return false;
  if (WORDS.test(value) && profileOf(value).changes < 0.5) return false;
  if (isPasswordName(name)) return value.length >= 6 && /\d/.test(value);
  return !NOT_SECRET_NAME.test(name.slice(3)) && value.length >= 16 && looksMixed(value) && entropyOf(value) >= 3;
}

/** In `the password is value`: not a word of the sentence. */
function isSpokenSecret({ name, value, operator, isQuoted }: Assigned): boolean {
  if (!isValueOfItsOwn(value) || PASS.test(name) || /^[\w.-]+[=:]/.test(value)) return false;
  if (value.split(/[-_./]/).some((part) => /^[A-Za-z]?[a-z]{4,}$/.test(part)) && !isQuoted) return false;
  if (isRandom(value)) return /^[\w.+/=-]+$/.test(value) || isPasswordName(name);
  if (!isPasswordName(name) || /[([{]/.test(value.slice(0, 1)) || TECHNICAL.test(value)) return false;
  const isSaid = operator.trim() !== '';
  if (isSaid && isQuoted) return value.length >= 4 && !/\s/.test(value) && !SAID.test(value);
  const mixed = /\d/.test(value) && /[A-Za-z]/.test(value);
  if (isSaid) return value.length >= 6 && (mixed || /^\d{6,}$/.test(value)) && !/^\d+\w{0,3}$/.test(value);
  return (
    value.length >= 8 &&
    mixed &&
    /^[!-~]+$/.test(value) &&
    !/[/:()]/.test(value) &&
    (isShortToken(value) || (/[A-Z]/.test(value) && /[!#$%&*+?@^|~]/.test(value)))
  );
}

function isWordOrHash(part: string): boolean {
  return WORD.test(part) || HASH.test(part);
}

/** Whether the value of a name like `key` is a secret. Keys of caches and stores contain words or end in a hash. */
function isVaguelyNamedSecret(assigned: Assigned): boolean {
  const { name, value, operator } = assigned;
  if (KEY_OF_NO_LOCK.test(name) || !/^[\w.+/=-]{8,400}$/.test(value)) return false;
  if (isUuid(value) || HASH.test(value) || value.split(/[-_./+]/).some(isWordOrHash)) return false;
  if (/^pass$/i.test(name)) return operator === '=' && isValueOfItsOwn(value) && looksMixed(value);
  return isRandom(value) && (value.length >= 32 || (/[A-Z]/.test(value) && /[a-z]/.test(value)) || looksRandom(value));
}

/** Position of a secret that its name reveals. */
export interface FoundSecret {
  readonly start: number;
  readonly end: number;
  /** The closing quote of a secret that continues in the next line. */
  readonly closedBy: string | null;
}

const ALREADY_REDACTED = /^\*+$|^\[redacted:|^\[(?:masked|secure|filtered|hidden|removed|redacted)\]/i;
const INSIDE_PLACEHOLDER = /\[redacted:[\w-]*:?$/;
/** The new value after an old one: `"old" -> "new"`. */
const CHANGED_TO = /^["'`]?\s{0,3}(?:->|=>|→)\s{0,3}/;

function* valuesBehind(text: string, at: number, longest: number | undefined): Generator<AssignedValue> {
  let next = at;
  for (let changes = 0; changes < 4; changes++) {
    const values = valuesAt(text, next, longest);
    yield* values;
    const end = values.at(-1)?.end ?? next;
    const arrow = CHANGED_TO.exec(text.slice(end, end + 12));
    if (arrow === null || values.length === 0) return;
    next = end + arrow[0].length;
  }
}

/** Whether a line contains nothing but the assignment. */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 80), start);
  if (!/^[\s\w."'`+-]*$/.test(before) || /\w\s+\w+\s*$/.test(before)) return false;
  return /^["'`”]?\s*[,;]?\s*(?:#.*)?$/.test(text.slice(end, end + 200));
}

/** Characters of values read per line; of names after them, the first of each value. */
const MAX_READ = 32_768;
const MIN_READ = 120;

function assignedBy({ pattern, beside, inBrackets, isSecret }: Assignment, text: string): FoundSecret[] {
  const found: FoundSecret[] = [];
  if (!beside.test(text)) return found;
  let left = MAX_READ;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const { name = '', operator = '' } = match.groups ?? {};
    const { index } = match;
    const at = index + match[0].length;
    if (inBrackets === true && text[at] !== '(') continue;
    if (INSIDE_PLACEHOLDER.test(text.slice(Math.max(0, at - 60), at))) continue;
    const isSpaced = /\s["'`]?$/.test(match[0]);
    for (const { start, end, isQuoted, closedBy } of valuesBehind(text, at, left > 0 ? undefined : MIN_READ)) {
      left -= end - start;
      // What is redacted already says nothing about the rest, so that redacting again changes nothing.
      const value = text.slice(start, end).replace(PLACEHOLDERS, '');
      if (value.trim() === '' || ALREADY_REDACTED.test(value)) continue;
      const assigned: Assigned = {
        ...{ name, operator, value, isQuoted, isSpaced },
        get isAlone() {
          return standsAlone(text, index, end);
        },
      };
      if (isSecret(assigned)) found.push({ start, end, closedBy });
    }
  }
  return found;
}

/** Which names may occur in a text, judged by its literals. */
export interface NamesToLookFor {
  readonly named: boolean;
  readonly vague: boolean;
}

/** The secrets that names reveal, in order, none inside another. */
export function assignedSecrets(text: string, names: NamesToLookFor = { named: true, vague: true }): FoundSecret[] {
  const { named, vague: vaguely } = FOREIGN_LETTER.test(text) ? ALL_SCRIPTS : ASCII_ONLY;
  const assignments = [...(names.named ? named : []), ...(names.vague ? vaguely : [])];
  const all = assignments.flatMap((assignment) => assignedBy(assignment, text));
  const found: FoundSecret[] = [];
  for (const secret of all.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = found.at(-1);
    if (last === undefined || secret.start >= last.end) found.push(secret);
    else if (secret.end > last.end) found[found.length - 1] = { ...last, end: secret.end, closedBy: secret.closedBy };
  }
  return found;
}

/** Whether a line that only names a secret announces it: `isSure` when the value cannot be anything else. */
export function isAnnouncedSecret(name: string, value: string, { isSure }: { readonly isSure: boolean }): boolean {
  if (!isValueOfItsOwn(value)) return false;
  const assigned = { name, operator: isSure ? '--' : ':', value, isQuoted: false, isAlone: true, isSpaced: false };
  return isAssignedSecret(assigned);
}

const COPULAS = new Set(copulas);
/** Characters read of a line's end: a name with a sentence after it is no longer. */
const END_READ = 400;

/** What a line announces whose value is in the next. */
export interface Announcement {
  readonly name: string;
  readonly operator: string;
  /** The quote, bracket or block sign after it. */
  readonly opening: string;
  /** Position of the name. */
  readonly index: number;
}

/** The announcement of a line that ends in the name of a secret, or null. */
export function announcementIn(line: string): Announcement | null {
  const last = line.charAt(line.length - 1);
  const isNamed =
    /[:=>|\\"'`[({：+\-\d]/.test(last) || COPULAS.has(last) || COPULAS.has(line.slice(line.lastIndexOf(' ') + 1));
  if (!isNamed) return null;
  const from = Math.max(0, line.length - END_READ);
  const { announcement } = FOREIGN_LETTER.test(line) ? ALL_SCRIPTS : ASCII_ONLY;
  const found = announcement.exec(line.slice(from));
  if (found === null) return null;
  const { name = '', operator = '', opening = '' } = found.groups ?? {};
  return { name, operator, opening, index: from + found.index };
}
