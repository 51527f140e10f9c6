import { SIGN, signsIn } from './character-runs.ts';
import { isEncodedText } from './encoded-secrets.ts';
import { isLookupKey } from './named-values.ts';
import { isBlankedToken } from './placeholder.ts';
import { entropyOf, looksMixed, looksRandom, profileOf, wordLikeness } from './random-text.ts';
import type { Placeholders } from './secret-placeholders.ts';

/** Letters and digits, and separators in tokens and Base64. */
const LONG_RUN = /[A-Za-z0-9+/_=~-]{20,20000}/g;
/** Shorter ones are more often names than secrets. */
const MIN_TOKEN = 20;
/** Below this length only texts that must be random. */
const SURE_LENGTH = 28;
const SURE_CHANGES = 0.52;
const MIN_BASE64 = 40;
/** A line of an armoured key (RFC 7468). */
const ARMOURED = /^[A-Za-z0-9+/]{64,}={0,2}$/;
/** Words that say that a digest, a fingerprint or a public key follows. */
const PUBLIC_BEFORE =
  /(?:sha\d{0,3}(?:[-_]\d{3})?|md5|h1|integrity|etag|digest|checksum|fingerprint|hash|ssh-\w{2,10}|ecdsa-[\w-]{6,30}|nonce|base64,?|package-(?:key|id)|x-amz-(?:id-2|cf-id)|cf-ray|host[-_ ]?id|(?:request|trace|correlation|version)[-_ ]?id)["']?[-:=/ ]{1,3}["']?$/i;
/** Folders of Haskell packages, and of image hosts. */
const PUBLIC_FOLDER =
  /\bghc-[\d.]{3,12}\/$|\/\/(?:images?|assets?|cdn|static)\d{0,3}\.[\w.-]{1,30}\/(?:[\w-]{1,30}\/){0,2}$/i;
/** A name or version continues in the following text: packages, images and layers are named so. */
const PART_BEFORE = /[\w)][.*@-]$/;
/** `name=` before a value. */
const NAME_BEFORE = /^[\w-]{1,40}=(?=[^=])/;
const BASE58 = '[1-9A-HJ-NP-Za-km-z]';
/**
 * An address of Bitcoin: Base58Check, whose version and length decide how it begins (Bitcoin wiki, "List of address prefixes"; one in a thousand is
 * shorter), or Bech32 (BIP 173). Hexadecimal alone is none: chance does not draw it from 58 characters.
 */
const BITCOIN = `(?:bc|tb|bcrt)1[a-z0-9]{20,90}$|(?![0-9a-f]+$)(?:1${BASE58}{32,33}|[3mn]${BASE58}{33}|2[MN]${BASE58}{33})$`;
/** Public keys of SSH and X.509, digests, lists of videos, and addresses of Bitcoin. */
const PUBLIC = new RegExp(
  `^(?:PL[\\w-]{32}$|${BITCOIN}|AAAA[BCE]|sha\\d{3}[-_]|MI[GHI][A-Za-z]{1,4}(?:MA0GCSqGSIb3DQEBAQUAA4|ANBgkqhkiG9w0BAQEFAAO)|MIGfMA0GCSqGSIb3DQEBAQUAA4)`,
);

const UUID = /[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}/g;
/** A word, a number or a hash between dashes. */
const NO_PART = /^(?:[A-Za-z]?[a-z]*\d{0,3}|[A-Z]+\d{0,3}|\d+|[0-9a-f]+|[0-9A-F]+|(?:[A-Z][a-z]{2,}){1,6}\d{0,3})$/;

/** Whether Base64 with its special characters is random as a whole; paths are not. */
function isRandomBase64(run: string, min = MIN_BASE64): boolean {
  const random = run.replace(UUID, '');
  if (random.length < min || !looksRandom(random)) return false;
  const parts = random.split(/[/+=~]/);
  const words = parts.filter((part) => part.length > 3 && NO_PART.test(part));
  // Chance produces a word now and then, and some extra separators.
  if (ARMOURED.test(random)) return parts.length <= 3 + random.length / 8 && words.join('').length <= random.length / 4;
  return parts.length <= 2 + random.length / 12 && words.length === 0 && profileOf(random).changes >= 0.5;
}

