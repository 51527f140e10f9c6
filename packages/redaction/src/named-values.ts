import { entropyOf, isWordless, looksMixed, looksRandom, profileOf, wordLikeness } from './random-text.ts';
import { FOREIGN, SECRET_WORDS } from './secret-rules.ts';
import { HASH, isRandom, isRepeated, isUuid, isValueOfItsOwn, WORDS } from './secret-values.ts';

const { passwords, passwordsAlone } = SECRET_WORDS;

/** A value and how it is written beside its name. */
export interface Assigned {
  readonly name: string;
  readonly operator: string;
  readonly value: string;
  readonly isQuoted: boolean;
  /** The line contains nothing but the assignment. */
  readonly isAlone: boolean;
  /** Blanks are between the operator and the value. */
  readonly isSpaced: boolean;
  /** The name is written as only settings are: `DB_PASSWORD`, `X-Api-Token`. */
  readonly isSetting: boolean;
}

/** After an option the next word is its value, whatever it is. */
function isOption(operator: string): boolean {
  return operator === '--' || operator === '-' || operator === '';
}

const PASSWORD_WORDS = passwords.map((word) => word.replaceAll(' ', '[ _-]?')).join('|');
const REST = `[\\w.${FOREIGN}-]{0,40}`;

const NOT_SECRET_NAME =
  /sha|hash|digest|commit|checksum|public|file|path|name|url|uri|type|count|length|size|limit|expir|id$|ids$|_at$|ttl|usage|max|min|num|ring\b|store|class|provider|factory|service|handler|validator|generator/i;
/** Names whose value is a secret even when it is a UUID, which usually identifies something. */
const KEY_NAME = /(?:secret|token|key|credential)s?$/i;
/** Public keys, and keys of caches and tables. */
const KEY_OF_NO_LOCK =
  /pub|cache|gpg|pgp|host|finger|known|primary|foreign|sort|partition|index|lookup|hash|object|bucket|map|row|group|routing|registry|idempot|i18n|bypass|bazel|author|restore|build|dedup|package|etcd|redis|s3|config|query|event|message|item|entry|record|context|pool|trace|span|commit|release|image|layer|digest|snapshot|metric|label|translat|json|yaml|field|column|unique|composite|version|file|path|unknown|invalid/i;
const WORD = /^(?:[A-Z]?[a-z]{2,20}|[A-Z]{3,20})\d{0,2}$/;
/**
 * A password's name may contain an owner or a place (`PASSWORD_PROD`, `password2`); then it says nothing else about the
 * value.
 */
const PASSWORD_NAME = new RegExp(
  `^[^A-Za-z]?_?(?:(?:${PASSWORD_WORDS})(?:word|wd|phrase|code)?|${passwordsAlone.join('|')})(?<rest>${REST})$`,
  'i',
);
const OWNER =
  /^s?(?:[_.-]?\d{0,3}|[_.-](?:\d{1,4}|[a-z]{1,16}\d{0,3})(?:[_.-][a-z0-9]{1,16}){0,2}|[A-Z][a-z]{1,12}\d{0,3}|[^\p{ASCII}]{0,6})$/u;
const NOT_OWNER =
  /file|path|hash|digest|policy|polic|reset|length|len$|strength|rule|prompt|label|field|input|chang|expir|manager|encod|valid|provider|store|servic|form|page|view|test|check|verif|callback|column|param|attempt|hint|url|uri|name$|type|id$|command|cmd|require|min|max|count|update|error|fail|match|confirm|grant|auth|generat|salt|algo|format|kind|placeholder|enabled|disabled|protect|less|source|from|env|key$|stdin/i;
/** Algorithms, units and versions that may follow a password's name. */
const TECHNICAL =
  /^(?:(?:sha|md|aes|utf|base|argon|oauth|bcrypt|pbkdf|scram|http|ipv|iso|rfc|tls|ssl)[-_]?\d[\w.-]{0,6}|x\d\d|v\d[\d.]*|[bs]?crypt|gssapi|kerberos|pubkey|rhosts)$/i;
/** Phrases about a password that are no value. */
const SAID =
  /^(?:required|invalid|incorrect|missing|wrong|expired|accepted|changed|updated|optional|failed|denied|empty|default|hidden|protected|masked|redacted|authentication|password|passwort|secret|token|unknown|enabled|disabled|needed|provided|forbidden|allowed|success(?:ful)?|error|string|text|hash|none|prompt|interactive|keyboard)$/i;

