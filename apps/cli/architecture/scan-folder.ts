import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeModuleResolver } from '#shared/adapters/architecture/module-resolver.ts';
import { openSourceTree } from '#shared/adapters/architecture/source-tree.ts';
import { makeTreeSitter } from '#shared/adapters/parsers/tree-sitter.ts';
import { drawFolders } from '#shared/app/architecture/draw-folders.ts';
import { scanArchitecture } from '#shared/app/architecture/scan-architecture.ts';
import { ANALYSIS_VERSION, ArchitectureAnalysis } from '#shared/domain/architecture/architecture-analysis.ts';
import { renderArchitectureReport } from '#shared/domain/architecture/architecture-report.ts';
import { groupFolders } from '#shared/domain/architecture/folder-groups.ts';
import { UsageError } from '../command.ts';
import { runGit } from './git.ts';

export interface ScannedFolder {
  readonly analysis: ArchitectureAnalysis;
  readonly report: string;
  /** SVG. */
  readonly drawing: string;
}

/** Scans a folder. Throws `UsageError` or `InvalidInput` for a folder or a baseline that cannot be used. `drawing`: the file that the report shows. */
export async function scanFolder(
  folder: string,
  options: { readonly baseline: { readonly file: string; readonly text: string } | null; readonly drawing: string },
): Promise<ScannedFolder> {
  const baseline = options.baseline && baselineOf(options.baseline);
  const tree = await openSourceTree(folder, runGit);
  const resolver = makeModuleResolver(tree.files, (file) => readFileSync(join(folder, file), 'utf8'));
  const analysis = await scanArchitecture({ tree, parser: makeTreeSitter(), resolver, findings: null, baseline });
  if (analysis.modules.length === 0) {
    throw new UsageError(`${folder}: no TypeScript, JavaScript or Python file. Pass the root of a project.`);
  }
  const report = renderArchitectureReport(analysis, { drawing: options.drawing });
  return { analysis, report, drawing: drawFolders(groupFolders(analysis)) };
}

function baselineOf({ file, text }: { readonly file: string; readonly text: string }): ArchitectureAnalysis {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--baseline ${file}: this is not JSON. Pass an architecture_analysis.json.`, { cause: error });
  }
  const parsed = ArchitectureAnalysis.safeParse(document);
  if (parsed.success) return parsed.data;
  const { version } = (document ?? {}) as { readonly version?: unknown };
  const other = typeof version === 'number' && version !== ANALYSIS_VERSION;
  throw new UsageError(
    other
      ? `--baseline ${file}: has version ${version}; this Selfheal reads version ${ANALYSIS_VERSION}. Scan the default branch again.`
      : `--baseline ${file}: is not an architecture analysis (${parsed.error.issues[0]?.path.join('.') || 'the document'}: ${parsed.error.issues[0]?.message}).`,
  );
}
