/** The keys of a JSON text by how many objects they are inside of; those of the outermost object, or of the elements of an outermost list, come first. */
export type JsonKeys = readonly [Keys, Keys, Keys, Keys];
type Keys = ReadonlySet<string>;

const MAX_KEY = 200;
/** Keys of maps, such as paths of files, say nothing of a format. */
const MAX_KEYS = 2_000;

/**
 * The keys of the first value of a text, which may be cut off anywhere. It reads no values and knows no errors: the parser of the format that is chosen
 * by it finds them.
 */
export function jsonKeysOf(text: string): JsonKeys {
  const levels: [Set<string>, Set<string>, Set<string>, Set<string>] = [new Set(), new Set(), new Set(), new Set()];
  const stack: ('{' | '[')[] = [];
  let level = 0;
  let isKey = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) {
      const end = endOfString(text, at + 1);
      const keys = levels[level - 1];
      if (isKey && end - at <= MAX_KEY && keys !== undefined && keys.size < MAX_KEYS) keys.add(text.slice(at + 1, end));
      isKey = false;
      at = end;
    } else if (char === OPEN_OBJECT || char === OPEN_LIST) {
      stack.push(char === OPEN_OBJECT ? '{' : '[');
      isKey = char === OPEN_OBJECT;
      if (isKey) level += 1;
    } else if (char === CLOSE_OBJECT || char === CLOSE_LIST) {
      if (stack.pop() === '{') level -= 1;
      if (stack.length === 0) break;
    } else if (char === COMMA) isKey = stack.at(-1) === '{';
  }
  return levels;
}

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Where the string's closing quote is; the end of the text when there is none. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}
