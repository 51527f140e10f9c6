import { lazy } from '@selfheal/kernel/lazy.ts';
import {
  type Assigned,
  isAssignedSecret,
  isPassedSecret,
  isSpokenSecret,
  isVaguelyNamedSecret,
} from './named-values.ts';
import { FOREIGN, SECRET_WORDS } from './secret-rules.ts';

const { passwords, passwordsAlone, secrets, keys, vague, copulas } = SECRET_WORDS;
export const NO_ASCII = /[^\p{ASCII}]/u;
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
const FOREIGN_WORDS = [...passwords, ...secrets, ...vague].filter((word) => literalOf(word) === '');
/** Any letter beyond ASCII of those words: found much faster than a word. */
const LETTER_OF_WORDS = new RegExp(
  `[${[...new Set(FOREIGN_WORDS.join(''))]
    .filter((char) => NO_ASCII.test(char))
    .flatMap((char) => [char, char.toUpperCase()])
    .join('')}]`,
);
const FOREIGN_WORD = new RegExp(FOREIGN_WORDS.map((word) => word.replaceAll(' ', '[ _.+-]?')).join('|'), 'i');

/** Whether a text may contain one of the words that no literal finds, with whatever joins its parts. */
export function hasForeignWord(text: string): boolean {
  return LETTER_OF_WORDS.test(text) && FOREIGN_WORD.test(text);
}

const QUOTES = `(?:\\\\{0,7}["'\`”])?`;
const QUOTE_CHARACTERS = '\\"\'`”';
const OPERATOR = '(?<operator>=>|->|→|:=|==?|::?)';

/** A form of assignment, and the check whether its value is a secret. */
export interface Assignment {
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
    pattern: (named: string) => `(?:^|[^\\w-])(?<operator>--?)[\\w.-]{0,30}?${named}[ =]{1,3}`,
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

export const asciiOnly = lazy(() => assignmentsOf((word) => !NO_ASCII.test(word.replace(/\[.*?\]/, '')), ''));
export const allScripts = lazy(() => assignmentsOf(() => true, FOREIGN));

/** The patterns, for checks. */
export const assignmentPatterns = (): readonly RegExp[] =>
  [asciiOnly(), allScripts()].flatMap(({ named, vague: vaguely, announcement }) => [
    ...[...named, ...vaguely].map(({ pattern }) => pattern),
    announcement,
  ]);
