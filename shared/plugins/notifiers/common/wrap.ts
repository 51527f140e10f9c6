/** Line width that terminals and comments show without wrapping. */
const COLUMNS = 100;

/**
 * Wraps each line of a text at spaces. Long words (addresses, paths) stay whole, and continued lines keep the indent of the first.
 */
export function wrapText(text: string, columns: number = COLUMNS): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, columns))
    .join('\n');
}

function wrapLine(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const indent = /^\s*(?:- )?/.exec(line)?.[0] ?? '';
  const hanging = ' '.repeat(indent.length);
  const lines: string[] = [];
  let current = indent;
  for (const word of line.slice(indent.length).split(/ +/)) {
    const empty = current === indent || current === hanging;
    if (!empty && current.length + 1 + word.length > columns) {
      lines.push(current);
      current = `${hanging}${word}`;
    } else current += `${empty ? '' : ' '}${word}`;
  }
  return [...lines, current].join('\n');
}
