import { type AssignedValue, valuesAt } from './assigned-value.ts';
import { type Assignment, allScripts, asciiOnly, FOREIGN_LETTER, NO_ASCII } from './assignment-forms.ts';
import { type Assigned, isAssignedSecret, isSecretByInnerName, isVaguelyNamedSecret } from './named-values.ts';
import { detachedText } from './placeholder.ts';
import { PLACEHOLDERS } from './secret-placeholders.ts';
import { SECRET_WORDS } from './secret-rules.ts';
import { isValueOfItsOwn } from './secret-values.ts';

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

/** Hands over the matches of a form, one behind the other: anywhere, or only from one of `starts`. */
function eachMatch(
  form: Assignment,
  text: string,
  starts: readonly NameStart[] | undefined,
  take: (match: RegExpExecArray) => void,
): void {
  const { pattern, atName, follows } = form;
  const fits = (start: NameStart): boolean => follows === undefined || follows.includes(start.next);
  if (starts?.some(fits) === false || !form.beside.test(text)) return;
  // What begins a call's values may also stand before the next name.
  const again = form.isCall ? 1 : 0;
  if (atName === undefined || starts === undefined) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const next = pattern.lastIndex - again;
      take(match);
      pattern.lastIndex = next;
    }
    return;
  }
  let from = 0;
  for (const start of starts) {
    if (start.at < from || !fits(start)) continue;
    atName.lastIndex = start.at;
    const match = atName.exec(text);
    if (match === null) continue;
    from = atName.lastIndex - again;
    take(match);
  }
}

/** Where an assignment is in its text. */
interface Place {
  readonly text: string;
  readonly index: number;
  readonly end: number;
}
/** An assignment without what its place says. */
type Written = Omit<Assigned, 'isSetting' | 'isAlone'>;

/**
 * The latest values that a form refused beside their name, with whether it asked for `isSetting`: a log repeats `password for` thousands of times. No
 * secret is kept, and nothing that was refused because of its place alone.
 */
interface Refusals {
  recent: Map<string, boolean>;
  older: Map<string, boolean>;
}
const refusals = new WeakMap<Assignment, Refusals>();
const MAX_REFUSED = 500;
const MAX_REFUSED_LENGTH = 60;

/** Whether a form finds no secret in a value. */
function isRefused(form: Assignment, written: Written, isNamed: boolean, { text, index, end }: Place): boolean {
  const { name, operator, value, isQuoted, isSpaced } = written;
  let [readsSetting, readsAlone] = [false, false];
  const assigned: Assigned = {
    ...{ name, operator, value, isQuoted, isSpaced },
    get isSetting() {
      readsSetting = true;
      const before = text.slice(Math.max(0, index - 80), index);
      return SETTING.test(before.slice(-40) + name) || SETTING_BEFORE.test(before);
    },
    get isAlone() {
      readsAlone = true;
      return standsAlone(text, index, end);
    },
  };
  const key =
    value.length > MAX_REFUSED_LENGTH
      ? null
      : `${name.length} ${operator.length} ${isQuoted} ${isSpaced} ${isNamed} ${name}${operator}${value}`;
  const kept = refusalsOf(form);
  const known = key === null ? undefined : (kept.recent.get(key) ?? kept.older.get(key));
  if (known === false || (known === true && !assigned.isSetting)) return true;
  const { isSecret } = form;
  if (isSecret(assigned) || (isNamed && isSecretByInnerName(assigned, isSecret))) return false;
  if (key !== null && !readsAlone && !(readsSetting && assigned.isSetting)) {
    if (kept.recent.size >= MAX_REFUSED) [kept.recent, kept.older] = [new Map(), kept.recent];
    kept.recent.set(detachedText(key), readsSetting);
  }
  return true;
}

function refusalsOf(form: Assignment): Refusals {
  let kept = refusals.get(form);
  if (kept === undefined) {
    kept = { recent: new Map(), older: new Map() };
    refusals.set(form, kept);
  }
  return kept;
}

/** `isNamed`: the form begins with the name of a secret, and does not end in a vague one. */
function assignedBy(form: Assignment, text: string, isNamed: boolean, starts?: readonly NameStart[]): FoundSecret[] {
  const { isSentence = false, isCall = false } = form;
  const found: FoundSecret[] = [];
  let left = MAX_READ;
  eachMatch(form, text, starts, (match) => {
    const { name = '', operator = '' } = match.groups ?? {};
    const { index } = match;
    const at = index + match[0].length - (isCall ? 1 : 0);
    if (isSentence && /[([]/.test(text.charAt(at))) return;
    if (INSIDE_PLACEHOLDER.test(text.slice(Math.max(0, at - 60), at))) return;
    const isSpaced = /\s["'`]?$/.test(match[0]);
    for (const { start, end, isQuoted, closedBy } of valuesBehind(text, at, left > 0 ? undefined : MIN_READ)) {
      left -= end - start;
      // What is redacted already says nothing about the rest, so that redacting again changes nothing.
      const value = text.slice(start, end).replace(PLACEHOLDERS, '');
      if (value.trim() === '' || ALREADY_REDACTED.test(value)) continue;
      if (isSentence && closedBy !== null) continue;
      if (isRefused(form, { name, operator, value, isQuoted, isSpaced }, isNamed, { text, index, end })) continue;
      found.push({ start, end, closedBy });
    }
  });
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
  `->?$|\\.{3}|[.-](?:${SECRET_WORDS.copulas.filter((word) => !NO_ASCII.test(word)).join('|')})\\b|value|val|content|default|data|string`,
  'i',
);
/** From here on a name may be longer than what is read of it. */
const MAX_NAME = 40;

/** Reads the name of a secret, in Latin letters, that may begin at `at`; null where no match can. */
export function nameStartAt(text: string, at: number): NameStart | null {
  const { atName } = asciiOnly();
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
  const { named, vague: vaguely } = isForeign ? allScripts() : asciiOnly();
  const starts = isForeign ? undefined : names.starts;
  const all = [
    ...(names.named && starts?.named.length !== 0
      ? named.flatMap((form) => assignedBy(form, text, true, starts?.named))
      : []),
    ...(names.vague && starts?.vague.length !== 0
      ? vaguely.flatMap((form) => assignedBy(form, text, false, starts?.vague))
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
  const isVague = !allScripts().name.test(name);
  return (
    (!isVague && (isAssignedSecret(assigned) || isSecretByInnerName(assigned, isAssignedSecret))) ||
    (/key$/i.test(name) && isVaguelyNamedSecret(assigned))
  );
}

const COPULAS = new Set(SECRET_WORDS.copulas);
/** Characters read of a line's end: a name with a sentence after it is no longer. */
const END_READ = 400;

/** How a block of YAML begins, with its indentation: `|2-`. */
const BLOCK_SIGN = /[|>][+-]?\d?[+-]?$/;

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
    /[:=>|\\"'`[({：]/.test(last) ||
    (/[+\-\d]/.test(last) && BLOCK_SIGN.test(line.slice(-4))) ||
    COPULAS.has(last) ||
    COPULAS.has(line.slice(line.lastIndexOf(' ') + 1));
  if (!isNamed) return null;
  const from = Math.max(0, line.length - END_READ);
  const { announcement } = FOREIGN_LETTER.test(line) ? allScripts() : asciiOnly();
  const found = announcement.exec(line.slice(from));
  if (found === null) return null;
  const { name = '', operator = '', opening = '' } = found.groups ?? {};
  return { name, operator, opening, index: from + found.index };
}
