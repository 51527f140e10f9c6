import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Node, Tree, Parser as TreeSitterParser } from '@vscode/tree-sitter-wasm';
import { type CodeParser, ParserGaveUp } from './code-inspector.ts';
import type { CodeNode } from './content/code-node.ts';
import { GRAMMARS, type Grammar } from './content/grammars.ts';

const PACKAGE = '@vscode/tree-sitter-wasm';

/**
 * Tree-sitter in WebAssembly, which needs no compiler. Grammars are loaded when they are first needed. `maxSeconds`: processor time that one text may
 * take; some texts that are no code take the square of their length.
 */
export function makeTreeSitter({ maxSeconds = Number.POSITIVE_INFINITY } = {}): CodeParser {
  const treeOf = makeTreeParser(maxSeconds);
  return {
    async parse(grammar, text) {
      const tree = await treeOf(grammar, text);
      try {
        return { root: plain(tree.rootNode, text), whole: !tree.rootNode.hasError };
      } finally {
        tree.delete();
      }
    },
  };
}

/** Parses into a tree in WebAssembly's memory, which the caller has to delete. Throws `ParserGaveUp`. */
export function makeTreeParser(maxSeconds: number): (grammar: Grammar, text: string) => Promise<Tree> {
  const require = createRequire(import.meta.url);
  const folder = join(require.resolve(PACKAGE), '..');
  const { Parser, Language } = require(PACKAGE) as typeof import('@vscode/tree-sitter-wasm');
  let started: Promise<void> | null = null;
  const parsers = new Map<Grammar, Promise<TreeSitterParser>>();
  const load = async (grammar: Grammar): Promise<TreeSitterParser> => {
    started ??= Parser.init({ locateFile: (file: string) => join(folder, file) });
    await started;
    const parser = new Parser();
    parser.setLanguage(await Language.load(await readFile(join(folder, GRAMMARS[grammar]))));
    return parser;
  };
  return async (grammar, text) => {
    const known = parsers.get(grammar) ?? load(grammar);
    parsers.set(grammar, known);
    const parser = await known;
    const began = process.cpuUsage();
    const tree = parser.parse(text, null, {
      // The declared result is void, but true ends the parsing (web-tree-sitter, `ParseOptions`).
      progressCallback: () => process.cpuUsage(began).user > maxSeconds * 1e6,
    });
    if (tree !== null) return tree;
    // Otherwise the next text would be read as the rest of this one.
    parser.reset();
    throw new ParserGaveUp(`The ${grammar} parser took more than ${maxSeconds} seconds.`);
  };
}

interface Growing {
  type: string;
  named: boolean;
  field: string | null;
  row: number;
  text: string;
  parent: CodeNode | null;
  children: Growing[];
}

/** Copies the tree out of WebAssembly's memory. Iterates: code can nest deeper than a stack. */
function plain(root: Node, text: string): CodeNode {
  const cursor = root.walk();
  const make = (parent: Growing | null): Growing => {
    const own: Growing = {
      type: cursor.nodeType,
      named: cursor.nodeIsNamed,
      field: cursor.currentFieldName,
      row: cursor.startPosition.row,
      text: text.slice(cursor.startIndex, cursor.endIndex),
      parent,
      children: [],
    };
    parent?.children.push(own);
    return own;
  };
  const top = make(null);
  let at: Growing = top;
  for (;;) {
    if (cursor.gotoFirstChild()) {
      at = make(at);
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) {
        cursor.delete();
        return top;
      }
      at = (at.parent as Growing | null) ?? top;
    }
    at = make((at.parent as Growing | null) ?? top);
  }
}
