import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { makeTreeSitter } from '@selfheal/patch-guard/tree-sitter.ts';
import { makeModuleResolver } from '@selfheal/pull-request-quality/adapters/architecture/module-resolver.ts';
import { openSourceTree } from '@selfheal/pull-request-quality/adapters/architecture/source-tree.ts';
import { drawFolders } from '@selfheal/pull-request-quality/app/architecture/draw-folders.ts';
import { scanArchitecture } from '@selfheal/pull-request-quality/app/architecture/scan-architecture.ts';
import {
  ANALYSIS_VERSION,
  ArchitectureAnalysis,
} from '@selfheal/pull-request-quality/domain/architecture/architecture-analysis.ts';
import { renderArchitectureReport } from '@selfheal/pull-request-quality/domain/architecture/architecture-report.ts';
import { groupFolders } from '@selfheal/pull-request-quality/domain/architecture/folder-groups.ts';
import { modelClients } from '#shared/app/analyze/connect.ts';
import { wordOverview } from '#shared/app/model-words/word-overview.ts';
import { modelChoiceOf, modelPorts } from '../analyze/model-choice.ts';
import { runGit } from '../input/git.ts';
import { inputError } from '../input/open-input.ts';
import { readNamedReports } from '../reports/named-reports.ts';

/** For one file; a megabyte of code takes about two. */
const MAX_PARSE_SECONDS = 10;

interface FolderScan {
  readonly analysis: ArchitectureAnalysis;
  readonly report: string;
  /** SVG. */
  readonly drawing: string;
}

interface FolderScanOptions {
  /** File of an earlier analysis. */
  readonly baseline?: string | undefined;
  /** Reports of code scanning, or folders of them. */
  readonly findings?: readonly string[] | undefined;
  /** Who words the opening paragraph: `rules` or a model; by default the one that the environment configures. */
  readonly model?: string | undefined;
  /** Name of the file that the report shows. */
  readonly drawing: string;
}

/** Scans a folder. Throws `UsageError` or `InvalidInput` for a folder, a baseline, a report or a model that cannot be used. */
export async function scanFolder(
  folder: string,
  { baseline, findings = [], model, drawing }: FolderScanOptions,
  terminal: Terminal,
): Promise<FolderScan> {
  const choice = modelChoiceOf(model, terminal.environment, (line) => terminal.say(`selfheal: ${line}`));
  const before = baseline === undefined ? null : baselineOf(baseline, terminal);
  const found = findings.length === 0 ? null : await readNamedReports(findings, { kind: 'findings' }, folder);
  const tree = await openSourceTree(folder, runGit);
  const resolver = makeModuleResolver(tree.files, (file) => configurationText(join(folder, file)));
  const scan = {
    tree,
    parser: makeTreeSitter({ maxSeconds: MAX_PARSE_SECONDS }),
    resolver,
    findings: found === null ? null : (found.findings?.kept ?? []),
    baseline: before,
  };
  const analysis = await scanArchitecture(scan);
  if (analysis.modules.length + analysis.skipped.length === 0) {
    throw new UsageError(
      `${folder}: no TypeScript, JavaScript or Python file that Git does not ignore. Pass the root of a project.`,
    );
  }
  const picture = drawFolders(groupFolders(analysis));
  const report = renderArchitectureReport(analysis, { drawing });
  if (choice === null) return { analysis, report, drawing: picture };
  const { settings, key } = choice;
  const client = modelClients(settings, await modelPorts(key))(settings.modelId);
  const { timeoutSeconds, maxOutputTokens } = settings;
  const words = await wordOverview(report, { client, timeoutSeconds, maxOutputTokens });
  if ('note' in words) {
    terminal.say(words.note);
    return { analysis, report, drawing: picture };
  }
  const worded = renderArchitectureReport(analysis, { drawing, overview: words.overview });
  return { analysis, report: worded, drawing: picture };
}

/** Null for what cannot be read: imports that depend on it are then reported as unresolved. */
function configurationText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Null, with a message, where there is no such file: the first scan of a repository has nothing to compare with. */
function baselineOf(file: string, terminal: Terminal): ArchitectureAnalysis | null {
  let document: unknown;
  if (!existsSync(file)) {
    terminal.say(`--baseline ${file}: there is no such file yet, so nothing is compared.`);
    return null;
  }
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw inputError(file, error);
    throw new UsageError(`--baseline ${file}: this is not JSON. Pass an architecture_analysis.json.`, { cause: error });
  }
  const parsed = ArchitectureAnalysis.safeParse(document);
  if (parsed.success) return parsed.data;
  const { version } = (document ?? {}) as { readonly version?: unknown };
  const other = typeof version === 'number' && version !== ANALYSIS_VERSION;
  const [issue] = parsed.error.issues;
  throw new UsageError(
    other
      ? `--baseline ${file}: has version ${version}; this Selfheal reads version ${ANALYSIS_VERSION}. Scan the default branch again.`
      : `--baseline ${file}: is not an architecture analysis (${issue?.path.join('.') || 'the document'}: ${issue?.message}).`,
  );
}
