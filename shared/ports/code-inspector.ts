import type { ParsedCode } from '#shared/domain/patch/content/code-node.ts';
import type { Grammar } from '#shared/domain/patch/content/grammars.ts';
import type { Inspection } from '#shared/domain/patch/inspection.ts';

export interface InspectedFile {
  readonly path: string;
  /** Null for a new file. */
  readonly before: string | null;
  readonly after: string;
}

/** Says what a patch newly does, from its parsed code. Throws when the inspection failed. */
export interface CodeInspector {
  inspect(incidentId: string, files: readonly InspectedFile[]): Promise<Inspection>;
}

/** Parses text with one of the grammars. */
export interface CodeParser {
  parse(grammar: Grammar, text: string): Promise<ParsedCode>;
}
