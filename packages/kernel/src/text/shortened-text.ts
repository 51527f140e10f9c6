const ELLIPSIS = '...';
/** Share of the length for the end of the text: tools often say last what went wrong. */
const END_SHARE = 0.45;
/** How far a cut may move to fall between words. */
const NEAR = 24;

/** `at`, or the start of the secret's placeholder that it falls into. */
function outsidePlaceholder(text: string, at: number): number {
  const open = text.lastIndexOf('[redacted:', at);
  const close = open < 0 ? -1 : text.indexOf(']', open);
  return close >= at && open < at ? open : at;
}

/** Share of the length for the beginning when the important part is in the middle. */
const HEAD_SHARE = 0.25;

/**
 * Shortens a text to at most `longest` characters: its beginning and its end, cut between words, without breaking a
 * secret's placeholder. `focus`: where the important part begins; when that would be cut out, it is kept in the middle.
 */
export function shortenedText(text: string, longest: number, focus = 0): string {
  if (text.length <= longest) return text;
  const room = longest - ELLIPSIS.length - 2;
  const tail = Math.floor(room * END_SHARE);
  if (focus > Math.max(0, room - tail - NEAR) && focus < text.length - tail) {
    const at = outsidePlaceholder(text, focus);
    const head = shortenedText(text.slice(0, at), Math.floor(longest * HEAD_SHARE));
    return `${head} ${shortenedText(text.slice(at), longest - head.length - 1)}`;
  }
  const first = outsidePlaceholder(text, room - tail);
  const space = text.lastIndexOf(' ', first);
  const head = text.slice(0, space > first - NEAR && space > 0 ? space : first).trimEnd();
  const start = text.length - tail;
  const close = text.indexOf(']', start);
  const inside = outsidePlaceholder(text, start) !== start;
  const next = inside ? close + 1 : text.indexOf(' ', start) + 1;
  const end = text.slice(inside || (next > 0 && next < start + NEAR) ? next : start).trimStart();
  return `${head} ${ELLIPSIS} ${end}`.toWellFormed();
}

/** At most `limit` characters: whole sentences where the first one fits, else whole words and an ellipsis. */
export function cutAtSentence(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const start = text.slice(0, limit).toWellFormed();
  const sentence = [...start.matchAll(/[.!?](?=\s|$)/g)].at(-1);
  // A full stop at the limit may be the middle of a word.
  if (sentence !== undefined && /\s/.test(text[sentence.index + 1] ?? '')) return start.slice(0, sentence.index + 1);
  const word = text.slice(0, limit - 1).search(/\s+\S*$/);
  return `${text
    .slice(0, word > limit / 2 ? word : limit - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '')
    .trimEnd()}…`;
}
