import { isBlankedToken } from './placeholder.ts';
import type { Placeholders } from './secret-placeholders.ts';
import { isReference } from './secret-values.ts';

/** A text after removing or decoding something, and the original position of each character. */
interface View {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

const ESC = String.fromCharCode(0x1b);
const CSI = String.fromCharCode(0x9b);
const SEQUENCE = new RegExp(`(?:${ESC}\\[|${CSI}|\\^\\[\\[)[0-9;:?]{0,40}[ -/]{0,3}[@-~]`, 'g');
/** Printable ASCII, line ends, and bytes of other letters. */
const ENCODED = /(?:%0[dD])?%0[aA]|%(?:2[0-9A-Fa-f]|[3-6][0-9A-Fa-f]|7[0-9A-Ea-e])|(?:%[89A-Fa-f][0-9A-Fa-f]){2,60}/g;

/** The view with every match replaced by the result of `read`; null when nothing changes. */
function viewThrough(view: View, pattern: RegExp, read: (match: string) => string): View | null {
  const starts: number[] = [];
  const ends: number[] = [];
  let text = '';
  let from = 0;
  const keep = (until: number): void => {
    text += view.text.slice(from, until);
    for (let at = from; at < until; at++) {
      starts.push(view.starts[at] ?? 0);
      ends.push(view.ends[at] ?? 0);
    }
  };
  for (const match of view.text.matchAll(pattern)) {
    const put = read(match[0]);
    if (put === match[0]) continue;
    keep(match.index);
    from = match.index + match[0].length;
    text += put;
    for (let at = 0; at < put.length; at++) {
      starts.push(view.starts[match.index] ?? 0);
      ends.push(view.ends[from - 1] ?? 0);
    }
  }
  if (from === 0) return null;
  keep(view.text.length);
  return { text, starts, ends };
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly placeholder: string;
}

/** Positions of the secrets in the original, in order; of two that overlap the longer one counts. */
function claimed({ text, starts, ends }: View, found: ReadonlyMap<string, string>): Edit[] {
  const edits: Edit[] = [];
  const longestFirst = [...found].sort(([a], [b]) => b.length - a.length);
  for (const [secret, placeholder] of longestFirst) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length)) {
      const start = starts[at] ?? 0;
      const end = ends[at + secret.length - 1] ?? 0;
      if (!edits.some((edit) => start < edit.end && edit.start < end)) edits.push({ start, end, placeholder });
    }
  }
  return edits.sort((a, b) => a.start - b.start);
}

function edited(original: string, edits: readonly Edit[]): string {
  let from = 0;
  const parts = edits.map(({ start, end, placeholder }) => {
    const part = original.slice(from, start) + placeholder;
    from = end;
    return part;
  });
  return parts.join('') + original.slice(from);
}

type Redact = (text: string, placeholders: Placeholders) => string;

/** Full-width and mathematical letters, and letters of other scripts that look Latin. */
const LOOKALIKE =
  /[\uff01-\uff5e\uff61-\uff9f\u3000\ufe55-\ufe6b\u2010-\u2015\u2018-\u201f\u00b2\u00b3\u00b9\u2070-\u209c\u2100-\u214f\u2460-\u24ff]|\ud835[\udc00-\udfff]|\ud83c[\udd10-\udd6b]|[\u0370-\u03ff\u0400-\u04ff]|[A-Za-z][\u0300-\u036f]{1,8}/g;
