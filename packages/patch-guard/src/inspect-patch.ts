import type { CodeParser, InspectedFile } from './code-inspector.ts';
import { grammarOf } from './content/grammars.ts';
import { judgeContent } from './content/judge-content.ts';
import type { Inspection } from './inspection.ts';
import { languageOf } from './language.ts';

type FoundReason = Inspection['reasons'][number];

const MAX_REASONS = 50;

/**
 * Why a person must look at a patch before any of it runs. Code that cannot be parsed is a reason, and so is a language without a parser.
 */
export async function inspectPatch(files: readonly InspectedFile[], parser: CodeParser): Promise<FoundReason[]> {
  const found: FoundReason[] = [];
  for (const file of files) found.push(...(await inspectFile(file, parser)));
  return found.slice(0, MAX_REASONS);
}

async function inspectFile({ path, before, after }: InspectedFile, parser: CodeParser): Promise<FoundReason[]> {
  const language = languageOf(path);
  const known = language === null ? null : grammarOf(path, language);
  if (known === null) return [{ path, line: 1, reason: 'Selfheal has no parser for this kind of file.' }];
  const { grammar, profile } = known;
  const old = before === null ? null : await parser.parse(grammar, before);
  return judgeContent(old, await parser.parse(grammar, after), profile).map((reason) => ({ path, ...reason }));
}
