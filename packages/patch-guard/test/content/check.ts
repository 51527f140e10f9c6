import { inspectPatch } from '../../src/inspect-patch.ts';
import { makeTreeSitter } from '../../src/tree-sitter.ts';

const parser = makeTreeSitter();

/** Why a change of one file needs an approval; empty when it does not. */
export function reasonsFor(path: string, before: string | null, after: string) {
  return inspectPatch([{ path, before, after }], parser);
}