const HOMOGLYPHS: Readonly<Record<string, string>> = {
  ...{
    '\u0430': 'a',
    '\u0435': 'e',
    '\u043e': 'o',
    '\u0440': 'p',
    '\u0441': 'c',
    '\u0443': 'y',
    '\u0445': 'x',
    '\u0456': 'i',
    '\u0455': 's',
    '\u0458': 'j',
    '\u043a': 'k',
    '\u0442': 't',
  },
  ...{
    '\u0410': 'A',
    '\u0412': 'B',
    '\u0415': 'E',
    '\u041a': 'K',
    '\u041c': 'M',
    '\u041d': 'H',
    '\u041e': 'O',
    '\u0420': 'P',
    '\u0421': 'C',
    '\u0422': 'T',
    '\u0425': 'X',
    '\u0405': 'S',
    '\u0406': 'I',
  },
  ...{
    '\u03bf': 'o',
    '\u03b1': 'a',
    '\u03bd': 'v',
    '\u03c1': 'p',
    '\u0391': 'A',
    '\u0392': 'B',
    '\u0395': 'E',
    '\u0397': 'H',
    '\u0399': 'I',
    '\u039a': 'K',
    '\u039c': 'M',
    '\u039d': 'N',
    '\u039f': 'O',
    '\u03a1': 'P',
    '\u03a4': 'T',
    '\u03a7': 'X',
  },
  ...{
    '\u201c': '"',
    '\u201d': '"',
    '\u201e': '"',
    '\u2018': "'",
    '\u2019': "'",
    '\u2010': '-',
    '\u2011': '-',
    '\u2012': '-',
    '\u2013': '-',
  },
};
/** The text without colours and cursor moves. */
export function withoutSequences(text: string): string {
  return text.replace(SEQUENCE, '');
}

/** Escapes of line ends and printable characters in JSON, JavaScript, C and HTML. */
const ESCAPED =
  /(?:\\{1,4}r)?\\{1,4}n|\\{1,2}u00[2-7][0-9A-Fa-f]|\\{1,2}x[2-7][0-9A-Fa-f]|\\{1,2}u\{00?[2-7][0-9A-Fa-f]\}|&#x[2-7][0-9A-Fa-f];|&#0?(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6]);|&(?:quot|amp|lt|gt|apos|colon|equals|commat|sol|lowbar|period|hyphen|num|excl|dollar|percnt);|\\{1,7}["'/]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  ...{ quot: '"', amp: '&', lt: '<', gt: '>', apos: "'", colon: ':', equals: '=', commat: '@', sol: '/' },
  ...{ lowbar: '_', period: '.', hyphen: '-', num: '#', excl: '!', dollar: '$', percnt: '%' },
};

function unfolded(char: string): string {
  const known = HOMOGLYPHS[char];
  if (known !== undefined) return known;
  const plain = char.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  return /^[ -~]$/.test(plain) ? plain : char;
}

function unescaped(written: string): string {
  if (/^\\.*n$/.test(written)) return '\n';
  if (/["'/]$/.test(written)) return written.slice(-1);
  const entity = /^&(\w+);$/.exec(written)?.[1];
  if (entity !== undefined) return ENTITIES[entity] ?? written;
  const digits = /#(\d+);/.exec(written)?.[1];
  const code =
    digits === undefined ? Number.parseInt(/([0-9A-Fa-f]{2})[};]?$/.exec(written)?.[1] ?? '', 16) : Number(digits);
  return String.fromCharCode(code);
}

function percent(match: string): string {
  if (/^%0/.test(match)) return '\n';
  if (match.length === 3) return String.fromCharCode(Number.parseInt(match.slice(1), 16));
  try {
    return decodeURIComponent(match);
  } catch {
    return match;
  }
}

/** Each makes a text plainer; applied one after the other. */
type Decoder = readonly [pattern: RegExp, read: (match: string) => string, mayHold: (text: string) => boolean];
const NO_ASCII = /[\u0080-\uffff]/;
const DECODERS: readonly Decoder[] = [
  [SEQUENCE, () => '', (text) => text.includes(ESC) || text.includes(CSI) || text.includes('^[[')],
  [ESCAPED, unescaped, (text) => text.includes('\\') || text.includes('&')],
  [ENCODED, percent, (text) => text.includes('%')],
  [LOOKALIKE, unfolded, (text) => NO_ASCII.test(text)],
];
/** Text encoded more often stays. */
const MAX_ROUNDS = 3;
const HAS_VIEWS = new RegExp(`${ESC}|%[0-9A-Fa-f]|\\\\[uxn/"']|&#?\\w|[^\\t -~]`);

/** Redacts text that is split by colours, escaped, URL-encoded (up to three times) or written in lookalike letters. */
export function redactThroughViews(text: string, placeholders: Placeholders, redact: Redact): string {
  if (!HAS_VIEWS.test(text)) return text;
  let redacted = text;
  let seen = text;
  let applied: readonly Decoder[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = applied.length;
    for (const decoder of DECODERS) {
      const [pattern, read, mayHold] = decoder;
      if (!mayHold(seen)) continue;
      const next = seen.replace(pattern, read);
      if (next === seen) continue;
      applied = [...applied, decoder];
      const found = secretsIn(next, placeholders, redact);
      // Original positions are computed only for the few lines with a secret.
      if (found.size > 0) redacted = edited(redacted, claimed(viewBy(applied, redacted), found));
      seen = found.size > 0 ? viewBy(applied, redacted).text : next;
    }
    if (applied.length === before) break;
  }
  return redacted;
}

function secretsIn(text: string, placeholders: Placeholders, redact: Redact): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  redact(text, {
    of(kind, secret) {
      const placeholder = placeholders.of(kind, secret);
      found.set(secret, placeholder);
      return placeholder;
    },
  });
  return found;
}

