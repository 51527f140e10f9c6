import { clockTime } from './time.tsx';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** A text of Selfheal: what it quotes from code and logs stands between backticks, as in its comments on GitHub, and is shown as code. */
export function Text({ children }: { readonly children: string }) {
  let at = 0;
  return children.split(/`([^`\n]+)`/).map((part, index) => {
    const key = at;
    at += part.length + 1;
    return index % 2 === 0 ? part : <code key={key}>{part}</code>;
  });
}

/** The value of a fact: an instant in the reader's own zone, anything else as it is. */
export function FactValue({ children }: { readonly children: string }) {
  return INSTANT.test(children) ? clockTime(children) : <Text>{children}</Text>;
}
