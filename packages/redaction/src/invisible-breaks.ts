import { PLACEHOLDERS } from './secret-placeholders.ts';
import { visibleText } from './visible-text.ts';

/**
 * The redacted text with the invisible characters that the original has between the same visible ones. They keep a service from making a mention or a link of what an
 * outsider wrote, so a secret elsewhere in the text must not take them away. What a reader sees is the redacted text, whatever is in the original: a part that
 * cannot be found there stays as it is.
 */
export function withInvisible(redacted: string, original: string): string {
  const visible = visibleText(original);
  if (visible === original) return redacted;
  const places = placesOf(visible, original);
  if (places === null) return redacted;
  let from = 0;
  const found = (part: string): string | null => {
    const at = part === '' ? -1 : visible.indexOf(part, from);
    if (at < 0) return null;
    from = at + part.length;
    const slice = original.slice(places[at], (places[from - 1] ?? 0) + 1);
    return visibleText(slice) === part ? slice : null;
  };
  // A line that the redactor changed in another way leaves the others as they were.
  const restored = (part: string): string =>
    found(part) ??
    part
      .split('\n')
      .map((line) => found(line) ?? line)
      .join('\n');
  let shown = '';
  let end = 0;
  for (const { 0: placeholder, index } of redacted.matchAll(PLACEHOLDERS)) {
    shown += restored(redacted.slice(end, index)) + placeholder;
    end = index + placeholder.length;
  }
  return shown + restored(redacted.slice(end));
}

/** Where each unit of the visible text stands in the original; null where it is not the original without some of its units. */
function placesOf(visible: string, original: string): Uint32Array | null {
  const places = new Uint32Array(visible.length);
  let at = 0;
  for (let unit = 0; unit < original.length && at < visible.length; unit += 1)
    if (original[unit] === visible[at]) places[at++] = unit;
  return at === visible.length ? places : null;
}
