const OPTIONAL = /\[([^[\]]*\{\w+\}[^[\]]*)\]/g;
const NAME = /\{(\w+)\}/g;
const LONGEST = 180;

/** A captured part of a log made fit for one line of prose: no control characters, no backticks, cut. */
function tame(text: string): string {
  const plain = text
    .replace(/[\p{Cc}`]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.,;:]+$/, '');
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}...` : plain;
}

/**
 * Fills an advice template: `{name}` is the capture of that name; a segment in square brackets is left out when one of its captures
 * is missing. The result is as tainted as the captures: display only.
 */
export function fillAdvice(template: string, captures: Readonly<Record<string, string>>): string {
  const value = (name: string): string | null => {
    const captured = captures[name];
    return captured === undefined || captured.trim() === '' ? null : tame(captured);
  };
  const fill = (text: string): string => text.replace(NAME, (_, name: string) => value(name) ?? 'unnamed');
  const chosen = template.replace(OPTIONAL, (_, inner: string) => {
    const names = [...inner.matchAll(NAME)].map((match) => match[1] ?? '');
    return names.every((name) => value(name) !== null) ? fill(inner) : '';
  });
  return fill(chosen)
    .replace(/ {2,}/g, ' ')
    .replace(/ ([.,;:])(?!\w)/g, '$1')
    .trim();
}
