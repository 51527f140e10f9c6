import type { ParsedCode } from './content/code-node.ts';
import type { Grammar } from './content/grammars.ts';
import type { Inspection } from './inspection.ts';

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

/** The parser was stopped, because the text took longer than it may. Other texts can be parsed. */
export class ParserGaveUp extends Error {
  override readonly name = 'ParserGaveUp';
}

/** Parses text with one of the grammars. */
export interface CodeParser {
  parse(grammar: Grammar, text: string): Promise<ParsedCode>;
}
