import { type CodeParser, ParserGaveUp } from '@selfheal/patch-guard/code-inspector.ts';
import { type Grammar, grammarOf } from '@selfheal/patch-guard/content/grammars.ts';
import { languageOf } from '@selfheal/patch-guard/language.ts';
import type { Finding } from '@selfheal/reports/normal-form/normal-form.ts';
import {
  analyzeArchitecture,
  type ScannedFile,
  type ScannedTree,
} from '../../domain/architecture/analyze-architecture.ts';
import type { ArchitectureAnalysis, SkipReason } from '../../domain/architecture/architecture-analysis.ts';
import type { ImportEdge } from '../../domain/architecture/import-graph.ts';
import { javaScriptFacts } from '../../domain/architecture/javascript-facts.ts';
import { pythonFacts } from '../../domain/architecture/python-facts.ts';
import { makePythonResolver, type Resolution } from '../../domain/architecture/python-modules.ts';
import type { ImportStatement } from '../../domain/architecture/source-facts.ts';
import type { ModuleResolver, SourceTree } from '../../ports/source-tree.ts';

interface ArchitectureScan {
  readonly tree: SourceTree;
  readonly parser: CodeParser;
  readonly resolver: ModuleResolver;
  /** Findings of code scanning; null when no report was given. */
  readonly findings: readonly Finding[] | null;
  /** An earlier analysis to compare with. */
  readonly baseline: ArchitectureAnalysis | null;
}

const MAX_SPECIFIER_LENGTH = 200;
/** Files without code: whatever they import is a type. */
const DECLARATIONS = /\.d\.[cm]?ts$/;
/** Longer lines than this on average are not written by people. */
const MAX_MEAN_LINE_LENGTH = 400;
const MIN_GENERATED_LENGTH = 20_000;

/** Reads every TypeScript, JavaScript and Python file of a tree and measures what their imports and functions show. */
export async function scanArchitecture(scan: ArchitectureScan): Promise<ArchitectureAnalysis> {
  const { tree, parser } = scan;
  const skipped = new Map<SkipReason, string[]>(Array.from(tree.skipped, ([reason, files]) => [reason, [...files]]));
  const skip = (reason: SkipReason, file: string): void => {
    const known = skipped.get(reason);
    if (known === undefined) skipped.set(reason, [file]);
    else known.push(file);
  };
  const files: ScannedFile[] = [];
  for (const file of tree.files) {
    const grammar = sourceGrammar(file);
    if (grammar === null) continue;
    const content = await tree.read(file);
    if ('skipped' in content) skip(content.skipped, file);
    else if (isGenerated(file, content.text)) skip('generated', file);
    else {
      const parsed = await parser.parse(grammar, content.text).catch(gaveUp);
      if (parsed === null) {
        skip('slow', file);
        continue;
      }
      const { root, whole } = parsed;
      if (!whole) skip('partly', file);
      const facts = grammar === 'python' ? pythonFacts(root) : javaScriptFacts(root);
      const language = grammar === 'tsx' ? 'typescript' : grammar;
      files.push({ file, language, lines: content.text.split('\n').length, facts });
    }
  }
  const { imports, unresolved } = resolveImports(files, scan);
  const history = await tree.history();
  return analyzeArchitecture(
    { commit: tree.commit, files, imports, unresolved, skipped, history, findings: scan.findings },
    scan.baseline,
  );
}

function gaveUp(error: unknown): null {
  if (error instanceof ParserGaveUp) return null;
  throw error;
}

type SourceGrammar = Extract<Grammar, 'javascript' | 'typescript' | 'tsx' | 'python'>;

function sourceGrammar(file: string): SourceGrammar | null {
  const language = languageOf(file);
  if (language !== 'javascript' && language !== 'python') return null;
  return (grammarOf(file, language)?.grammar ?? null) as SourceGrammar | null;
}

const isGenerated = (file: string, text: string): boolean =>
  /[.-]min\.[cm]?js$/.test(file) ||
  (text.length > MIN_GENERATED_LENGTH && text.length / text.split('\n').length > MAX_MEAN_LINE_LENGTH);

function resolveImports(
  files: readonly ScannedFile[],
  { tree, resolver }: ArchitectureScan,
): Pick<ScannedTree, 'imports' | 'unresolved'> {
  const resolvePython = makePythonResolver(tree.files);
  const resolve = (from: ScannedFile, statement: ImportStatement): Resolution => {
    if (from.language === 'python') return resolvePython(from.file, statement);
    const found = resolver.resolve(from.file, statement.specifier);
    return typeof found === 'string' ? found : [found.file];
  };
  const imports: ImportEdge[] = [];
  const unresolved: ScannedTree['unresolved'] = [];
  for (const from of files) {
    for (const statement of from.facts.imports) {
      const found = resolve(from, statement);
      if (found === 'unresolved') {
        const specifier = statement.specifier.slice(0, MAX_SPECIFIER_LENGTH);
        unresolved.push({ file: from.file, line: statement.line, specifier });
      } else if (found !== 'external') {
        const phase = DECLARATIONS.test(from.file) ? 'types' : statement.phase;
        for (const to of found) imports.push({ from: from.file, to, phase });
      }
    }
  }
  return { imports, unresolved };
}
