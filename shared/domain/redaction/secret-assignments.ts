import { type AssignedValue, valuesAt } from './assigned-value.ts';
import {
  type Assigned,
  isAssignedSecret,
  isPassedSecret,
  isSpokenSecret,
  isVaguelyNamedSecret,
} from './named-values.ts';
import { PLACEHOLDERS } from './secret-placeholders.ts';
import { FOREIGN, SECRET_WORDS } from './secret-rules.ts';
import { isValueOfItsOwn } from './secret-values.ts';

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

/** Where a name in Latin letters that indicates a secret begins, one of these does; or one of `passwordsAlone`. */
export const NAME_WORDS: readonly string[] = [
  ...new Set([
    ...[...passwords, ...secrets].map(literalOf).filter((literal) => literal.length > 2),
    ...keys.flatMap((word) => ['', ' ', '_', '.', '-'].map((separator) => `${word}${separator}key`)),
  ]),
];
/** The same for what vague names end in. */
export const VAGUE_WORDS: readonly string[] = [...vague.map(literalOf), ...passwordsAlone].filter(
  (word) => word !== '',
);
/** One of these occurs in every text where a name in Latin letters indicates a secret. */
export const NAME_LITERALS: readonly string[] = [
  ...new Set([
    ...NAME_WORDS.flatMap((literal) => [' ', '+', '.'].map((join) => literal.replaceAll(' ', join))),
    ...keys.map((word) => `${word}+key`),
    ...passwordsAlone.flatMap((word) =>
      ['=', ':', ' =', ' :', '"', "'", ' is', '-is', '_is', '+is', '.is', ']', ' "', " '"].map(
        (behind) => word + behind,
      ),
    ),
  ]),
];
/** One of these occurs in every text where a vague name in Latin letters precedes a value. */
export const VAGUE_LITERALS: readonly string[] = VAGUE_WORDS.flatMap((word) =>
  word === 'schl' ? [word] : ['=', ':', ' ', '\t', '"', "'", ']', ',', '>', '<', '('].map((behind) => word + behind),
).concat('_key', '-key');

/** Texts with such a letter may contain one of the words although no literal matches. */
export const FOREIGN_LETTER = new RegExp(`[${FOREIGN}]`);

const QUOTES = `(?:\\\\{0,7}["'\`”])?`;
const QUOTE_CHARACTERS = '\\"\'`”';
const OPERATOR = '(?<operator>=>|->|→|:=|==?|::?)';

/** A form of assignment, and the check whether its value is a secret. */
interface Assignment {
  readonly pattern: RegExp;
  /** The same pattern for one place. Missing where what comes before a name belongs to a match. */
  readonly atName?: RegExp;
  /** The characters that may follow a name, with a blank for any white space; everything when it is missing. */
  readonly follows?: string;
  /** Occurs in every text that the pattern matches. */
  readonly beside: RegExp;
  /** Whether a sentence goes on: with one value, and never in brackets. */
  readonly isSentence?: true;
  /** Whether a match ends in the bracket with which its values begin. */
  readonly isCall?: true;
  isSecret(assigned: Assigned): boolean;
}

interface Assignments {
  /** The name of a secret at one place. */
  readonly atName: RegExp;
  readonly named: readonly Assignment[];
  readonly vague: readonly Assignment[];
  /** The name of a secret. */
  readonly name: RegExp;
  /** Announcement of a line that ends in the name of a secret: its value is in the next line. */
  readonly announcement: RegExp;
}

