/** A block of commands of a page, and what the page says they print. */
export interface Step {
  readonly line: number;
  readonly command: string;
  /** Whether it goes on running, in a terminal of its own, while the next ones are called. */
  readonly background: boolean;
  /** Lines; empty when the page says nothing. */
  readonly expected: readonly string[];
}

/** The blocks ```sh of a page, each with the block ```text after it. Throws for a block of another kind, which nothing would check. */
export function readSteps(page: string): Step[] {
  const blocks = [...page.matchAll(/^```(\w*)( background)?\n([\s\S]*?)^```$/gm)];
  const steps: Step[] = [];
  for (const { 1: language, 2: background, 3: body = '', index } of blocks) {
    const line = page.slice(0, index).split('\n').length;
    const last = steps.at(-1);
    if (language === 'sh')
      steps.push({ line, command: body.trim(), background: background !== undefined, expected: [] });
    else if (language === 'text' && last !== undefined && last.expected.length === 0)
      steps[steps.length - 1] = { ...last, expected: body.trimEnd().split('\n') };
    else throw new Error(`Line ${line}: a block of kind "${language}" is neither a command nor what one prints.`);
  }
  return steps;
}

/** What `<name>` stands for on this machine. */
export type Values = Map<string, string>;

/** The command with its placeholders filled in. Throws for one that no output before has named. */
export function withValues(command: string, values: Values): string {
  return command.replaceAll(/<([a-z]+)>/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`<${name}> is in a command, and no output before it has named it.`);
    return value;
  });
}

const literal = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

/** As an expression: `...` is any text, `<name>` a value that the next lines repeat or that is named here first. */
function expressionOf(line: string, values: Values): RegExp {
  const named = new Set<string>();
  const source = line
    .split(/(\.\.\.|<[a-z]+>)/)
    .map((part) => {
      const name = /^<([a-z]+)>$/.exec(part)?.[1];
      if (part === '...') return '.*';
      if (name === undefined) return literal(part);
      const known = values.get(name);
      if (known !== undefined) return literal(known);
      if (named.has(name)) return `\\k<${name}>`;
      named.add(name);
      return `(?<${name}>[\\w.-]+)`;
    })
    .join('');
  return new RegExp(`^${source}$`);
}

/**
 * The first line of the page that the output lacks, in order; null when it has them all. A line that is only `...` stands for any number of lines;
 * without it, the output goes on with the next line of the page. Values that the page names for the first time are added to `values`.
 */
export function missingLine(expected: readonly string[], output: string, values: Values): string | null {
  const lines = output.trimEnd().split('\n');
  const found: Values = new Map(values);
  let [at, mayskip] = [0, false];
  for (const line of expected) {
    if (line.trim() === '...') {
      mayskip = true;
      continue;
    }
    const expression = expressionOf(line, found);
    const here = mayskip ? lines.findIndex((one, index) => index >= at && expression.test(one)) : at;
    const match = here < 0 ? null : expression.exec(lines[here] ?? '');
    if (match === null) return line;
    for (const [name, value] of Object.entries(match.groups ?? {})) found.set(name, value);
    [at, mayskip] = [here + 1, false];
  }
  if (!mayskip && at < lines.length) return `(the end, before: ${lines[at]})`;
  for (const [name, value] of found) values.set(name, value);
  return null;
}
