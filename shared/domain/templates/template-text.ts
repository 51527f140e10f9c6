import { type Column, WILDCARD } from './message-pieces.ts';

/** The values of one column, one for each wildcard of its part of the template. */
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

/** What a message has in the places of a template's wildcards, in order. */
export function parametersOf(display: readonly string[], columns: readonly Column[]): string[] {
  const parameters: string[] = [];
  for (let at = 0; at < columns.length; at += 1) {
    const part = display[at];
    if (part?.includes(WILDCARD)) parameters.push(...valuesOf(part, columns[at]?.value ?? ''));
  }
  return parameters;
}