/** How a name and its value are written so that they cannot be a sentence; `named` is the pattern of a name. */
interface Form {
  readonly pattern: (named: string) => string;
  readonly beside: RegExp;
  /** See `Assignment`. */
  readonly follows?: string;
  /** Says where the name begins. */
  readonly isBounded?: true;
  /** What must hold besides. */
  readonly isReal?: (assigned: Assigned) => boolean;
}
const WRITTEN: Readonly<Record<string, Form>> = {
  /** `NAME=value`, `"name": "value"`, `name => value`, `env['NAME'] = value`, aligned lists, and JSON inside JSON. */
  assignment: {
    pattern: (named: string) => `${named}${QUOTES}[\\])]{0,2}\\s{0,40}${OPERATOR}\\s{0,24}`,
    follows: `${QUOTE_CHARACTERS}]) =:→`,
    beside: /[=:>→]/,
  },
  /** `let name: String = "value"`. */
  typed: {
    pattern: (named: string) => `${named}\\s{0,3}:\\s{0,3}[\\w.&?*<>[\\]]{1,40}\\s{1,3}(?<operator>=)\\s{1,3}`,
    follows: ' :',
    beside: /\s=\s/,
  },
  /** `| name | value |`. */
  table: {
    pattern: (named: string) => `[|│]\\s{0,4}[\\w. -]{0,40}?${named}\\s{0,30}(?<operator>[|│])\\s{0,4}`,
    isBounded: true,
    follows: ' |│',
    beside: /[|│]/,
  },
  /** `name | value` with nothing else in the line. */
  record: {
    pattern: (named: string) => `^\\s{0,20}[\\w.-]{0,40}?${named}\\s{1,30}(?<operator>\\|)\\s{1,4}`,
    isBounded: true,
    isReal: ({ isAlone }) => isAlone,
    follows: ' ',
    beside: /\|/,
  },
  /** `<secret>value</secret>`, also in the form of Jenkins: `{type value}`. */
  element: {
    pattern: (named: string) =>
      `<[\\w.:-]{0,30}?${named}(?:\\s[^<>]{0,200})?(?<operator>>)\\s{0,4}(?:<!\\[CDATA\\[)?(?:\\{\\s{0,2})?(?:[\\w-]{1,40} ){0,2}`,
    isBounded: true,
    follows: ' >',
    beside: /<[^<>]*>/,
  },
  /** `<entry key="name">value</entry>`, `<key>name</key><string>value</string>`. */
  entry: {
    pattern: (named: string) =>
      `[>"'][\\w.-]{0,40}?${named}(?:["'](?:\\s[^<>]{0,100})?|</[\\w:.-]{1,40}>\\s{0,8}<[\\w:.-]{1,40}(?:\\s[^<>]{0,100})?)(?<operator>>)\\s{0,4}(?:<!\\[CDATA\\[)?`,
    isBounded: true,
    follows: '"\'<',
    beside: /<[^<>]*>/,
  },
  /** Options `--name value`, `--name=value`, `-Name value`. */
  flag: {
    pattern: (named: string) => `(?:^|[^\\w-])(?<operator>--?)[\\w-]{0,30}?${named}[ =]{1,3}`,
    isBounded: true,
    follows: ' =',
    beside: /(?:^|[^\w-])-/,
  },
  /** Commands to a runner: `::set-output name=NAME::value`, `[task.setvariable variable=NAME;...]value`. */
  output: {
    pattern: (named: string) => `\\b(?:variable|name)(?<operator>=)[\\w.-]{0,60}?${named}(?:;[^\\]]{0,80})?(?:\\]|::)`,
    follows: ';]:',
    beside: /(?:variable|name)=/i,
    isBounded: true,
  },
  /** `set("name", "value")`. */
  argument: {
    pattern: (named: string) => `${named}["']\\s{0,2}(?<operator>,)\\s{0,3}`,
    follows: '"\'',
    beside: /["']\s*,/,
  },
  /** `{name, "value"}`, `{name,<<"value">>}`, `(name . "value")`. */
  pair: {
    pattern: (named: string) => `${named}["']?\\s{0,3}(?<operator>,|\\s\\.\\s)\\s{0,3}(?:<<)?`,
    follows: '"\' ,',
    beside: /[,.]\s*(?:<<)?["']/,
    isReal: ({ isQuoted }) => isQuoted,
  },
  /** `name: NAME, value: "value"`, as in lists of variables; also in attributes, and as options. */
  listed: {
    pattern: (named: string) =>
      `\\b(?:name|key|id|parameter|property|field|variable|env)${QUOTES}\\s{0,3}[:=\\s]\\s{0,3}${QUOTES}[\\w./-]{0,60}?${named}${QUOTES}\\s{0,3}[,;}]?\\s{0,3}(?:${QUOTES}type${QUOTES}\\s{0,2}[:=]\\s{0,2}${QUOTES}\\w{1,20}${QUOTES},?\\s{0,3})?${QUOTES}-{0,2}(?:secret[ _-]?)?(?:value|val|content|default|data|string)${QUOTES}\\s{0,3}(?<operator>[:= ])\\s{0,3}`,
    isBounded: true,
    beside: /val|content|default|data|string/i,
  },
};

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
  /** `key: "value"`, `?key=value`, `AZURE_PAT=value`. */
  const vagueWord = `(?<name>(?:[A-Za-z]{3,20} )?[\\w.${letters}-]{0,40}(?:${either(vague)}|${either(passwordsAlone)}))`;
  const vaguely = `(?:^|[^\\w.-])${vagueWord}`;
  /** `is`, `was set to`. */
  const said = `${copula}(?:\\s{1,3}(?:set|changed|updated|reset|rotated|now)(?:\\s{1,3}to)?\\b)?`;
  const of = (
    pattern: string,
    beside: RegExp,
    follows: string | undefined,
    isSecret: Assignment['isSecret'],
  ): Assignment => ({
    ...{ pattern: new RegExp(pattern, 'gi'), atName: new RegExp(pattern, 'iy') },
    ...{ beside, ...(follows === undefined ? {} : { follows }), isSecret },
  });
  const written = (named: string, bounded: string, isSecret: Assignment['isSecret']): Assignment[] =>
    Object.values(WRITTEN).map(({ pattern, beside, follows, isBounded, isReal }) => {
      const check: Assignment['isSecret'] =
        isReal === undefined ? isSecret : (assigned) => isReal(assigned) && isSecret(assigned);
      const { atName, ...form } = of(pattern(isBounded ? bounded : named), beside, follows, check);
      return isBounded || atName === undefined ? form : { ...form, atName };
    });
  /** `setName("value")`, `.name('value')`. */
  const call = (named: string, isSecret: Assignment['isSecret']): Assignment => ({
    ...of(`${named}(?<operator>)\\s?\\(`, /\(/, ' (', isSecret),
    isCall: true,
  });
  /** `token "value"`, `token      value`, `token ..... value`. */
  const beside = (named: string, isSecret: Assignment['isSecret']): Assignment => ({
    ...of(`${named}(?<operator>(?: ?\\.{3,30})?[ \\t]{1,30})`, /\s/, ' ', isSecret),
    isSentence: true,
  });
  const between = "(?:\\s{1,3}[\\wà-ÿ'@.]{1,20})";
  return {
    name: new RegExp(name, 'i'),
    atName: new RegExp(name, 'iy'),
    named: [
      ...written(name, name, isAssignedSecret),
      call(name, isPassedSecret),
      // `the password for x is value`
      of(
        `${name}(?:${between}{0,3}?${between}{0,2}?)\\s{0,3}(?<operator>${said})\\s{0,2}:?\\s{0,3}`,
        /\s|[^\p{ASCII}]/u,
        ' ',
        isSpokenSecret,
      ),
      // `the password for x: value`
      of(`${name}${between}{1,3}?\\s?(?<operator>:)\\s{1,3}`, /\w:\s/, ' ', isSpokenSecret),
      beside(name, isSpokenSecret),
    ],
    vague: [
      ...written(vaguely, vagueWord, isVaguelyNamedSecret),
      {
        pattern: new RegExp(`(?<name>(?:set|with)[\\w.]{0,40}(?:${either(vague)}))(?<operator>)\\s?\\(`, 'gi'),
        ...{ beside: /\(/, follows: ' (', isCall: true },
        isSecret: (assigned) => assigned.isQuoted && isVaguelyNamedSecret(assigned),
      },
      beside(
        vaguely,
        (assigned) =>
          (assigned.isQuoted || assigned.isSetting || /\s\s|\t/.test(assigned.operator)) &&
          isVaguelyNamedSecret(assigned),
      ),
    ],
    announcement: new RegExp(
      `(?<name>${name.slice('(?<name>'.length, -1)}|[A-Za-z]{3,20}[ _.-]?key)${QUOTES}\\]?(?:\\s{1,3}(?:[a-zà-ÿ'@.]{1,20}\\s{1,3}){0,3}?${copula})?\\s{0,3}(?:(?<operator>=>|:=|=|:|：|\\\\)|${copula}|</[\\w:.-]{1,40}>)\\s{0,3}(?<opening>[|>][+-]?\\d?[+-]?|(?:Some)?\\(|\\[|\\{|"""|'''|["'\`]|\\\\|)\\s*$`,
      'i',
    ),
  };
}

const ASCII_ONLY = assignmentsOf((word) => !NO_ASCII.test(word.replace(/\[.*?\]/, '')), '');
const ALL_SCRIPTS = assignmentsOf(() => true, FOREIGN);

/** The patterns, for checks. */
export const ASSIGNMENT_PATTERNS: readonly RegExp[] = [ASCII_ONLY, ALL_SCRIPTS].flatMap(
  ({ named, vague: vaguely, announcement }) => [...[...named, ...vaguely].map(({ pattern }) => pattern), announcement],
);

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

/** What loggers put before a line: times, levels, threads, classes, the name of a container. */
export const LOG_PREFIX =
  /^(?:\s*(?:(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d[\d.,]{0,12}Z?|\[[\w.:-]{1,40}\s?\]|(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR)\b:?|[\w.-]{1,40}\s{1,8}\||[\w.$]{1,60} -(?=\s))){1,5}/;
/** The whole name at the end of a text, where it can only be that of a setting: `DB_PASSWORD`, `X-Api-Token`. */
const SETTING = /(?:^|[^\w.-])(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[Xx](?:-[A-Za-z0-9]{1,20}){1,6})$/;

/** A command that sets what is named after it. */
const SETTING_BEFORE = /(?:#\s?define|\b(?:ENV|ARG|setx|setenv|export|set|declare -x))(?:\s{1,3}["']?[\w.-]{0,60})?$/;

/** Whether a line contains nothing but the assignment. */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 120), start).replace(LOG_PREFIX, '');
  if (!/^[\s\w."'`+-]*$/.test(before) || /\w\s+\w+\s*$/.test(before)) return false;
  return /^["'`”]?\s*[,;]?\s*(?:#.*)?$/.test(text.slice(end, end + 200));
}

/** Characters of values read per line; of names after them, the first of each value. */
const MAX_READ = 32_768;
const MIN_READ = 120;

/** Where a match for a name may begin. */
export interface NameStart {
  readonly at: number;
  /** The character behind the name, a blank for any white space; empty when there are several ways to read it. */
  readonly next: string;
}

/** The matches of a form, one behind the other: anywhere, or only from one of `starts`. */
function* matchesOf(form: Assignment, text: string, starts?: readonly NameStart[]): Generator<RegExpExecArray> {
  const { pattern, atName, follows } = form;
  const fit = follows === undefined ? starts : starts?.filter(({ next }) => follows.includes(next));
  if (fit?.length === 0 || !form.beside.test(text)) return;
  // What begins a call's values may also stand before the next name.
  const again = form.isCall ? 1 : 0;
  if (atName === undefined || fit === undefined) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const next = pattern.lastIndex - again;
      yield match;
      pattern.lastIndex = next;
    }
    return;
  }
  let from = 0;
  for (const { at } of fit) {
    if (at < from) continue;
    atName.lastIndex = at;
    const match = atName.exec(text);
    if (match === null) continue;
    from = atName.lastIndex - again;
    yield match;
  }
}

function assignedBy(form: Assignment, text: string, starts?: readonly NameStart[]): FoundSecret[] {
  const { isSentence = false, isCall = false, isSecret } = form;
  const found: FoundSecret[] = [];
  let left = MAX_READ;
  for (const match of matchesOf(form, text, starts)) {
    const { name = '', operator = '' } = match.groups ?? {};
    const { index } = match;
    const at = index + match[0].length - (isCall ? 1 : 0);
    if (isSentence && /[([]/.test(text.charAt(at))) continue;
    if (INSIDE_PLACEHOLDER.test(text.slice(Math.max(0, at - 60), at))) continue;
    const isSpaced = /\s["'`]?$/.test(match[0]);
    for (const { start, end, isQuoted, closedBy } of valuesBehind(text, at, left > 0 ? undefined : MIN_READ)) {
      left -= end - start;
      // What is redacted already says nothing about the rest, so that redacting again changes nothing.
      const value = text.slice(start, end).replace(PLACEHOLDERS, '');
      if (value.trim() === '' || ALREADY_REDACTED.test(value)) continue;
      if (isSentence && closedBy !== null) continue;
      const assigned: Assigned = {
        ...{ name, operator, value, isQuoted, isSpaced },
        get isSetting() {
          const before = text.slice(Math.max(0, index - 80), index);
          return SETTING.test(before.slice(-40) + name) || SETTING_BEFORE.test(before);
        },
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
  /** Where, in order, a match for a name in Latin letters may begin; missing where nobody looked. */
  readonly starts?: { readonly named: readonly NameStart[]; readonly vague: readonly NameStart[] } | undefined;
}

/** The class of the character at `at`, for `NameStart`; undefined where nothing of a name's value can be. */
export function nextAt(text: string, at: number): string | undefined {
  const next = text.charAt(at);
  if (next === '') return undefined;
  if (/[\\"'`”\])=:→|│><;(,]/.test(next)) return next;
  if (/\s/.test(next)) return ' ';
  // The beginnings of `->` and of `name ..... value`.
  return text.startsWith('->', at) || text.startsWith('...', at) ? '' : undefined;
}

/** What may be written behind a name although names contain such characters. */
const INSIDE_NAME = new RegExp(
  `->?$|\\.{3}|[.-](?:${copulas.filter((word) => !NO_ASCII.test(word)).join('|')})\\b|value|val|content|default|data|string`,
  'i',
);
/** From here on a name may be longer than what is read of it. */
const MAX_NAME = 40;

/** Reads the name of a secret, in Latin letters, that may begin at `at`; null where no match can. */
export function nameStartAt(text: string, at: number): NameStart | null {
  const { atName } = ASCII_ONLY;
  atName.lastIndex = at;
  if (!atName.test(text)) return null;
  const end = atName.lastIndex;
  const isClear = end - at <= MAX_NAME && !INSIDE_NAME.test(text.slice(at, end));
  const next = isClear ? nextAt(text, end) : '';
  return next === undefined ? null : { at, next };
}

/** The secrets that names reveal, in order, none inside another. */
export function assignedSecrets(text: string, names: NamesToLookFor = { named: true, vague: true }): FoundSecret[] {
  const isForeign = FOREIGN_LETTER.test(text);
  const { named, vague: vaguely } = isForeign ? ALL_SCRIPTS : ASCII_ONLY;
  const starts = isForeign ? undefined : names.starts;
  const all = [
    ...(names.named && starts?.named.length !== 0
      ? named.flatMap((form) => assignedBy(form, text, starts?.named))
      : []),
    ...(names.vague && starts?.vague.length !== 0
      ? vaguely.flatMap((form) => assignedBy(form, text, starts?.vague))
      : []),
  ];
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
  const assigned = {
    ...{ name, operator: isSure ? '--' : ':', value },
    ...{ isQuoted: false, isAlone: true, isSpaced: false, isSetting: false },
  };
  const isVague = !ALL_SCRIPTS.name.test(name);
  return (!isVague && isAssignedSecret(assigned)) || (/key$/i.test(name) && isVaguelyNamedSecret(assigned));
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
