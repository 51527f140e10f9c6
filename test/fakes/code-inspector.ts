import type { CodeInspector } from '@selfheal/patch-guard/code-inspector.ts';
import { inspectPatch } from '@selfheal/patch-guard/inspect-patch.ts';
import { makeTreeSitter } from '@selfheal/patch-guard/tree-sitter.ts';

/** The real check with the real parsers, without a function around it. */
export function makeLocalInspector(): CodeInspector {
  const parser = makeTreeSitter();
  return { inspect: async (_incidentId, files) => ({ reasons: await inspectPatch(files, parser) }) };
}
