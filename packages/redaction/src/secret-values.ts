import { isPlaceholder } from './placeholder.ts';
import { entropyOf, isWordless, looksMixed, looksRandom, wordLikeness } from './random-text.ts';

/** References to a secret: a variable, an expression, a placeholder element, a path of words, a member of something. */
const REFERENCES: readonly RegExp[] = [
  /^\$\{|^\$\(|^\$?\{\{|^#\{|^@\{|^%\{|^\$\[/,
  /^\$[A-Z_][A-Z0-9_]*$|^\$[a-z_]+$|^\$env:\w+$|^\$[a-z]\w*(?:->|\.|\[)/,
  /^%[\w()]*%$|^%(?:\(\w+\))?[sdrv]$|^%[A-Z_][A-Z0-9_]*%$/,
  /^<[\w\s./:-]+>?$/,
  /^![\w.]+$/,
  /^[A-Za-z][\w+.-]*:\/\//,
  /^[A-Za-z]:[\\/]/,
  /^[\w$]+(?:::|->)[\w:>$()-]+$/,
  /^[A-Za-z_$][\w$.]*\([^()]*\)?[;,.]?$/,
  /^(?:self|this|config|settings|props|env|process|os|args|params|options|opts|ctx|context|req|request|cfg|secrets?|vars?|local|module|each|inputs?|github|steps|needs|data|state|input|event|body|user|account)(?:\.[A-Za-z_]\w*)+$/i,
];
const PATH = /^(?:\.{0,2}|~)\/[\w.@+-]*(?:\/[\w.@+-]*)*$/;
const MASKED = /^[\w.-]{0,4}(?:\*{3,}|•{3,}|\.{3,}|…)[\w.-]{0,4}$/;
const FILE_NAME =
  /^[\w./@~:-]*\.(?:py|js|ts|tsx|jsx|java|rb|go|rs|c|cc|cpp|h|hpp|json|ya?ml|xml|md|txt|html|css|lock|toml|sh|php|ex|exs|scala|hs|pem|key|crt|class|o|so|jar)(?:[:(]\d[\d:]*\)?)?:?$/;
/** The rest of a Maven coordinate: an artifact may be named after credentials. */
const COORDINATE = /^(?:jar|pom|war|ear|aar|hpi|jpi|zip|bundle|test-jar|maven-plugin|tar\.gz):/;
/** The signer in a URL of AWS: an id, not the key. */
const SIGNER = /^A[KS]IA[A-Z0-9]{16}(?:%2F|\/)\d{8}/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Words, possibly joined, possibly followed by a number. */
export const WORDS = /^(?:[A-Za-z]+|[A-Z]?[a-z]+\d{0,2})(?:[._/:+-](?:[A-Za-z]+\d{0,2}|\d{1,3}))*[.:]?$/;
/** Git and SHA-256 hashes. */
export const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
/** One letter or digit repeated: a poor secret, but somebody's. */
const REPEATED = /^([A-Za-z0-9])\1{5,}$/;
export function isUuid(value: string): boolean {
  return UUID.test(value);
}

export function isRepeated(value: string): boolean {
  return REPEATED.test(value);
}

/** With a file at its end, or deep enough to be nothing else. */
const RELATIVE_PATH = /^[\w.@+-]+(?:\/[\w.@+-]+){2,}\/?$|^[\w.@+-]+\/[\w.@+-]+\.[A-Za-z]{1,5}$|^origin\/[\w.@+-]+$/;

function isPathOfWords(value: string): boolean {
  const parts = value.split('/');
  if (PATH.test(value)) return parts.every((part) => !looksRandom(part));
  return (
    RELATIVE_PATH.test(value) &&
    wordLikeness(value) > 0.3 &&
    parts.every((part) => !looksRandom(part) && !isWordless(part))
  );
}

/** Whether a value refers to a secret or is a path, and is no secret itself. */
export function isReference(value: string): boolean {
  return REFERENCES.some((reference) => reference.test(value)) || isPathOfWords(value);
}

/** Whether a value is neither a word for one, nor a name, nor masked. */
export function isValueOfItsOwn(value: string): boolean {
  if (isPlaceholder(value) || isReference(value) || MASKED.test(value)) return false;
  return !FILE_NAME.test(value) && !COORDINATE.test(value) && !SIGNER.test(value);
}

/** Values that need no name: long, mixed letters and digits, no words. */
export function isRandom(value: string): boolean {
  if (value.length < 20 || !isValueOfItsOwn(value) || WORDS.test(value)) return false;
  return looksMixed(value) && entropyOf(value) >= 3;
}

function isBasicLogin(value: string): boolean {
  const text = Buffer.from(value, 'base64').toString('latin1');
  return /^[!-~][ -~]*:[ -~]+$/.test(text);
}

/** Checks that a rule may require besides its pattern. */
export const VALUE_CHECKS = {
  /** Random enough to be no name: mixed letters and digits, or a UUID; no Git hash and no SHA-256. */
  random: (value: string) =>
    UUID.test(value) || (value.length >= 16 && looksMixed(value) && !HASH.test(value) && !hasWord(value)),
  /** The same, also a hash: names of signatures and sessions. */
  unguessable: (value: string) =>
    HASH.test(value) || UUID.test(value) || (value.length >= 16 && looksMixed(value) && !hasWord(value)),
  /** A password with characters of addresses, and not a port with a path. */
  addressed: (value: string) => !/^\d{1,5}(?:\/|$)/.test(value) && !/^\/\//.test(value) && isValueOfItsOwn(value),
  /** After a word like `Bearer`: no word of a sentence. */
  credential: (value: string) => looksMixed(value) || isWordless(value) || /^\d{12,}$/.test(value),
  /** A login as in headers: `user:password` in Base64. */
  basic: isBasicLogin,
  /** No word: its name was vague, or the command sets all kinds of things. */
  telling: (value: string) =>
    isValueOfItsOwn(value) &&
    !/^[A-Za-z]+=[A-Za-z]*$/.test(value) &&
    !/^[A-Za-z_.-]+$/.test(value) &&
    !/^[\d.]+$/.test(value),
} as const satisfies Record<string, (secret: string, name: string) => boolean>;

export type CheckName = keyof typeof VALUE_CHECKS;

/** Whether words make up most of a text that is joined by dashes or similar characters. */
function hasWord(value: string): boolean {
  const words = value.split(/[-_./+=%~]/).filter((part) => /^(?:[A-Z]?[a-z]{3,20}|[A-Z]{3,20})$/.test(part));
  return words.reduce((sum, word) => sum + word.length, 0) * 2 > value.length;
}
