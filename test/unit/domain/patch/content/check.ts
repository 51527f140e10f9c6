import { makeTreeSitter } from '#shared/adapters/parsers/tree-sitter.ts';
import { inspectPatch } from '#shared/app/plan/inspect-patch.ts';

const parser = makeTreeSitter();

/** Why a change of one file needs an approval; empty when it does not. */
export function reasonsFor(path: string, before: string | null, after: string) {
  return inspectPatch([{ path, before, after }], parser);
}