function viewBy(decoders: readonly Decoder[], text: string): View {
  const plain: View = {
    text,
    starts: Array.from({ length: text.length }, (_, at) => at),
    ends: Array.from({ length: text.length }, (_, at) => at + 1),
  };
  return decoders.reduce((view, [pattern, read]) => viewThrough(view, pattern, read) ?? view, plain);
}

/** Separators between words in branches, artifacts and files. */
const JOINS = [/-(-*)/g, /_(_*)/g, /\+(\+*)/g, /\.(\.*)/g];
/** A shorter word holds no name with its value. */
export const MIN_JOINED = 12;
/** Redacted already, or a word long enough for a name and its value. */
const JOINED = new RegExp(
  `\\[redacted:[\\w-]{1,40}(?::\\d{1,6})?\\]|(?:(?!\\[redacted:)[^\\s${ESC}]){${MIN_JOINED},1000}`,
  'g',
);
/** The same in a text in which nothing is redacted yet. */
const JOINED_ALONE = new RegExp(`[^\\s${ESC}]{${MIN_JOINED},1000}`, 'g');
const WORD = /^(?:[A-Za-z]?[a-z]*|[A-Z]*)$/;
/** Text that follows a secret in the same word: the secret contained a separator. */
const REST =
  /^[^\w\s"'`\]]{0,2}(?:[-_+.]+(?:[A-Za-z]{0,20}[^A-Za-z\s\-_+."'\]]|[A-Za-z]{0,20}[a-z][A-Z]|[A-Z]{2,20}[a-z])[^\s\-_+."'\]]{0,40}){1,10}/;

/**
 * Redacts joined words such as `the-password-is-VALUE`. Of several separators in a row the first is read as a blank, so
 * `-p` is still a flag. `mayHold`: whether there may be a secret in the word from one position to another.
 */
export function redactJoined(
  text: string,
  placeholders: Placeholders,
  redact: Redact,
  mayHold: (start: number, end: number) => boolean,
): string {
  return text.replace(text.includes('[redacted:') ? JOINED : JOINED_ALONE, (word, start: number) => {
    if (word.startsWith('[redacted:') || !mayHold(start, start + word.length)) return word;
    for (const join of JOINS) {
      const spaced = word.replace(join, ' $1');
      if (spaced === word) continue;
      const noReferences: Placeholders = {
        of(kind, secret) {
          const at = spaced.indexOf(secret);
          const written = word.slice(at, at + secret.length);
          const isNone = at < 0 || WORD.test(written) || isReference(written) || isBlankedToken(word);
          return isNone ? secret : placeholders.of(kind, written);
        },
      };
      const pairs = [...secretsIn(spaced, noReferences, redact)];
      const found = pairs.filter(([secret, placeholder]) => secret !== placeholder);
      if (found.length === 0) continue;
      const edits = claimed({ ...viewBy([], word), text: spaced }, new Map(found));
      return edited(
        word,
        edits.map((edit) => ({ ...edit, end: edit.end + (REST.exec(word.slice(edit.end))?.[0].length ?? 0) })),
      );
    }
    return word;
  });
}
