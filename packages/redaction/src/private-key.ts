/** Also of PuTTY's own format (PuTTY manual, appendix C). */
const BEGIN = /-----BEGIN[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\bPrivate-Lines: \d{1,4}/;
const PUBLIC_BEGIN =
  /-----BEGIN[A-Z0-9 ]{0,40}(?:CERTIFICATE(?: REQUEST)?|PUBLIC KEY(?: BLOCK)?|SIGNATURE|MESSAGE|CRL|PARAMETERS)-----/;
const PUBLIC_END = /-----END[A-Z0-9 ]{0,40}(?:CERTIFICATE|PUBLIC KEY|SIGNATURE|MESSAGE|CRL|PARAMETERS)/;
const END = /-----END[A-Z0-9 ]{0,40}PRIVATE KEY|\bPrivate-(?:MAC|Hash):/;
const COLOUR = `${String.fromCharCode(0x1b)}\\[[0-9;]{0,12}m`;
/** The end of a line of an armoured key: Base64, perhaps after a log prefix. */
const BODY = new RegExp(
  `(?:^|[\\s"'|>\\]]|${COLOUR})(?<body>[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]{1,76}={1,2}|=[A-Za-z0-9+/]{4})(?:\\\\n)?["',]{0,2}(?:${COLOUR})?\\s*$`,
);
const LAST_BODY = new RegExp(`^\\s*(?<body>[A-Za-z0-9+/]{1,76})(?:${COLOUR})?\\s*$`);
const HEADER = /^\s*(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset):|^\s*$/;
/** Separators between the lines of a key that is written in one line: escaped line ends, colours, quotes. */
const BETWEEN = new RegExp(`\\\\[nrt]|${COLOUR}|[\\s"',]`);
const BETWEEN_KEPT = new RegExp(`(${BETWEEN.source})`);
const KEY_PIECE = /[A-Za-z0-9+/=]{16}/;
/** No key is longer; an unterminated block ends here. */
const MAX_LINES = 300;
/**
 * Lines of other jobs allowed between those of a key; after them only text long enough to be certain counts as the
 * key's.
 */
const MAX_BETWEEN = 3;
const SURE_BODY = 40;

/** Equal for prefixes that differ only in times and counters. */
function shapeOf(prefix: string): string {
  return prefix.replace(/\d/g, '0');
}

/** The key with its lines replaced and everything between them unchanged. */
function eachPiece(material: string, replace: (material: string) => string): string {
  return material
    .split(BETWEEN_KEPT)
    .map((piece) => (piece === '' || BETWEEN.test(piece) ? piece : replace(piece)))
    .join('');
}

/** Tracks private key blocks over lines. `replace` returns the placeholder of a piece of key. */
export interface KeyBlocks {
  /** The line with key material replaced. */
  line(text: string): string;
  /** Whether the next line may belong to a key, or to something that looks like one. */
  readonly open: boolean;
  /** Whether the line belongs to a certificate, a signature or a public key, which are public. */
  readonly isPublic: boolean;
  reset(): void;
}

export function makeKeyBlocks(replace: (material: string) => string): KeyBlocks {
  let left = 0;
  let publicLeft = 0;
  let isPublic = false;
  /** Lines of other sources since the last key line; null before its first. */
  let between: number | null = null;
  /** Prefix of the key's first line: a time, a colour, the name of a job. */
  let prefix = '';
  /** Start of the line itself: behind what it has in common with the prefix, up to a blank. */
  const startOf = (text: string): number => {
    const [own, first] = [shapeOf(text.slice(0, prefix.length)), shapeOf(prefix)];
    if (own.trimEnd() === first.trimEnd()) return own.length;
    let length = 0;
    while (length < own.length && own[length] === first[length]) length += 1;
    return own.lastIndexOf(' ', length - 1) + 1;
  };
  const bodyIn = (rest: string): string | undefined =>
    BODY.exec(rest)?.groups?.body ?? LAST_BODY.exec(rest)?.groups?.body;
  const inside = (text: string): string | null => {
    left -= 1;
    const start = startOf(text);
    const rest = text.slice(start);
    const end = END.exec(rest);
    if (end !== null) {
      left = 0;
      const material = rest.slice(0, end.index).trim();
      if (material === '') return text;
      return text.slice(0, start) + rest.replace(rest.slice(0, end.index), () => replace(material));
    }
    const body = bodyIn(rest);
    if (body !== undefined && ((between ?? 0) === 0 || body.length >= SURE_BODY)) {
      between = 0;
      return text.slice(0, start) + rest.replace(body, () => replace(body));
    }
    if (HEADER.test(rest)) return text;
    if (between === null || between >= MAX_BETWEEN) left = 0;
    else between += 1;
    return null;
  };
  const begun = (text: string): string => {
    const begin = BEGIN.exec(text);
    if (begin === null) return text;
    const from = begin.index + begin[0].length;
    const rest = text.slice(from);
    const end = END.exec(rest);
    if (end === null) {
      left = MAX_LINES;
      between = null;
      prefix = text.slice(0, begin.index);
    }
    const material = end === null ? rest : rest.slice(0, end.index);
    if (!KEY_PIECE.test(material)) return text;
    return text.slice(0, from) + eachPiece(material, replace) + rest.slice(material.length);
  };
  /** Whether the line belongs to a public block; only lines of Base64 and headers do. */
  const followPublic = (text: string): boolean => {
    if (PUBLIC_END.test(text)) {
      publicLeft = 0;
      return true;
    }
    if (PUBLIC_BEGIN.test(text)) {
      publicLeft = MAX_LINES;
      prefix = text.slice(0, text.indexOf('-----BEGIN'));
      return true;
    }
    if (publicLeft === 0) return false;
    publicLeft -= 1;
    const rest = text.slice(startOf(text));
    const belongs = HEADER.test(rest) || bodyIn(rest) === rest.trim();
    if (!belongs) publicLeft = 0;
    return belongs;
  };
  return {
    line(text) {
      isPublic = false;
      if (left === 0 && publicLeft === 0 && !text.includes('-----') && !text.includes('Private-Lines')) return text;
      isPublic = left === 0 && followPublic(text);
      if (isPublic) return text;
      const continued = left > 0 ? inside(text) : null;
      return continued ?? begun(text);
    },
    get open() {
      return left > 0 || publicLeft > 0;
    },
    get isPublic() {
      return isPublic;
    },
    reset() {
      left = 0;
      publicLeft = 0;
    },
  };
}
