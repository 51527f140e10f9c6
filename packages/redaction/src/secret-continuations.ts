import { lazy } from '@selfheal/kernel/lazy.ts';
import { valueAt } from './assigned-value.ts';
import { profileOf, wordLikeness } from './random-text.ts';
import { announcementIn, assignedSecrets, isAnnouncedSecret, LOG_PREFIX } from './secret-assignments.ts';
import { isTableBorder, type SecretColumns, secretColumnsIn, secretsInRow } from './secret-columns.ts';
import { literalsIn } from './secret-literals.ts';
import { PLACEHOLDERS } from './secret-placeholders.ts';
import { tokenBeginnings } from './secret-rules.ts';
import { isValueOfItsOwn, WORDS } from './secret-values.ts';

/** Maximum lines of a block, list or quoted text that are tracked. */
const MAX_BLOCK = 60;
const MAX_QUOTED = 12;
/** Maximum empty or foreign lines between a name and its value. */
const MAX_BETWEEN = 2;

const ESC = String.fromCharCode(0x1b);
const COLOURS = new RegExp(`${ESC}\\[[0-9;:?]{0,40}[ -/]{0,3}[@-~]`, 'g');
const PLACEHOLDER_AT_END = /\[redacted:[\w-]{1,40}(?::\d{1,6})?\][\\"'+,; ]{0,4}$/;
/** A shorter piece of a secret reveals nothing. */
const MIN_LEFT = 7;
/** End of a line of an armoured key, and its possible last line. */
const ARMOURED = new RegExp(`(?:^|[^A-Za-z0-9+/])[A-Za-z0-9+/]{64,76}(?:${COLOURS.source}|\\s)*$`);
const BASE64 = /^[A-Za-z0-9+/]{4,76}={0,2}$/;
/** Of tokens, by their first two characters. */
const beginningsByStart = lazy(() => Map.groupBy(tokenBeginnings(), (literal) => literal.slice(0, 2)));
const RUN = /^(?<before>["'+\s]{0,8})(?<run>[A-Za-z0-9_+/=.~%-]{3,})(?<after>.*)$/s;

/** What may stand before a value whose name is in the line above: its own name, an element, a type with its length. */
const VALUE_BEFORE =
  /^(?:["']?(?:value|default|content|data)["']?\s{0,3}[:=]\s{0,3}|<[\w:.-]{1,40}(?:\s[^<>]{0,80})?>|\w{1,12}\(\d{1,5}\)\s)(?=\S)/i;

/** What the next line may contain. */
type Expected =
  /** The value of a name. */
  | { readonly kind: 'value'; readonly line: string; readonly name: string; readonly isSure: boolean; left: number }
  /** A multi-line value that is indented further than its name. */
  | { readonly kind: 'block'; readonly line: string; readonly name: string; left: number }
  /** Elements, up to the bracket that closes them. */
  | { readonly kind: 'list'; readonly line: string; readonly name: string; readonly close: string | null; left: number }
  /** Rows of a table with a column of secrets. */
  | { readonly kind: 'rows'; readonly line: string; readonly table: SecretColumns; isTable: boolean; left: number }
  /** The rest of a quoted value. */
  | { readonly kind: 'quoted'; readonly line: string; readonly close: string; left: number }
  /** The rest of a token that a terminal or editor wrapped. */
  | { readonly kind: 'wrapped'; readonly line: string; readonly isArmoured: boolean };

/** Tracks secrets from one line to the next. */
export interface Continuations {
  /** Whether the next line may contain what an earlier one announced or began. */
  readonly open: boolean;
  /** The redacted line with what belongs to an earlier one also replaced. */
  line(text: string, original: string): string;
  /**
   * Checks what a line, before and after its redaction, leaves open. Returns the line with the beginning of a token
   * replaced too. `mayAnnounce`: whether it may name a secret.
   */
  after(original: string, redacted: string, mayAnnounce: boolean): string;
  reset(): void;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/**
 * Common prefix of two lines of one source, whatever their digits: a time, the name of a job, the same indentation. Cut after a blank or a
 * bracket.
 */
function commonPrefix(a: string, b: string): number {
  let length = 0;
  for (const end = Math.min(a.length, b.length); length < end; length++) {
    const [first, second] = [a.charCodeAt(length), b.charCodeAt(length)];
    if (first !== second && !(isDigit(first) && isDigit(second))) break;
  }
  while (length > 0 && !/[\s|\]>]/.test(a.charAt(length - 1))) length -= 1;
  return length;
}

function indentOf(text: string): number {
  return /^[\s+-]*/.exec(text)?.[0].length ?? 0;
}

/** Looks like a piece of something random: contains a digit, or capitals inside. */
function isPiece(run: string, isWholeLine: boolean): boolean {
  if (/^[/+]/.test(run) && isWholeLine && run.length >= 16) return isPiece(run.slice(1), true);
  if (/=[^=]|^[/.~-]|\/\/|\.{2}|^\d{4}-\d\d|^\d[\d:.,]*$|^v?\d+\.\d/.test(run) || !isValueOfItsOwn(run)) return false;
  if (run.split(/[-._/+]/).some((part) => /^[A-Z]?[a-z]{4,}$/.test(part))) return false;
  const { digits, lower, upper, changes } = profileOf(run);
  if (digits + lower + upper < 3 || digits === run.length)
    return isWholeLine && run.length >= 8 && digits === run.length;
  if (isWholeLine && digits > 0) return !/^[A-Za-z]+\d{1,2}$/.test(run) || run.length >= 12;
  if (isWholeLine) return upper > 1 && lower > 1 && (changes >= 0.35 || wordLikeness(run) < 0);
  return run.length >= 8 && digits > 0 && changes >= 0.3 && !WORDS.test(run);
}

/** Whether the text before is the scheme of an address, where no token continues. */
function isScheme(after: string): boolean {
  return after.startsWith('://');
}

export function makeContinuations(replace: (kind: string, secret: string) => string): Continuations {
  let expected: Expected | null = null;
  const replaceIn = (text: string, secret: string, kind = 'assigned-secret'): string => {
    const at = text.indexOf(secret);
    return at < 0 ? text : text.slice(0, at) + replace(kind, secret) + text.slice(at + secret.length);
  };

  const valueIn = (rest: string): string => {
    const start = indentOf(rest);
    const value = valueAt(rest, start);
    return value === null ? '' : rest.slice(value.start, value.end);
  };

  const readValue = (text: string, original: string, state: Extract<Expected, { kind: 'value' }>): string => {
    // Of the value a part may already be replaced, because it is random.
    const rest = original.slice(commonPrefix(state.line, original));
    const trimmed = rest.trim();
    if (trimmed === '' || trimmed.startsWith('##[')) {
      state.left -= 1;
      if (state.left <= 0) expected = null;
      return text;
    }
    expected = null;
    const named = VALUE_BEFORE.exec(trimmed);
    const from = named === null ? rest : trimmed.slice(named[0].length).replace(/<\/[\w:.-]{1,40}>$/, '');
    const value = valueIn(from);
    const isWord = from.trim().replace(/^[-+]\s+/, '').length - value.length <= 6;
    if (value === '' || !isWord || /^[\w."'-]+:$/.test(trimmed)) return text;
    const isFurther = indentOf(rest) > indentOf(state.line.slice(commonPrefix(state.line, text)));
    return isAnnouncedSecret(state.name, value, { isSure: state.isSure || isFurther || named !== null })
      ? replaceIn(original, value)
      : text;
  };

  const readBlock = (text: string, rest: string, state: Extract<Expected, { kind: 'block' }>): string => {
    state.left -= 1;
    const trimmed = rest.trim();
    if (trimmed === '') return text;
    const own = indentOf(state.line.slice(commonPrefix(state.line, text)));
    if (indentOf(rest) <= own && /^\s/.test(rest) === /^\s/.test(state.line.slice(commonPrefix(state.line, text)))) {
      expected = null;
      return text;
    }
    if (state.left <= 0) expected = null;
    if (trimmed.startsWith('[redacted:')) return text;
    if (isPasswordLike(state.name)) return isValueOfItsOwn(trimmed) ? replaceIn(text, trimmed) : text;
    return trimmed
      .split(/\s+/)
      .filter((word) => isAnnouncedSecret(state.name, word, { isSure: true }))
      .reduce((line, word) => replaceIn(line, word), text);
  };

  const readList = (text: string, rest: string, state: Extract<Expected, { kind: 'list' }>): string => {
    state.left -= 1;
    const trimmed = rest.trim();
    const isElement = state.close !== null || trimmed === '' || /^-\s/.test(trimmed);
    const isOver = !isElement || (state.close !== null && trimmed.startsWith(state.close)) || state.left <= 0;
    if (isOver) expected = null;
    if (!isElement || trimmed === '') return text;
    const value = valueIn(rest);
    if (value === '' || /^["']?[\w.-]+["']?\s*:/.test(trimmed.replace(/^-\s+/, ''))) return text;
    return isAnnouncedSecret(state.name, value, { isSure: true }) ? replaceIn(text, value) : text;
  };

  const readRow = (text: string, rest: string, state: Extract<Expected, { kind: 'rows' }>): string => {
    state.left -= 1;
    if (state.left <= 0) expected = null;
    if (isTableBorder(rest)) {
      state.isTable = true;
      return text;
    }
    const secrets = state.isTable ? secretsInRow(state.table, rest) : null;
    if (secrets === null) expected = null;
    return (secrets ?? []).reduce((line, { start, end }) => replaceIn(line, rest.slice(start, end)), text);
  };

  const readQuoted = (text: string, rest: string, state: Extract<Expected, { kind: 'quoted' }>): string => {
    state.left -= 1;
    const end = rest.indexOf(state.close);
    if (end >= 0 || state.left <= 0) expected = null;
    const secret = (end < 0 ? rest : rest.slice(0, end)).trim();
    return secret.length < 3 || secret.startsWith('[redacted:') ? text : replaceIn(text, secret);
  };

  const readWrapped = (text: string, original: string, state: Extract<Expected, { kind: 'wrapped' }>): string => {
    expected = null;
    const before = state.line;
    const rest = original.slice(commonPrefix(before, original));
    const { run = '', after = '' } = RUN.exec(rest)?.groups ?? {};
    const isWhole = /^["'\\+;,)\]}\s]*$/.test(after);
    const isBase64 = state.isArmoured && isWhole && BASE64.test(run) && /[a-z][A-Z]|\d/.test(run);
    if (run === '' || !(isBase64 || isPiece(run, isWhole)) || isScheme(after)) return text;
    if (!isWhole) return text.includes(run) ? replaceIn(text, run) : text;
    // By itself it may have been taken for several words, or for nothing.
    const left = text.slice(commonPrefix(before, text)).replace(COLOURS, '').replace(PLACEHOLDERS, '');
    return left.trim().length < MIN_LEFT && text !== original ? text : replaceIn(original, run);
  };

  const read = (text: string, original: string): string => {
    if (expected === null) return text;
    if (expected.kind === 'value') return readValue(text, original, expected);
    if (expected.kind === 'wrapped') return readWrapped(text, original, expected);
    const rest = text.slice(commonPrefix(expected.line, text));
    switch (expected.kind) {
      case 'block':
        return readBlock(text, rest, expected);
      case 'list':
        return readList(text, rest, expected);
      case 'rows':
        return readRow(text, rest, expected);
      default:
        return readQuoted(text, rest, expected);
    }
  };

  const tableUnder = (plain: string): Expected | null => {
    // Most lines have no prefix and are looked at once.
    for (const bare of new Set([plain, plain.replace(LOG_PREFIX, '')])) {
      const table = secretColumnsIn(bare);
      if (table !== null)
        return {
          kind: 'rows',
          line: plain.slice(0, plain.length - bare.length),
          table,
          isTable: !table.needsBorder,
          left: MAX_BLOCK,
        };
    }
    return null;
  };

  const announced = (plain: string): Expected | null => {
    const found = announcementIn(plain);
    const listed = /\b(?:name|key|id|parameter|property|variable)["']?\s{0,3}[:=]\s{0,3}["']?[\w.-]{0,40}$/i;
    if (found === null) {
      const name = LISTED_END.test(plain.slice(-LISTED_READ)) ? LISTED_NAME.exec(plain)?.groups?.name : undefined;
      return name === undefined ? null : { kind: 'value', line: plain, name, isSure: true, left: MAX_BETWEEN };
    }
    const { name, opening, operator, index } = found;
    if (listed.test(plain.slice(0, index))) return null;
    if (/^[|>]/.test(opening)) return { kind: 'block', line: plain, name, left: MAX_BLOCK };
    if (opening === '[' || opening.endsWith('('))
      return { kind: 'list', line: plain, name, close: opening === '[' ? ']' : ')', left: MAX_BLOCK };
    if (opening === '{') return null;
    if (/^["'`]/.test(opening)) return { kind: 'quoted', line: plain, close: opening, left: MAX_QUOTED };
    if (/s$/i.test(name) && operator === ':') return { kind: 'list', line: plain, name, close: null, left: MAX_BLOCK };
    return {
      kind: 'value',
      line: plain,
      name,
      isSure: operator === '' || opening === '\\' || operator === '\\',
      left: MAX_BETWEEN,
    };
  };

  /** The line without the beginning of a token whose rest is in the next line. */
  const withoutBeginning = (line: string): string => {
    const word = lastWord(line);
    if (word.length < 5) return line;
    const lower = word.toLowerCase();
    const beginning = beginningsByStart()
      .get(lower.slice(0, 2))
      ?.find((literal) => lower.startsWith(literal));
    if (beginning === undefined) return line;
    const body = word.slice(beginning.length);
    if (body.length < 2 || !/\d|[a-z][A-Z]|[A-Z]{2}[a-z]/.test(body)) return line;
    return line.slice(0, -word.length) + replace('token-beginning', word);
  };

  return {
    get open() {
      return expected !== null;
    },
    line: read,
    after(original, redacted, mayAnnounce) {
      if (expected !== null) return redacted;
      const plain = (redacted.includes(ESC) ? redacted.replace(COLOURS, '') : redacted).trimEnd();
      if (
        redacted !== original &&
        PLACEHOLDER_AT_END.test(plain) &&
        !original.replace(COLOURS, '').trimEnd().endsWith(plain.slice(-12))
      ) {
        const uncoloured = original.replace(COLOURS, '');
        const unclosed = QUOTE.test(uncoloured) ? unclosedQuoteIn(uncoloured) : null;
        expected =
          unclosed === null || /["'`]$/.test(plain)
            ? { kind: 'wrapped', line: plain, isArmoured: ARMOURED.test(original) }
            : { kind: 'quoted', line: plain, close: unclosed, left: MAX_QUOTED };
        return redacted;
      }
      const begun = withoutBeginning(redacted);
      if (begun !== redacted) {
        expected = { kind: 'wrapped', line: plain, isArmoured: false };
        return begun;
      }
      if (mayAnnounce) expected = announced(plain) ?? tableUnder(plain);
      return redacted;
    },
    reset() {
      expected = null;
    },
  };
}

const QUOTE = /["'`“„«‘「『]/;

/** The closing quote of the last secret in a line, when it continues in the next. */
function unclosedQuoteIn(line: string): string | null {
  const { starts } = literalsIn(line).names;
  return assignedSecrets(line, { named: true, vague: true, starts }).at(-1)?.closedBy ?? null;
}

/** The end of a line that may belong to a token. */
function lastWord(line: string): string {
  let start = line.length;
  while (start > 0 && line.length - start < 200 && isOfToken(line.charCodeAt(start - 1))) start -= 1;
  return line.slice(start);
}

/** Letters, digits, `_`, `-` and `~`. */
function isOfToken(code: number): boolean {
  if (code >= 97) return code <= 122 || code === 126;
  if (code >= 65) return code <= 90 || code === 95;
  return (code >= 48 && code <= 57) || code === 45;
}

const PASSWORD_LIKE = 'Zz9#kQ2!';
function isPasswordLike(name: string): boolean {
  return isAnnouncedSecret(name, PASSWORD_LIKE, { isSure: true });
}

/** `- name: DB_PASSWORD`, with the value in the next line. */
const LISTED_NAME =
  /\b(?:name|key|id|parameter|property|variable)["']?\s{0,3}[:=]\s{0,3}["']?[\w./-]{0,60}?(?<name>(?:pass(?:word|wd|phrase|code)|pwd|secret|token|credentials?|[a-z]{2,20}[_-]?key)[\w.-]{0,20})["']?,?\s*$/i;
const LISTED_END = /pass|pwd|secret|token|credential|key/i;
/** The longest name of a secret at the end of such a line, and what may follow it. */
const LISTED_READ = 48;
