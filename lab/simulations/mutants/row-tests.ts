import ts from 'typescript';

/** A test as its file declares it; a table of cases counts as one. */
export interface DeclaredTest {
  readonly file: string;
  /** Names of the groups around it and its own, as written; computed parts as `*`. */
  readonly name: string;
  /** Regular expression for its full name, and for those of its cases. */
  readonly pattern: string;
}

export type SuiteName = 'fast' | 'slow' | 'browser';

const ROW = /\[([A-E]\d{1,3})\]/g;
/** What Vitest fills in in the names of a table's cases: printf directives, `$property`. */
const COMPUTED = /\*|%[sdifjoO#%$]|\$[\w.]+/g;

/** The tests that a file declares with `it` or `test`, whether plain, `.each` or `.skipIf`. */
export function declaredTests(file: string, text: string): DeclaredTest[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const found: DeclaredTest[] = [];
  const visit = (node: ts.Node, groups: readonly string[]): void => {
    const { kind, name, rest } = declarationOf(node);
    if (kind === 'it') found.push(declaredTest(file, [...groups, name]));
    else if (kind === 'describe') for (const one of rest) visit(one, [...groups, name]);
    else ts.forEachChild(node, (child) => visit(child, groups));
  };
  visit(source, []);
  return found;
}

const declaredTest = (file: string, names: readonly string[]): DeclaredTest => ({
  file,
  name: names.join(' '),
  pattern: `${names.map(patternOf).join('[ >]+')}$`,
});

interface Declaration {
  readonly kind: 'describe' | 'it' | null;
  readonly name: string;
  readonly rest: readonly ts.Expression[];
}

function declarationOf(node: ts.Node): Declaration {
  if (!ts.isCallExpression(node)) return { kind: null, name: '', rest: [] };
  const [title, ...rest] = node.arguments;
  const name = title === undefined ? null : nameIn(title);
  return { kind: name === null ? null : calleeOf(node.expression), name: name ?? '', rest };
}

/** The function at the root of `it.each(cases)('name', ...)` if it declares tests. */
function calleeOf(expression: ts.Expression): 'describe' | 'it' | null {
  let root = expression;
  while (!ts.isIdentifier(root)) {
    if (ts.isPropertyAccessExpression(root) || ts.isCallExpression(root)) root = root.expression;
    else if (ts.isTaggedTemplateExpression(root)) root = root.tag;
    else return null;
  }
  if (root.text === 'describe') return 'describe';
  return root.text === 'it' || root.text === 'test' ? 'it' : null;
}

function nameIn(title: ts.Expression): string | null {
  if (ts.isStringLiteralLike(title)) return title.text;
  if (!ts.isTemplateExpression(title)) return null;
  return title.head.text + title.templateSpans.map(({ literal }) => `*${literal.text}`).join('');
}

const patternOf = (name: string): string =>
  name
    .split(COMPUTED)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .join('.*');

/** The rows of the ledger that a name proves. */
export const rowsIn = (name: string): string[] => [...name.matchAll(ROW)].map(([, id = '']) => id);

/** Where a file of tests is played (`vitest.config.ts`); whole systems count as slow, the one that `npm test` plays included. */
export function suiteOf(file: string): SuiteName {
  if (file.startsWith('test/browser/')) return 'browser';
  const isSlow = /^test\/(?:e2e|faults)\//.test(file) || file.endsWith('.slow.test.ts') || /canaries\.fuzz/.test(file);
  return isSlow ? 'slow' : 'fast';
}
