import { isPlaceholder } from './placeholder.ts';

/** Words in a name that make its value a secret; `PASSWORD_WORDS` are believed with less proof. */
const PASSWORD_WORDS = 'password|passwd|passphrase|passcode|pwd|_pass';
const SECRET_WORDS =
  'publickeytoken|secret|token|credentials?|api[_.-]?key|apikey|access[_.-]?key|private[_.-]?key|encryption[_.-]?key|signing[_.-]?key|auth[_.-]?key|account[_.-]?key|license[_.-]?key|master[_.-]?key|service[_.-]?key|client[_.-]?key|storage[_.-]?key|app[_.-]?key';

/** One of these occurs in every line the patterns below can match. */
export const ASSIGNMENT_LITERALS: readonly string[] = [
  'passw',
  'passphrase',
  'passcode',
  'pwd',
  '_pass',
  'secret',
  'token',
  'credential',
  'apikey',
  'api_key',
  'api-key',
  'api.key',
  'access_key',
  'access-key',
  'accesskey',
  'private_key',
  'private-key',
  'privatekey',
  'encryption',
  'signing',
  'auth_key',
  'auth-key',
  'authkey',
  'account_key',
  'account-key',
  'accountkey',
  'license_key',
  'license-key',
  'licensekey',
  'master_key',
  'master-key',
  'masterkey',
  'service_key',
  'service-key',
  'client_key',
  'client-key',
  'storage_key',
  'storage-key',
  'app_key',
  'app-key',
  'appkey',
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

export const ASSIGNMENTS: readonly RegExp[] = [ASSIGNMENT, ELEMENT, FLAG];

const REFERENCE = /^[$%@!#~]|^\.{0,2}\/|^[A-Za-z]:\/|:\/\/|\*\*\*|\.\.\.|^<|\$\{|::|->/;
const NOT_SECRET_NAME =
  /sha|hash|digest|commit|checksum|public|file|path|name|url|uri|type|count|length|size|limit|expir|id$|ids$|_at$|ttl|usage|max|min|num/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Names whose value is a secret even when it is a UUID, which otherwise names something. */
const KEY_NAME = /^(?:secret|token|api[_.-]?key|apikey|access[_.-]?key|auth[_.-]?key)$/i;
const WORDS = /^(?:[A-Za-z]+|[A-Z]?[a-z]+\d{0,2})(?:[._/:+-](?:[A-Za-z]+\d{0,2}|\d{1,3}))*[.:]?$/;
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

/**
 * Whether the value assigned to a secret-ish name is a secret and not a word, a path, a reference or a placeholder. Names that
 * say password are believed for short values; others need a long, mixed value.
 */
export function isAssignedSecret(name: string, value: string, operator: string): boolean {
  if (isPlaceholder(value) || REFERENCE.test(value) || FILE_NAME.test(value)) return false;
  if (PASSWORD_NAME.test(name)) {
    if (operator === '=' || operator === 'flag') return !/^[\d.]+$/.test(value) || value.length >= 8;
    return !WORDS.test(value) && /\d/.test(value) && entropyOf(value) >= 2;
  }
  if (/^public/i.test(name) || NOT_SECRET_NAME.test(name.slice(3)) || WORDS.test(value) || /^[\d.,:_-]+$/.test(value))
    return false;
  if (UUID.test(value)) return KEY_NAME.test(name);
  return value.length >= 16 && looksMixed(value) && entropyOf(value) >= 3;
}
