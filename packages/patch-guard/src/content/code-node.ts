/** One node of a parsed file. A plain object, so that judging code needs no parser and no foreign memory. */
export interface CodeNode {
  readonly type: string;
  /** False for punctuation and keywords. */
  readonly named: boolean;
  /** Its role in its parent, by the grammar's name, or null. */
  readonly field: string | null;
  /** 0-based line of its first character. */
  readonly row: number;
  readonly text: string;
  readonly parent: CodeNode | null;
  readonly children: readonly CodeNode[];
}

export interface ParsedCode {
  readonly root: CodeNode;
  /** False when the parser had to guess anywhere. */
  readonly whole: boolean;
}

export function fieldOf(node: CodeNode, field: string): CodeNode | null {
  return node.children.find((child) => child.field === field) ?? null;
}

export function namedChildren(node: CodeNode): CodeNode[] {
  return node.children.filter(({ named }) => named);
}

/** The node and everything below it, parents first. */
export function* walk(node: CodeNode): Generator<CodeNode> {
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    for (let at = next.children.length - 1; at >= 0; at -= 1) waiting.push(next.children[at] as CodeNode);
  }
}

/** The source of a node without comments, function bodies and layout: what is called with what. */
export function textWithout(node: CodeNode, left: ReadonlySet<string>): string {
  if (left.has(node.type) || /comment/.test(node.type)) return '{}';
  if (node.children.length === 0) return node.text;
  const parts = node.children.map((child) => textWithout(child, left));
  // Text between the children, as in strings, belongs to no child.
  return node.children.some(({ named }) => named) || parts.join('') === node.text.replace(/\s+/g, '')
    ? parts.join(' ')
    : node.text;
}
