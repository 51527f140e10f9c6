import { type Column, WILDCARD } from './message-pieces.ts';

/** Splits one column's text into values, one for each wildcard in its part of the template. */
export function valuesOf(part: string, value: string): string[] {
  if (part === WILDCARD) return [value];
  const literals = part.split(WILDCARD);
  const values: string[] = [];
  let from = literals[0]?.length ?? 0;
  for (const literal of literals.slice(1, -1)) {
    const end = value.indexOf(literal, from + 1);
    values.push(value.slice(from, end < 0 ? value.length : end));
    from = end < 0 ? value.length : end + literal.length;
  }
  values.push(value.slice(from, value.length - (literals.at(-1)?.length ?? 0)));
  return values;
}

/** The values of a message for the wildcards of its template, in order. */
export function parametersOf(display: readonly string[], columns: readonly Column[]): string[] {
  const parameters: string[] = [];
  for (let at = 0; at < columns.length; at += 1) {
    const part = display[at];
    if (part?.includes(WILDCARD)) parameters.push(...valuesOf(part, columns[at]?.value ?? ''));
  }
  return parameters;
}