/** Parts joined by dots, as in tokens that carry an id, a claim or a signature. */
const DOTTED_RUN = /(?<![\w./@%+=-])[A-Za-z0-9_-]{6,200}(?:\.[A-Za-z0-9_-]{6,400}){1,3}(?![\w./@%+=-])/g;
const MIN_DOTTED = 30;

/** Whether all parts are random; names of files and classes have a word among them. */
function isRandomDotted(run: string): boolean {
  const joined = run.replaceAll('.', '');
  return (
    joined.length >= MIN_DOTTED &&
    run.split('.').every((part) => !NO_PART.test(part) && !/[a-z]{6}/.test(part)) &&
    looksRandom(joined) &&
    profileOf(joined).changes >= 0.5
  );
}

/** `vendor_live_TOKEN`: words beside the token are ignored. */
function isRandomPart(part: string): boolean {
  const random = part.split(/[_-]/).filter((piece) => !NO_PART.test(piece));
  const body = random.join('');
  if (body.length < MIN_TOKEN || random.length > 1 + body.length / 12 || !looksRandom(body)) return false;
  return body.length >= SURE_LENGTH || profileOf(body).changes >= SURE_CHANGES;
}

/** A value of letters and digits with any name; `vendor_` or the like may precede it. */
const NAMED_TOKEN =
  /(?<![\w./@%+~-])(?:(?:[A-Za-z]{2,20}_){0,2}[A-Za-z0-9]{20,200}(?![\w./:@%+=-])|[A-Za-z0-9+/]{24,200}={0,2}(?![\w./:@%+=-]))/g;
const MIN_NAMED_BASE64 = 24;
/** What stands right before a value that has a name, whatever the name is. */
const NAME_READ = 120;
const NAMED: readonly RegExp[] = [
  // `name = value`, `"name": "value"`, `name => value`, `name: Some("value")`
  /(?:^|[^\w.-])(?<name>[\w.-]{1,60})\\{0,7}["'`]?\]?\s{0,40}(?:=>|:=|->|::|==?|:)\s{0,24}(?:Some\(|<<|[bu](?=["']))?\\{0,7}(?<quote>["'`]?)$/,
  // `("name", "value")`, `(name . "value")`, `{name,<<"value">>}`
  /["'](?<name>(?:--)?[A-Za-z_][\w.-]{1,60})["']\s{0,2},\s{0,3}(?<quote>["'])$/,
  /[{(]["']?(?<name>[\w-]{2,60})["']?(?:,(?:<<)?| \. )(?<quote>["'])$/,
  // `--name value`, `ENV NAME value`, `setx NAME value`, `:name "value"`
  /(?:(?:^|\s)--?|\s:|\b(?:ENV|ARG|setx|setenv|export|set|set -g?x)\s{1,3})(?<name>[\w.-]{2,60})\s{1,3}(?<quote>["']?)$/,
  // `setName("value")`
  /\b(?:set|with|add)[_-]?(?<name>[A-Z_]\w{1,60})\(\s?(?<quote>["'])$/,
  // `<name>value`, `<entry key="name">value`, `<key>name</key><string>value`
  /<(?:\w{1,20}:)?(?<name>[\w.-]{1,60})(?:\s[^<>]{0,60})?>(?<quote>)$/,
  /[>"'](?<name>[\w.-]{1,60})(?:["'][^<>]{0,40}|<\/[\w:.-]{1,30}>\s{0,3}<[\w:.-]{1,30})>(?<quote>)$/,
  // `name: NAME, value: "value"`
  /\b(?:name|key|id|parameter|variable|env)["']?\s{0,3}[:=]\s{0,3}["']?(?<name>[\w./-]{1,60})["']?\s{0,3}[,;]?\s{0,3}["']?value["']?\s{0,3}[:=]\s{0,3}(?<quote>["']?)$/i,
  // `rejected name "value"`, `| name | value |`, `name      value`
  /(?:^|[^\w.-])(?<name>[\w.-]{1,60})(?:\s(?<quote>["'`])|\s{0,20}[|│]\s{1,4}|(?: ?\.{3,30} ?|\s{3,40}|\t))$/,
];
/** Names of long, random, public values. */
const PUBLIC_NAME =
  /sha|hash|digest|md5|sum|etag|commit|rev|id$|version|nonce|salt|cache|build|trace|span|node|finger|integrity|amz-(?:credential|id-2)|uuid|guid|(?:^|[_.-])(?:name|task|service|network|container|tag|image|ref|branch|label|target|group|object|layer|chunk|file|path)s?$/i;
