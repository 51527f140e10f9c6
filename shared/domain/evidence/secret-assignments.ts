import { isPlaceholder } from './placeholder.ts';

/** Words in a name that make its value a secret; `PASSWORD_WORDS` are believed with less proof. */
const PASSWORD_WORDS = 'password|passwd|passphrase|passcode|pwd|_pass|_pw|bindpw|sshpass';
/** What a key is for that nobody else may have. */
const KEYS_TO = [
  'api',
  'access',
  'private',
  'encryption',
  'signing',
  'auth',
  'account',
  'license',
  'master',
  'service',
  'client',
  'storage',
  'app',
];
const SECRET_WORDS = `publickeytoken|secret|token|credentials?|creds|(?:${KEYS_TO.join('|')})[ _.-]?key`;
/** Ends of names that say too little by themselves: their value has to look random. */
const VAGUE_WORDS = ['key', '_pat', '_auth', 'pass'];

/** One of these occurs in every line the patterns below can match. */
export const ASSIGNMENT_LITERALS: readonly string[] = [
  ...[
    'passw',
    'passphrase',
    'passcode',
    'pwd',
    '_pass',
    '_pw',
    'bindpw',
    'sshpass',
    'secret',
    'token',
    'credential',
    'creds',
  ],
  ...KEYS_TO.flatMap((word) => ['', ' ', '_', '.', '-'].map((separator) => `${word}${separator}key`)),
  ...VAGUE_WORDS.flatMap((word) => ['=', ':', ' =', ' :', '"', "'"].map((behind) => word + behind)),
];

const NAME = `(?<name>(?:${PASSWORD_WORDS}|${SECRET_WORDS})[\\w.-]{0,40})`;
const VALUE = '(?<secret>[^\\s"\'`,;&<>(){}\\[\\]|\\\\]{6,600})';

/** `NAME=value`, `"name": "value"`, `name => value`, and JSON inside JSON. */
const ASSIGNMENT = new RegExp(
  `${NAME}(?:\\\\?["'])?\\]?\\s{0,4}(?<operator>=>|:=|==?|:)\\s{0,4}(?:[bru]?\\\\?["'\`])?${VALUE}`,
  'gi',
);
/** `<secret>value</secret>`, also as Jenkins keeps it: `{type value}`. */
const ELEMENT = new RegExp(
  `<[\\w.:-]{0,30}?${NAME}(?<operator>>)\\s{0,4}(?:\\{\\s{0,2})?(?:[\\w-]{1,40} ){0,2}${VALUE}\\s{0,2}\\}?\\s{0,4}<`,
  'gi',
);
/** `--name value` and `--name=value` of a command line. */
const FLAG = new RegExp(`--[\\w-]{0,30}?${NAME}[ =]{1,3}["']?${VALUE}`, 'gi');
/** `set("name", "value")`. */
const ARGUMENT = new RegExp(`${NAME}["']\\s{0,2}(?<operator>,)\\s{0,3}["']${VALUE}["']`, 'gi');
/** `the token is value`, `api key "value"`. */
const SPOKEN = new RegExp(
  `(?<name>(?:password|passwd|passphrase|secret|token|(?:${KEYS_TO.join('|')})[ _-]?key)(?<operator>(?: is| was)? ))["'\`]?(?<secret>[\\w.+/=-]{20,400})`,
  'gi',
);
/** `key: "value"`, `?key=value`, `AZURE_PAT=value`. */
const VAGUE = new RegExp(
  `(?:^|[^\\w.-])(?<name>[\\w.-]{0,40}(?:${VAGUE_WORDS.join('|')}))["']?\\s{0,3}(?<operator>=>|:=|=|:)\\s{0,3}["'\`]?(?<secret>[\\w.+/=-]{8,400})`,
  'gi',
);

/** How a secret is assigned, and whether what stands there is one. */
export interface Assignment {
  readonly pattern: RegExp;
  isSecret(name: string, value: string, operator: string): boolean;
}

export const ASSIGNMENTS: readonly Assignment[] = [
  ...[ASSIGNMENT, ELEMENT, FLAG, ARGUMENT].map((pattern) => ({ pattern, isSecret: isAssignedSecret })),
  { pattern: SPOKEN, isSecret: (_, value) => isRandom(value) },
  { pattern: VAGUE, isSecret: isVaguelyNamedSecret },
];

