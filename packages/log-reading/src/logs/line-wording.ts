import { messageOf } from './line-words.ts';

/** Characters of a message that its wording is read from. */
const MAX_READ = 200;
const MAX_QUOTED = 80;
const MAX_PATH = 200;

const isDigit = (code: number): boolean => code > 47 && code < 58;
const isHexadecimal = (code: number): boolean => isDigit(code) || ((code | 32) > 96 && (code | 32) < 103);
const isQuote = (code: number): boolean => code === 34 || code === 39 || code === 96;
const isSlash = (code: number): boolean => code === 47 || code === 92;

function isSpace(code: number): boolean {
  if (code < 128) return code === 32 || (code > 8 && code < 14);
  return /\s/.test(String.fromCharCode(code));
}

/** Where what varies ends that begins at `at`: a quoted word, a path, a number; `at` when nothing does. */
function endOfVarying(text: string, at: number): number {
  const code = text.charCodeAt(at);
  let end = at + 1;
  if (isDigit(code)) {
    if (code === 48 && (text.charCodeAt(end) | 32) === 120 && isHexadecimal(text.charCodeAt(end + 1))) {
      end += 2;
      while (isHexadecimal(text.charCodeAt(end))) end += 1;
    } else while (isDigit(text.charCodeAt(end))) end += 1;
    return end;
  }
  if (isSlash(code)) {
    const last = Math.min(text.length, at + 1 + MAX_PATH);
    while (end < last && !isSpace(text.charCodeAt(end))) end += 1;
    return end;
  }
  if (!isQuote(code)) return at;
  const last = Math.min(text.length, at + 2 + MAX_QUOTED);
  while (end < last && text.charCodeAt(end) !== code) end += 1;
  return end < last ? end + 1 : at;
}

/** The wording of a message: its beginning with `#` for quoted words, paths and numbers, which vary between lines that say the same. Linear. */
export function wordingOfMessage(message: string): string {
  const text = message.length > MAX_READ ? message.slice(0, MAX_READ) : message;
  let wording = '';
  let from = 0;
  for (let at = 0; at < text.length; ) {
    const end = endOfVarying(text, at);
    if (end === at) {
      at += 1;
      continue;
    }
    wording += `${text.slice(from, at)}#`;
    from = at = end;
  }
  return from === 0 ? text : wording + text.slice(from);
}

/** The wording of a line: that of its message. */
export function wordingOf(line: string): string {
  return wordingOfMessage(messageOf(line));
}
