// Plain JavaScript, so that the process of the store starts without the type stripper.
import { createRequire } from 'node:module';

const dynalite = createRequire(import.meta.resolve('dynalite'));
const PARSERS = ['./db/conditionParser', './db/updateParser', './db/projectionParser'];
/** Expressions kept by each parser; then it begins anew. Names in them may be made of times, so that some never come again. */
const MAX_KNOWN = 500;
/** Of these the values decide, not only their types, whether the expression is valid. */
const DEPENDS_ON_VALUES = /\bbetween\b|attribute_type/i;

/**
 * dynalite parses the expressions of each request anew, with a grammar that tries every rule at every place: a quarter of what the store computes.
 * A function sends the same few expressions with other values, so those that were valid are kept, with places for the values.
 */
export function rememberExpressions() {
  for (const file of PARSERS) {
    const parser = dynalite(file);
    parser.parse = remembering(parser.parse);
  }
}

/** The same parser, which parses an expression once for the same names and types of values. */
export function remembering(parse) {
  const known = new Map();
  return (text, options) => {
    if (DEPENDS_ON_VALUES.test(text)) return parse(text, options);
    const { context } = options;
    const attrNames = context.attrNames ?? {};
    const attrVals = context.attrVals ?? {};
    const types = Object.entries(attrVals).map(([name, value]) => [name, typesOf(value)]);
    const key = JSON.stringify([text, attrNames, types]);
    let found = known.get(key);
    if (found === undefined) {
      found = learn(parse, text, { ...context, attrNames, attrVals });
      // Errors are made anew: they may quote values.
      if (found === null) return parse(text, options);
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(key, found);
    }
    for (const name of found.names) delete context.unusedAttrNames?.[name];
    for (const name of found.values) delete context.unusedAttrVals?.[name];
    return filled(found.tree, attrVals);
  };
}

/** Where the value of this name stands in an expression. */
class ValueOf {
  constructor(name) {
    this.name = name;
  }
}

/** The parsed expression and the names and values that it uses; null when it is not valid. */
function learn(parse, text, context) {
  const { attrNames, attrVals } = context;
  const unusedAttrNames = { ...attrNames };
  const unusedAttrVals = { ...attrVals };
  let parsed;
  try {
    parsed = parse(text, { context: { ...context, unusedAttrNames, unusedAttrVals } });
  } catch {
    return null;
  }
  if (typeof parsed !== 'object') return null;
  const nameOf = new Map(Object.entries(attrVals).map(([name, value]) => [value, name]));
  return {
    tree: copied(parsed, (value) => (nameOf.has(value) ? new ValueOf(nameOf.get(value)) : null)),
    names: Object.keys(attrNames).filter((name) => !(name in unusedAttrNames)),
    values: Object.keys(attrVals).filter((name) => !(name in unusedAttrVals)),
  };
}

const filled = (tree, values) => copied(tree, (node) => (node instanceof ValueOf ? values[node.name] : null));

/** A copy of a tree of objects and arrays, with `replace` of a node instead of it where that is not null. */
function copied(node, replace) {
  if (node === null || typeof node !== 'object') return node;
  const other = replace(node);
  if (other !== null) return other;
  if (Array.isArray(node)) return node.map((one) => copied(one, replace));
  const copy = Object.create(Object.getPrototypeOf(node));
  for (const [name, value] of Object.entries(node)) copy[name] = copied(value, replace);
  return copy;
}

const typesOf = (value) =>
  value !== null && typeof value === 'object' ? Object.keys(value).filter((type) => value[type] != null) : typeof value;