const REFERENCE = /^[$%@!#~]|^\.{0,2}\/|^[A-Za-z]:\/|:\/\/|\*\*\*|\.\.\.|^<|\$\{|::|->/;
/** The rest of a Maven coordinate: an artifact may be named after credentials. */
const COORDINATE = /^(?:jar|pom|war|ear|aar|hpi|jpi|zip|bundle|test-jar|maven-plugin|tar\.gz):/;
/** Who signed a URL of AWS: an id, not the key. */
const SIGNER = /^A[KS]IA[A-Z0-9]{16}(?:%2F|\/)\d{8}/;
const NOT_SECRET_NAME =
  /sha|hash|digest|commit|checksum|public|file|path|name|url|uri|type|count|length|size|limit|expir|id$|ids$|_at$|ttl|usage|max|min|num/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Names whose value is a secret even when it is a UUID, which otherwise names something. */
const KEY_NAME = /^(?:secret|token|(?:api|access|auth|secret)[ _.-]?key)$/i;
const WORDS = /^(?:[A-Za-z]+|[A-Z]?[a-z]+\d{0,2})(?:[._/:+-](?:[A-Za-z]+\d{0,2}|\d{1,3}))*[.:]?$/;
/** Keys that everybody may have, and keys of caches and tables. */
const KEY_OF_NO_LOCK =
  /pub|cache|gpg|pgp|host|finger|known|primary|foreign|sort|partition|index|lookup|hash|object|bucket|map|row|group|routing|registry|idempot|i18n|bypass|bazel|author/i;
/** A hash of Git, and SHA-256. */
const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
const WORD = /^(?:[A-Z]?[a-z]{2,20}|[A-Z]{3,20})\d{0,2}$/;
const PASSWORD_NAME = new RegExp(`^_?(?:${PASSWORD_WORDS})$`, 'i');
const FILE_NAME =
  /\.(?:py|js|ts|tsx|jsx|java|rb|go|rs|c|cc|cpp|h|hpp|json|ya?ml|xml|md|txt|html|css|lock|toml|sh|php|ex|exs|scala|hs|pem|key|crt|class|o|so|jar)\b/i;

/** Shannon entropy of a text in bits per character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Letters and digits mixed, as random tokens are and words are not. */
export function looksMixed(text: string): boolean {
  return /\d/.test(text) && /[A-Za-z]/.test(text) && entropyOf(text) >= 2.8;
}

function isValueOfItsOwn(value: string): boolean {
  return !isPlaceholder(value) && !REFERENCE.test(value) && !FILE_NAME.test(value);
}

/** What no name has to vouch for: long, letters and digits mixed, no words. */
function isRandom(value: string): boolean {
  if (value.length < 20 || !isValueOfItsOwn(value) || WORDS.test(value)) return false;
  return looksMixed(value) && entropyOf(value) >= 3;
}

function isWordOrHash(part: string): boolean {
  return WORD.test(part) || HASH.test(part);
}

/** Whether the value of a name like `key` is a secret. Keys of caches and stores hold words or end in a hash. */
function isVaguelyNamedSecret(name: string, value: string, operator: string): boolean {
  if (KEY_OF_NO_LOCK.test(name)) return false;
  if (UUID.test(value) || HASH.test(value) || value.split(/[-_./+]/).some(isWordOrHash)) return false;
  if (/^pass$/i.test(name)) return operator === '=' && isValueOfItsOwn(value) && looksMixed(value);
  return isRandom(value) && (value.length >= 32 || (/[A-Z]/.test(value) && /[a-z]/.test(value)));
}

/** Names of what is long, random and public. */
const NAME_OF_NO_SECRET =
  /sha|hash|digest|md5|sum|etag|commit|rev|id$|version|nonce|salt|cache|build|trace|span|node|finger|integrity|key$/i;
const RANDOM_HEX = /^(?:[0-9a-f]{32}|[0-9a-f]{48})$/i;

/** Whether a quoted value is a secret whatever its name is: letters of both cases and digits in no words, or the hex of 16 or 24 bytes. */
export function isQuotedSecret(value: string, name: string): boolean {
  if (NAME_OF_NO_SECRET.test(name) || isPlaceholder(value)) return false;
  if (RANDOM_HEX.test(value)) return looksMixed(value);
  return (
    /[A-Z]/.test(value) && /\d/.test(value) && /[a-z]/.test(value) && !/[a-z]{5}/.test(value) && entropyOf(value) >= 3.7
  );
}

/**
 * Whether the value assigned to a secret-ish name is a secret and not a word, a path, a reference or a placeholder. Names that
 * say password are believed for short values; others need a long, mixed value.
 */
function isAssignedSecret(name: string, value: string, operator: string): boolean {
  if (!isValueOfItsOwn(value)) return false;
  if (SIGNER.test(value) || COORDINATE.test(value)) return false;
  if (PASSWORD_NAME.test(name)) {
    if (operator === '=' || operator === 'flag') return !/^[\d.]+$/.test(value) || value.length >= 8;
    return !WORDS.test(value) && /\d/.test(value) && entropyOf(value) >= 2;
  }
  if (/^public/i.test(name) || NOT_SECRET_NAME.test(name.slice(3)) || WORDS.test(value) || /^[\d.,:_-]+$/.test(value))
    return false;
  if (UUID.test(value)) return KEY_NAME.test(name);
  return value.length >= 16 && looksMixed(value) && entropyOf(value) >= 3;
}