/** Words of test results. */
const PASS = /^[^A-Za-z]?pass$/i;
/** `db_pass`, which results of tests are seldom called. */
const OWNED_PASS = /^[_.-]pass$/i;
/** The same as a vague name ends: `dbPass`, `wifipsk`. */
const OWNED_PASSWORD = /psk$|[a-z0-9]Pass$|[_.-]pass$/i;
const SHARED_KEY = /^[^A-Za-z]?psk$/i;
const BARE_PASS = /^(?:-D)?pass$/i;

function isPasswordName(name: string): boolean {
  const rest = PASSWORD_NAME.exec(name)?.groups?.rest;
  return rest !== undefined && OWNER.test(rest) && !NOT_OWNER.test(rest);
}

/** Four words or more, joined. */
const PASSPHRASE = /^[a-z]{3,10}(?:[-_.][a-z]{3,10}){3,8}$/i;
/** Three: in a setting only, because elsewhere things are named so. */
const SHORT_PASSPHRASE = /^[a-z]{3,10}(?:[-_.][a-z]{3,10}){2}$/i;
/** From here on letters that no word has in a row are nothing else beside the name of a password. */
const MIN_WORDLESS = 6;
/** Words of sentences about a password. */
const OF_SENTENCES =
  /\b(?:a|an|and|are|as|at|be|by|can|contain|did|do|does|field|for|from|has|have|if|in|is|it|least|long|match|must|no|not|of|on|or|please|set|short|should|than|that|the|this|to|use|user|using|was|were|when|will|with|you|your)\b/i;

/** Words in quotes after the name of a password: somebody's passphrase, unless they are a sentence. */
function isPassphrase(value: string): boolean {
  return (
    /^[a-z]{3,12}(?: [a-z]{2,12}){2,11}$/i.test(value) &&
    !OF_SENTENCES.test(value) &&
    !value.split(' ').some((word) => SAID.test(word))
  );
}

