const BEGIN = /-----BEGIN[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const END = /-----END[A-Z0-9 ]{0,40}PRIVATE KEY/;
/** The end of a line of an armoured key: Base64, perhaps after a log prefix. */
const BODY =
  /(?:^|[\s"'|>])(?<body>[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]{1,76}={1,2}|=[A-Za-z0-9+/]{4})(?:\\n)?["',]{0,2}\s*$/;
const LAST_BODY = /^\s*[A-Za-z0-9+/]{1,76}\s*$/;
const HEADER = /^\s*(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset):|^\s*$/;
/** What stands between the lines of a key that is written in one: escaped line ends, colours, quotes. */
const BETWEEN = new RegExp(`\\\\[nrt]|${String.fromCharCode(0x1b)}\\[[0-9;]{0,12}m|[\\s"',]`);
const BETWEEN_KEPT = new RegExp(`(${BETWEEN.source})`);
const KEY_PIECE = /[A-Za-z0-9+/=]{16}/;
/** No key is longer; a block that never ends stops here. */
const MOST_LINES = 300;

/** The key with its lines replaced and all that stands between them as it was. */
function eachPiece(material: string, replace: (material: string) => string): string {
  return material
    .split(BETWEEN_KEPT)
    .map((piece) => (piece === '' || BETWEEN.test(piece) ? piece : replace(piece)))
    .join('');
}

/** Follows private key blocks over lines. `replace` gives the placeholder of a piece of key. */
export interface KeyBlocks {
  /** The line with key material replaced. */
  line(text: string): string;
  /** Whether the next line may belong to a key. */
  readonly open: boolean;
  reset(): void;
}

export function makeKeyBlocks(replace: (material: string) => string): KeyBlocks {
  let left = 0;
  const inside = (text: string): string | null => {
    left -= 1;
    const end = END.exec(text);
    if (end !== null) {
      left = 0;
      const material = text.slice(0, end.index).trim();
      return material === '' ? text : text.replace(text.slice(0, end.index), () => replace(material));
    }
    const body = BODY.exec(text)?.groups?.body ?? (LAST_BODY.test(text) ? text.trim() : undefined);
    if (body !== undefined) return text.replace(body, () => replace(body));
    if (HEADER.test(text)) return text;
    left = 0;
    return null;
  };
  const begun = (text: string): string => {
    const begin = BEGIN.exec(text);
    if (begin === null) return text;
    const from = begin.index + begin[0].length;
    const rest = text.slice(from);
    const end = END.exec(rest);
    if (end === null) left = MOST_LINES;
    const material = end === null ? rest : rest.slice(0, end.index);
    if (!KEY_PIECE.test(material)) return text;
    return text.slice(0, from) + eachPiece(material, replace) + rest.slice(material.length);
  };
  return {
    line(text) {
      const continued = left > 0 ? inside(text) : null;
      return continued ?? begun(text);
    },
    get open() {
      return left > 0;
    },
    reset() {
      left = 0;
    },
  };
}