/** Names under which hexadecimal is a hash. */
const COMPARED = /expect|actual|received|^(?:got|want|value|best|base|git|head|title|a|b|e)$/i;
const HEX = /^(?:[0-9a-f]+|[0-9A-F]+)$/;

/** Whether the value of any name is a token: letters and digits by chance, and no hash. */
function isNamedToken(name: string, value: string, isQuoted: boolean): boolean {
  // Lines of logfmt call what they found in a store so.
  if (name === 'key' && !isQuoted) return false;
  if (PUBLIC_NAME.test(name) || isLookupKey(name) || isBlankedToken(value)) return false;
  const body = value.slice(value.lastIndexOf('_') + 1);
  if (!looksMixed(body) || entropyOf(body) < 3 || PUBLIC.test(body)) return false;
  if (HEX.test(body)) return /[g-z]/i.test(name) && !COMPARED.test(name) && (body.length === 32 || body.length === 48);
  if (/[+/=]/.test(value)) return isRandomBase64(value, MIN_NAMED_BASE64);
  const { digits, lower, upper, changes } = profileOf(body);
  if (lower === 0 || upper === 0) return digits >= 3 && wordLikeness(body) <= 0;
  return isQuoted && looksRandom(body) && (!/[a-z]{5}/.test(body) || changes >= 0.5);
}

/** Replaces tokens of letters and digits that have a name, whatever it is. */
export function redactNamedTokens(text: string, placeholders: Placeholders): string {
  return text.replace(NAMED_TOKEN, (value: string, at: number) => {
    const before = text.slice(Math.max(0, at - NAME_READ), at);
    for (const pattern of NAMED) {
      const { name, quote } = pattern.exec(before)?.groups ?? {};
      if (name === undefined) continue;
      return isNamedToken(name, value, Boolean(quote)) ? placeholders.of('assigned-secret', value) : value;
    }
    return value;
  });
}

/**
 * Replaces long random tokens that nothing else identifies: letters of both cases and digits that alternate unlike
 * words. `signs`: what `signsIn` found in the text.
 */
export function redactRandomTokens(text: string, placeholders: Placeholders, signs = signsIn(text)): string {
  if ((signs & SIGN.random) === 0) return text;
  const isPublic = (run: string, at: number): boolean => {
    if (PUBLIC.test(run) || isBlankedToken(run) || isEncodedText(run)) return true;
    const before = dotted.slice(Math.max(0, at - 60), at);
    return (
      PUBLIC_BEFORE.test(before) ||
      PUBLIC_FOLDER.test(before) ||
      (run.length < 2 * MIN_TOKEN && PART_BEFORE.test(before))
    );
  };
  const dotted = text.includes('.')
    ? text.replace(DOTTED_RUN, (run) => (isRandomDotted(run) ? placeholders.of('random-token', run) : run))
    : text;
  return dotted.replace(LONG_RUN, (whole: string, from: number) => {
    // The end of a colour code does not belong to it.
    const colour = /[[;]/.test(dotted.charAt(from - 1)) ? (/^\d{0,3}[A-Za-z]/.exec(whole)?.[0].length ?? 0) : 0;
    const name = NAME_BEFORE.exec(whole.slice(colour))?.[0].length ?? 0;
    const skipped = colour + name;
    const run = whole.slice(skipped);
    // As a whole: its parts have no label of their own.
    if (isRandomBase64(run))
      return isPublic(run, from + skipped) ? whole : whole.slice(0, skipped) + placeholders.of('random-token', run);
    if (PUBLIC.test(run)) return whole;
    let at = from + skipped;
    const parts = run.split(/([/+=~])/).map((part) => {
      const isToken = part.length >= MIN_TOKEN && isRandomPart(part.replace(UUID, '')) && !isPublic(part, at);
      at += part.length;
      return isToken ? placeholders.of('random-token', part) : part;
    });
    return whole.slice(0, skipped) + parts.join('');
  });
}