function isPassword(assigned: Assigned): boolean {
  const { value, operator, isQuoted, isSpaced } = assigned;
  if (value.length < 4 || TECHNICAL.test(value) || SAID.test(value)) return false;
  if (/\s/.test(value) && !isQuoted) return false;
  if (isRepeated(value) || isPassphrase(value)) return true;
  if (isOption(operator) || (operator.startsWith('=') && operator !== '=>' && !isSpaced))
    return !/^[\d.]+$/.test(value) || value.length >= 6;
  const isTight = (operator.startsWith(':') || operator === '>') && !isSpaced;
  const isSettled = isQuoted || isTight || assigned.isAlone || assigned.isSetting;
  const isNumber = /^[\d.,:%]+$/.test(value);
  if (isNumber)
    return value.length >= 6 && (isSettled || (operator === ':' && value.length >= 8)) && !/[.,:%]/.test(value);
  if (/\d/.test(value) || /[!#$%&*+?@^|~}{=;]/.test(value)) return value.length >= 6 || isQuoted;
  if (isWordless(value, MIN_WORDLESS)) return true;
  if (PASSPHRASE.test(value)) return !OF_SENTENCES.test(value.replaceAll(/[-_.]/g, ' '));
  if (SHORT_PASSPHRASE.test(value) && (assigned.isSetting || isTight || operator === '=')) return true;
  if (isQuoted) return (assigned.isSetting || !/^[,|\s]/.test(operator)) && value.length >= 6 && !/\s/.test(value);
  if (operator.startsWith('=')) return !WORDS.test(value) || assigned.isAlone || assigned.isSetting;
  return (
    assigned.isAlone &&
    operator.startsWith(':') &&
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

/** Letters of both cases and a digit, which no word has. */
function isMixedWord(value: string): boolean {
  const { digits, lower, upper, changes } = profileOf(value);
  return value.length >= 8 && digits > 0 && lower > 0 && upper > 0 && changes >= 0.4 && /^\w+$/.test(value);
}

/** Seconds, milliseconds or finer since 1970. */
const EPOCH = /^1[4-9]\d{8}(?:\d{3}|\d{6}|\d{9})?$/;
const MIN_DIGITS = 12;

/** Letters with digits or signs between them, as people choose passwords: no word with a number, no size, no time. */
function isChosenPassword(value: string): boolean {
  if (!/^[!-~]{6,}$/.test(value) || WORDS.test(value) || TECHNICAL.test(value)) return false;
  return /[A-Za-z]/.test(value) && /[\d!#$%&*+?@^~=]/.test(value) && !/^[\d.,:%/TZ-]+[A-Za-z]{0,3}$/.test(value);
}

/** Whether a value of 12 characters or more is random, in whatever alphabet: mixed, or letters or digits alone. */
function isCredential(value: string): boolean {
  if (isRepeated(value)) return value.length >= 8;
  if (/^\d+$/.test(value)) return value.length >= MIN_DIGITS && !EPOCH.test(value);
  if (/\s/.test(value)) return value.length >= 16 && looksMixed(value);
  if (/^[\w+/=.~-]{12,}$/.test(value) && isWordless(value)) return true;
  if (WORDS.test(value) || /^[\d.,:_-]+$/.test(value)) return false;
  return value.length >= 16 && looksMixed(value) && entropyOf(value) >= 3;
}

/**
 * Whether the value assigned to a secret-like name is a secret and not a word, a path, a reference or a placeholder.
 * Short values count after names that say password; others need a random value.
 */
export function isAssignedSecret(assigned: Assigned): boolean {
  const { name, value, operator, isQuoted, isSpaced } = assigned;
  if ((PASS.test(name) && !/\d/.test(value)) || !isValueOfItsOwn(value)) return false;
  if (OWNED_PASS.test(name) && (isShortToken(value) || isMixedWord(value) || isChosenPassword(value))) return true;
  if (PASS.test(name))
    return (
      ((operator === '=' && !isSpaced) || isOption(operator) || isQuoted || assigned.isSetting || assigned.isAlone) &&
      looksMixed(value) &&
      (!assigned.isAlone || (/^[A-Za-z]/.test(value) && isChosenPassword(value)))
    );
  // It is also the name of a method: `WPA2-PSK: supported`.
  if (SHARED_KEY.test(name)) return isChosenPassword(value) || isCredential(value);
  if (isPasswordName(name)) return isPassword(assigned);
  if (/^public/i.test(name) || NOT_SECRET_NAME.test(name.slice(3))) return false;
  if (isUuid(value)) return KEY_NAME.test(name);
  if (isCredential(value) || (/key$/i.test(name) && operator !== '' && !isLookupKey(name) && isChosenKey(value)))
    return true;
  const isWritten = isOption(operator) || isQuoted || (operator.startsWith('=') && !isSpaced);
  return value.length < 16 && isWritten && isShortToken(value);
}

/** The same value under another name or operator. What its place says is read only when it is asked for. */
function writtenAs(assigned: Assigned, { name = assigned.name, operator = assigned.operator }): Assigned {
  const { value, isQuoted, isSpaced } = assigned;
  return {
    ...{ name, operator, value, isQuoted, isSpaced },
    get isAlone() {
      return assigned.isAlone;
    },
    get isSetting() {
      return assigned.isSetting;
    },
  };
}

/** Words that make a name that of a secret wherever they stand in it, and those that do so at its end. */
const INNER_PASSWORD = new RegExp(`${PASSWORD_WORDS}|(?<=[^A-Za-z])(?:${passwordsAlone.join('|')})`, 'gi');
const LAST_SECRET = new RegExp(`(?:${SECRET_WORDS.secrets.join('|')})$`, 'i');
const MIN_OUTER = 3;

/**
 * Whether one of the names that a name holds, as `Password` in `ssl.keyStorePassword`, says that the value is a secret: an earlier word may be that
 * of another kind of secret, whose rest would speak against it.
 */
export function isSecretByInnerName(assigned: Assigned, isSecret: (assigned: Assigned) => boolean): boolean {
  const { name } = assigned;
  if (name.length <= MIN_OUTER || /^public/i.test(name)) return false;
  const says = (at: number): boolean => isSecret(writtenAs(assigned, { name: name.slice(at) }));
  INNER_PASSWORD.lastIndex = 1;
  for (let found = INNER_PASSWORD.exec(name); found !== null; found = INNER_PASSWORD.exec(name)) {
    if (isPasswordName(name.slice(found.index)) && says(found.index)) return true;
    INNER_PASSWORD.lastIndex = found.index + 1;
  }
  const last = name.slice(1).search(LAST_SECRET);
  return last >= 0 && says(last + 1);
}

/** In `setPassword("value")` and `withToken('value')`; a name used for a look-up is no secret. */
export function isPassedSecret({ name, value }: Assigned): boolean {
  if (!isValueOfItsOwn(value) || /\s/.test(value)) return false;
  if (isPasswordName(name) && PASSPHRASE.test(value)) return true;
  if (WORDS.test(value) && profileOf(value).changes < 0.5 && !isWordless(value)) return false;
  if (isPasswordName(name)) return value.length >= 6 && (/\d/.test(value) || isWordless(value));
  return !NOT_SECRET_NAME.test(name.slice(3)) && isCredential(value);
}

/** In `the password is value`: not a word of the sentence. */
export function isSpokenSecret(assigned: Assigned): boolean {
  const { name, value, operator, isQuoted } = assigned;
  if (!isValueOfItsOwn(value) || /^[\w.-]+[=:]|\s/.test(value)) return false;
  const isGap = /^(?: ?\.{3,}|\s)\s+$|\t/.test(operator);
  if (PASS.test(name) && !assigned.isSetting) return false;
  if (isGap || assigned.isSetting || isQuoted)
    return isAssignedSecret(writtenAs(assigned, isGap ? { operator: ':' } : {}));
  if (!isWordless(value) && value.split(/[-_./]/).some((part) => /^[A-Za-z]?[a-z]{4,}$/.test(part))) return false;
  if (isRandom(value)) return /^[\w.+/=~-]+$/.test(value) || isPasswordName(name);
  const isSaid = operator.trim() !== '';
  if (!isPasswordName(name)) return isSaid && !NOT_SECRET_NAME.test(name.slice(3)) && isCredential(value);
  if (/[([{]/.test(value.slice(0, 1)) || TECHNICAL.test(value)) return false;
  const mixed = /\d/.test(value) && /[A-Za-z]/.test(value);
  if (isSaid)
    return (
      value.length >= 6 &&
      (mixed || isWordless(value) || /^\d{6,}$/.test(value)) &&
      !/^\d+\w{0,3}$/.test(value.replace(/^\d{6,}$/, ''))
    );
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

/** Whether a name says that a key, or what is called like it, opens nothing. The file or object that holds a setting says nothing about it. */
export function isLookupKey(name: string): boolean {
  return KEY_OF_NO_LOCK.test(name.replace(/^(?:config|settings|values|data|env|spec)\./i, ''));
}

/** The key of somebody or something, as in `quantrix_key`, and not just a key. */
const OWNED_KEY =
  /^(?!(?:the|this|that|your|our|new|with|for|and|using|from|bad|any|each|\w{2,12}ed) )[A-Za-z][\w.-]{2,40}[ _.-]?key$|[a-z0-9]Key$/;

const isOwnedKey = (name: string): boolean => OWNED_KEY.test(name) || OWNED_KEY.test(name.toLowerCase());

/** A key of somebody whose value was chosen as a password is: letters of any kind, a digit and a sign. */
function isChosenKey(value: string): boolean {
  return (
    isChosenPassword(value) &&
    value.length >= 8 &&
    /\d/.test(value) &&
    /^[\w!#$%^&*?@~+-]*[!#$%^&*?@][\w!#$%^&*?@~+-]*$/.test(value)
  );
}

/** Whether the value of a name like `key` is a secret. Keys of caches and stores contain words or end in a hash. */
export function isVaguelyNamedSecret({ name, value, operator, isSpaced }: Assigned): boolean {
  const isWritten = operator !== '' && !/^[ ,|]/.test(operator);
  if (isWritten && isValueOfItsOwn(value)) {
    if (OWNED_PASSWORD.test(name) && isChosenPassword(value)) return true;
    const isGiven = (operator === '=' && !isSpaced) || operator.startsWith('-');
    if (BARE_PASS.test(name) && isGiven && isChosenPassword(value)) return true;
    if (isOwnedKey(name) && !isLookupKey(name) && isChosenKey(value)) return true;
  }
  if (!/^[\w.+/=~-]{8,400}$/.test(value) || isLookupKey(name)) return false;
  const isPass = /^pass$/i.test(name);
  if ((isPass && (operator !== '=' || !looksMixed(value))) || !isValueOfItsOwn(value)) return false;
  if (isPass) return true;
  const isOwned = isOwnedKey(name);
  if (isUuid(value) || HASH.test(value)) return isOwned || /^(?:x-)?key$/i.test(name);
  const last = value.slice(value.lastIndexOf('_') + 1);
  if (/^[A-Za-z]{2,20}_/.test(value) && last.length >= 20 && isRandom(last)) return true;
  if (value.length >= 24 && looksRandom(value) && profileOf(value).changes >= 0.5) return true;
  const parts = value.split(/[-_./+]/);
  const chance = parts.filter((part) => !isWordOrHash(part)).join('');
  if (chance.length < value.length - parts.length + 1)
    return isOwned && !name.includes(' ') && parts.length < 5 && isRandom(chance);
  if (isOwned) return isCredential(value);
  if (value.length >= 16 && (looksRandom(value) || (isMixedWord(value) && wordLikeness(value) < 0))) return true;
  return isRandom(value) && (value.length >= 32 || (/[A-Z]/.test(value) && /[a-z]/.test(value)) || looksRandom(value));
}
