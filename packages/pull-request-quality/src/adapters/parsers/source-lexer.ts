import { ParserGaveUp } from '@selfheal/patch-guard/code-inspector.ts';
import type { Grammar } from '@selfheal/patch-guard/content/grammars.ts';
import { makeTreeParser } from '@selfheal/patch-guard/tree-sitter.ts';
import type { Node } from '@vscode/tree-sitter-wasm';
import type { LexedSource, SourceString } from '../../domain/test-selection/source-references.ts';
import type { SourceLexer } from '../../ports/source-tree.ts';

/** For one file; a megabyte of code takes about one. */
const MAX_SECONDS = 5;
const WANTED = ['comment', 'html_comment', 'string', 'template_string', 'import_statement', 'export_statement'];
const PYTHON_WANTED = ['comment', 'import_statement', 'import_from_statement'];
/** A word or a label that the grammars take for an error, as in newer syntax (`export type *`, `using`, `[number: number]`). It hides no import. */
const HARMLESS = /^(?:await\s+)?[\w$]{1,40}\s*[:?]{0,2}$/;
/** `import type X`, but not the default import `type`. */
const TYPES_ONLY = /^(?:import|export)\s+type\b(?!\s*(?:,|from\b\s*["'`]))/;

/** Lexes with tree-sitter: a text of comments, strings, templates, regular expressions and JSX cannot be told apart by patterns. */
export function makeSourceLexer(): SourceLexer {
  const parse = makeTreeParser(MAX_SECONDS);
  const lexedBy = async (grammar: Grammar, text: string): Promise<LexedSource | null> => {
    try {
      const tree = await parse(grammar, text);
      try {
        if (tree.rootNode.hasError && !isHarmless(tree.rootNode)) return null;
        return grammar === 'python' ? pythonSource(tree.rootNode, text) : scriptSource(tree.rootNode, text);
      } finally {
        tree.delete();
      }
    } catch (error) {
      if (error instanceof ParserGaveUp) return null;
      throw error;
    }
  };
  /** A file with a template: its scripts are lexed, in their places, and the rest stays as it is. */
  const component = async (text: string): Promise<LexedSource | null> => {
    const scripts = scriptsIn(text);
    const only = blanked(text, outsideOf(scripts, text.length));
    const lexed = (await lexedBy('typescript', only)) ?? (await lexedBy('tsx', only));
    if (lexed === null) return null;
    let code = '';
    let at = 0;
    for (const { from, to } of scripts) {
      code += text.slice(at, from) + lexed.code.slice(from, to);
      at = to;
    }
    return { ...lexed, code: code + text.slice(at) };
  };
  return {
    async lex(path, text) {
      if (/\.pyi?$/.test(path)) return await lexedBy('python', text);
      if (/\.[jt]sx$/.test(path)) return await lexedBy('tsx', text);
      if (/\.[cm]?ts$/.test(path)) return await lexedBy('typescript', text);
      if (/\.(?:vue|svelte)$/.test(path)) return await component(text);
      // JavaScript with types (Flow) is read as TSX.
      return (await lexedBy('javascript', text)) ?? (await lexedBy('tsx', text));
    },
  };
}

/** Whether every error is no more than a word. */
function isHarmless(root: Node): boolean {
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.isMissing) return false;
    if (node.isError) {
      if (!HARMLESS.test(node.text.trim())) return false;
      continue;
    }
    for (const child of node.children) if (child !== null && (child.hasError || child.isMissing)) waiting.push(child);
  }
  return true;
}

const present = (nodes: (Node | null)[]): Node[] => nodes.flatMap((node) => node ?? []);

interface Range {
  readonly from: number;
  readonly to: number;
}
const rangeOf = ({ startIndex: from, endIndex: to }: Node): Range => ({ from, to });

/** The contents of the elements `script`. */
function scriptsIn(text: string): Range[] {
  const lower = text.toLowerCase();
  const found: Range[] = [];
  for (let at = lower.indexOf('<script'); at >= 0; at = lower.indexOf('<script', at)) {
    const from = lower.indexOf('>', at) + 1;
    const end = from === 0 ? -1 : lower.indexOf('</script', from);
    if (from === 0) break;
    const to = end < 0 ? text.length : end;
    found.push({ from, to });
    at = to;
  }
  return found;
}

function outsideOf(ranges: readonly Range[], length: number): Range[] {
  const starts = [0, ...ranges.map(({ to }) => to)];
  const ends = [...ranges.map(({ from }) => from), length];
  return starts.map((from, at) => ({ from, to: ends[at] ?? length }));
}

/** The text with spaces for the ranges, which come in order and may lie inside each other. Line breaks stay. */
function blanked(text: string, ranges: readonly Range[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to } of ranges) {
    if (to <= at) continue;
    const begin = Math.max(at, from);
    parts.push(text.slice(at, begin), text.slice(begin, to).replaceAll(/[^\n]/g, ' '));
    at = to;
  }
  return parts.join('') + text.slice(at);
}

function scriptSource(root: Node, text: string): LexedSource {
  const found = present(root.descendantsOfType(WANTED));
  const comments = found.filter(({ type }) => /comment$/.test(type)).map(rangeOf);
  const code = blanked(text, comments);
  const types: Range[] = [];
  const strings: SourceString[] = [];
  const literals: Range[] = [];
  for (const node of found) {
    const { from, to } = rangeOf(node);
    if (/_statement$/.test(node.type)) {
      if (TYPES_ONLY.test(code.slice(from, Math.min(to, from + 500))) && node.childForFieldName('source') !== null)
        types.push({ from, to });
      continue;
    }
    if (/comment$/.test(node.type)) continue;
    const isComputed = node.type === 'template_string' && /\$\{/.test(text.slice(from, to));
    if (!isComputed) literals.push({ from: from + 1, to: to - 1 });
    strings.push({ text: text.slice(from + 1, isComputed ? text.indexOf('${', from) : to - 1), at: from, isComputed });
  }
  const inType = (at: number): boolean => types.some(({ from, to }) => at >= from && at < to);
  return {
    code,
    bare: blanked(code, literals),
    types,
    strings: types.length === 0 ? strings : strings.map((one) => (inType(one.at) ? { ...one, isTypeOnly: true } : one)),
    statements: [],
  };
}

function pythonSource(root: Node, text: string): LexedSource {
  const found = present(root.descendantsOfType(PYTHON_WANTED));
  const comments = found.filter(({ type }) => type === 'comment').map(rangeOf);
  const code = blanked(text, comments);
  const statements = found
    .filter(({ type }) => type !== 'comment')
    .map(({ startIndex, endIndex }) => code.slice(startIndex, endIndex));
  // Comments may name what a tool runs: they count as far as they look like a path.
  return { code: text, bare: code, types: [], strings: [], statements };
}
