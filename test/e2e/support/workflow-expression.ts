/** Values of contexts: `github`, `needs`, `steps`, ... */
export type Contexts = Readonly<Record<string, unknown>>;

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|'((?:[^']|'')*)'|([A-Za-z_][\w-]*)|(==|!=|&&|\|\||[!()[\].,*]))/y;

/**
 * Evaluates an expression of GitHub Actions, as far as the workflow kit uses them: contexts, comparisons, `&&`, `||`, `!`, and the functions given.
 * Throws for anything else. https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
export function evaluate(text: string, contexts: Contexts, functions: Functions): unknown {
  const tokens = tokensOf(text);
  let at = 0;
  const peek = (): string | undefined => tokens[at]?.text;
  const take = (expected?: string): Token => {
    const token = tokens[at];
    if (token === undefined || (expected !== undefined && token.text !== expected))
      throw new Error(`${text}: expected ${expected ?? 'more'} at token ${at}.`);
    at += 1;
    return token;
  };
  const or = (): unknown => {
    let left = and();
    while (peek() === '||') {
      take();
      const right = and();
      left = isTrue(left) ? left : right;
    }
    return left;
  };
  const and = (): unknown => {
    let left = equal();
    while (peek() === '&&') {
      take();
      const right = equal();
      left = isTrue(left) ? right : left;
    }
    return left;
  };
  const equal = (): unknown => {
    let left = not();
    while (peek() === '==' || peek() === '!=') {
      const wanted = take().text === '==';
      left = (comparable(left) === comparable(not())) === wanted;
    }
    return left;
  };
  const not = (): unknown => {
    if (peek() !== '!') return value();
    take();
    return !isTrue(not());
  };
  const value = (): unknown => {
    const { kind, text: word } = take();
    if (kind === 'text') return word;
    if (kind === 'number') return Number(word);
    if (word === '(') {
      const inner = or();
      take(')');
      return inner;
    }
    if (kind !== 'name') throw new Error(`${text}: unexpected ${word}.`);
    if (peek() === '(') return call(word);
    if (word === 'true' || word === 'false') return word === 'true';
    return path(contexts[word]);
  };
  const call = (name: string): unknown => {
    take('(');
    const given: unknown[] = [];
    while (peek() !== ')') {
      given.push(or());
      if (peek() === ',') take();
    }
    take(')');
    const run = functions[name];
    if (run === undefined) throw new Error(`${text}: the function ${name} is not known here.`);
    return run(...given);
  };
  const path = (root: unknown): unknown => {
    let found = root;
    let isList = false;
    while (peek() === '.') {
      take();
      const key = take().text;
      const step = (one: unknown): unknown => (one as Record<string, unknown> | null | undefined)?.[key] ?? null;
      if (key === '*') {
        isList = true;
        found = Object.values((found ?? {}) as object);
      } else found = isList ? (found as unknown[]).map(step) : step(found);
    }
    return found;
  };
  const result = or();
  if (at < tokens.length) throw new Error(`${text}: ${peek()} is left over.`);
  return result;
}

export type Functions = Readonly<Record<string, (...given: readonly unknown[]) => unknown>>;

/** What needs nothing of the run. */
export const PURE_FUNCTIONS: Functions = {
  contains: (list, item) => (Array.isArray(list) ? list.includes(item) : String(list).includes(String(item))),
  toJSON: (value) => JSON.stringify(value, null, 2),
};

interface Token {
  readonly kind: 'text' | 'number' | 'name' | 'sign';
  readonly text: string;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const start = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (found === null) throw new Error(`${text}: cannot be read at character ${start}.`);
    const [, number, quoted, name, sign] = found;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll("''", "'") });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

export const isTrue = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== '' && value !== false && value !== 0;

/** GitHub compares texts without case, and takes what is missing for an empty text. */
const comparable = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : (value ?? ''));

/** A text with its `${{ }}` filled in. */
export function interpolate(text: string, contexts: Contexts, functions: Functions): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => {
    const value = evaluate(expression.trim(), contexts, functions);
    return value === null || value === undefined ? '' : String(value);
  });
}
