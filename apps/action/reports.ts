import { glob, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { makeRepositoryFiles, type RepositoryFiles } from '@selfheal/reports/normal-form/repository-path.ts';
import type { ReadReportsOptions, ReportSet } from '@selfheal/reports/read/read-reports.ts';
import { runGit } from '#apps/workbench/input/git.ts';
import { readReportFile, reportFilesOf, repositoryFileReader } from '#shared/adapters/archive/report-files.ts';
import type { TaskInput } from './task.ts';

/** A pattern does not match reports inside installed packages. */
const SKIPPED = new Set(['node_modules', '.git']);
const IS_PATTERN = /[*?[\]{}]/;

/** One entry of an input, and the files that it names. */
export interface NamedFiles {
  /** Whether it is a pattern, and the folder before its first wildcard. */
  readonly pattern: boolean;
  readonly base: string;
  readonly files: readonly string[];
}

/**
 * The files that the patterns, files and folders of an input name. Throws `InvalidInput` with the first that matches none: a missing report must not pass for an empty one.
 */
export async function filesOf(
  input: string,
  entries: readonly string[],
  { job: { workspace } }: Pick<TaskInput, 'job'>,
): Promise<NamedFiles[]> {
  const named: NamedFiles[] = [];
  for (const entry of entries) {
    const found = await filesOfOne(entry, workspace);
    if (found.files.length === 0)
      throw new InvalidInput(
        `${input}: no file is called ${entry} in ${workspace}. The step before did not write it, or the path is another one.`,
      );
    named.push(found);
  }
  return named;
}

async function filesOfOne(entry: string, workspace: string): Promise<NamedFiles> {
  if (!IS_PATTERN.test(entry)) {
    const path = resolve(workspace, entry);
    const files = (await stat(path).catch(() => null)) === null ? [] : await reportFilesOf(path);
    return { pattern: false, base: workspace, files };
  }
  const files: string[] = [];
  const exclude = ({ name }: { readonly name: string }): boolean => SKIPPED.has(name);
  for await (const found of glob(entry, { cwd: workspace, withFileTypes: true, exclude }))
    if (found.isFile()) files.push(resolve(found.parentPath, found.name));
  const fixed = entry.slice(0, entry.search(IS_PATTERN)).replace(/[^/]*$/, '');
  return { pattern: true, base: resolve(workspace, fixed), files: files.sort() };
}

/** The files that are not empty: a step that printed nothing has nothing to explain. */
export async function withText(files: readonly string[]): Promise<string[]> {
  const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
  return files.filter((_, at) => sizes[at] !== 0);
}

/** The files of the input `reports`. */
export async function reportFiles(input: TaskInput): Promise<NamedFiles[]> {
  if (input.inputs.reports.length === 0) throw new InvalidInput('reports: name the files of at least one report.');
  return await filesOf('reports', input.inputs.reports, input);
}

/** Reads the reports that the inputs name. Throws `InvalidInput` for missing ones and `UnreadableReport` for the first that cannot be read. */
export async function readJobReports(input: TaskInput): Promise<ReportSet> {
  return await readFiles(
    (await reportFiles(input)).flatMap(({ files }) => files),
    input,
  );
}

export async function readFiles(
  files: readonly string[],
  { job: { workspace } }: Pick<TaskInput, 'job'>,
  options: ReadReportsOptions = {},
): Promise<ReportSet> {
  // Loaded here, because the parsers are not needed to start.
  const { readReports } = await import('@selfheal/reports/read/read-reports.ts');
  const inputs = [...new Set(files)].map((path) => ({ name: relative(workspace, path), pieces: readReportFile(path) }));
  const paths = { workspaces: [workspace], files: await repositoryFiles(workspace) };
  const set = await readReports(inputs, { ...options, paths });
  const [unreadable] = set.unreadable;
  if (unreadable !== undefined) throw unreadable;
  return set;
}

/** The files that git knows, to complete the paths of reports; null where there is no repository. */
async function repositoryFiles(workspace: string): Promise<RepositoryFiles | null> {
  const listed = await runGit(workspace, 'ls-files', '-z');
  if (listed === null) return null;
  return makeRepositoryFiles(
    listed.split('\0').filter((path) => path !== ''),
    repositoryFileReader(workspace),
  );
}
