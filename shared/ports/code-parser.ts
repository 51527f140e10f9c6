import type { ParsedCode } from '#shared/domain/patch/content/code-node.ts';
import type { Grammar } from '#shared/domain/patch/content/grammars.ts';

/** Parses text of one of the grammars. */
export interface CodeParser {
  parse(grammar: Grammar, text: string): Promise<ParsedCode>;
}
