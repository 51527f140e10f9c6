/** Words by which a reader knows what a line is about. */
const ALARMING =
  /error|exception|fail|fatal|panic|expected|assert|cannot|could not|denied|refused|timed? ?out|not found|does not/i;
const ELLIPSIS = '...';

/** At most `width` characters of a line, with the telling part kept and no placeholder of a secret broken. */
export function cutLine(text: string, width: number): string {
  if (text.length <= width) return text;
  const indent = /^\s{0,8}/.exec(text)?.[0] ?? '';
  const telling = text.search(ALARMING);
  const from = telling > width * 0.6 ? telling - Math.floor(width * 0.3) : 0;
  const room = width - ELLIPSIS.length * (from > 0 ? 2 : 1) - (from > 0 ? indent.length : 0);
  const start = outsidePlaceholder(text, from);
  const end = outsidePlaceholder(text, Math.min(text.length, start + room));
  const piece = text.slice(start, end).toWellFormed();
  return `${start > 0 ? indent + ELLIPSIS : ''}${piece}${end < text.length ? ELLIPSIS : ''}`;
}

/** `at`, or the start of the placeholder it falls into. */
function outsidePlaceholder(text: string, at: number): number {
  const open = text.lastIndexOf('[redacted:', at);
  if (open < 0) return at;
  const close = text.indexOf(']', open);
  return close >= at && open < at ? open : at;
}
