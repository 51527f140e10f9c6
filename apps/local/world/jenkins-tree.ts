/** Fields by their names, with what is taken of each: `builds[number,result]{0,10}`. */
interface Tree {
  readonly fields: ReadonlyMap<string, Tree>;
  /** Of the entries of a list: from, and up to but without. */
  readonly range: readonly [number, number] | null;
}

/** What `tree` takes of a bean; `_class` always, as Jenkins does, and everything without a `tree`. Null: it is malformed. */
export function pickTree(bean: unknown, tree: string | null): unknown {
  if (tree === null) return bean;
  const parsed = parseTree(tree);
  return parsed === null ? null : pick(bean, parsed);
}

function pick(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) {
    const [from, until] = tree.range ?? [0, value.length];
    return value.slice(from, until).map((each: unknown) => pick(each, tree));
  }
  if (value === null || typeof value !== 'object' || tree.fields.size === 0) return value;
  const all = value as Record<string, unknown>;
  const chosen = [...tree.fields].flatMap(([name, inner]) => (name in all ? [[name, pick(all[name], inner)]] : []));
  return { ...('_class' in all ? { _class: all._class } : {}), ...Object.fromEntries(chosen) };
}

function parseTree(text: string): Tree | null {
  const tokens = text.match(/[\w$]+|\{\d*,?\d*\}|[[\],]|./g) ?? [];
  const at = { index: 0 };
  const fields = parseFields(tokens, at);
  return fields === null || at.index < tokens.length ? null : { fields, range: null };
}

function parseFields(tokens: readonly string[], at: { index: number }): Map<string, Tree> | null {
  const fields = new Map<string, Tree>();
  for (;;) {
    const name = tokens[at.index] ?? '';
    if (!/^[\w$]+$/.test(name)) return null;
    at.index += 1;
    let inner: Map<string, Tree> | null = new Map();
    if (tokens[at.index] === '[') {
      at.index += 1;
      inner = parseFields(tokens, at);
      if (inner === null || tokens[at.index] !== ']') return null;
      at.index += 1;
    }
    const [, from, until] = /^\{(\d*),(\d*)\}$/.exec(tokens[at.index] ?? '') ?? [];
    if (from !== undefined) at.index += 1;
    const range = from === undefined ? null : ([Number(from || 0), Number(until || Number.MAX_SAFE_INTEGER)] as const);
    fields.set(name, { fields: inner, range });
    if (tokens[at.index] !== ',') return fields;
    at.index += 1;
  }
}
