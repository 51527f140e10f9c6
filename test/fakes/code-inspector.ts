import { makeTreeSitter } from '#shared/adapters/parsers/tree-sitter.ts';
import { inspectPatch } from '#shared/app/plan/inspect-patch.ts';
import type { CodeInspector } from '#shared/ports/code-inspector.ts';

/** The real check with the real parsers, without a function around it. */
export function makeLocalInspector(): CodeInspector {
  const parser = makeTreeSitter();
  return { inspect: async (_incidentId, files) => ({ reasons: await inspectPatch(files, parser) }) };
}
