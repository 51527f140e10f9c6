import { execFile } from 'node:child_process';
import { glob, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { readReportFile, reportFilesOf } from '#shared/adapters/archive/report-files.ts';
import type { ReadReportsOptions, ReportSet } from '#shared/app/reports/read-reports.ts';
import type { FailedTestFacts, JobFacts } from '#shared/domain/pull-request/job-result.ts';
import { makeRepositoryFiles, type RepositoryFiles } from '#shared/domain/reports/repository-path.ts';
import { InvalidInput } from '#shared/kernel/errors.ts';
import type { TaskInput } from './task.ts';

/** A pattern may not mean the reports of packages. */
const SKIPPED = new Set(['node_modules', '.git']);
const IS_PATTERN = /[*?[\]{}]/;
const MAX_FAILED = 200;

/** The files that patterns and folders of an input mean. Throws `InvalidInput` naming the first that means none: a missing report is no empty one. */
export async function filesOf(name: string, patterns: readonly string[], workspace: string): Promise<string[]> {
  const files = new Set<string>();
  for (const pattern of patterns) {
    const found = await filesOfOne(pattern, workspace);
    if (found.length === 0)
      throw new InvalidInput(
        `${name}: no file is called ${pattern} in ${workspace}. The step before did not write it, or the path is another one.`,
      );
    for (const file of found) files.add(file);
  }
  return [...files];
}

async function filesOfOne(pattern: string, workspace: string): Promise<string[]> {
  if (!IS_PATTERN.test(pattern)) {
    const path = resolve(workspace, pattern);
    return (await stat(path).catch(() => null)) === null ? [] : await reportFilesOf(path);
  }
  const found: string[] = [];
  for await (const entry of glob(pattern, {
    cwd: workspace,
    withFileTypes: true,
    exclude: ({ name }) => SKIPPED.has(name),
  }))
    if (entry.isFile()) found.push(resolve(entry.parentPath, entry.name));
  return found.sort();
}

/** Reads the reports that the inputs name. Throws `InvalidInput` for missing ones and `UnreadableReport` for the first that cannot be read. */
export async function readJobReports({ inputs, job }: TaskInput, options: ReadReportsOptions = {}): Promise<ReportSet> {
  if (inputs.reports.length === 0) throw new InvalidInput('reports: name the files of at least one report.');
  const { workspace } = job;
  const files = await filesOf('reports', inputs.reports, workspace);
  // Loaded here, because the parsers are not needed to start.
  const { readReports } = await import('#shared/app/reports/read-reports.ts');
  const pieces = files.map((path) => ({ name: relative(workspace, path), pieces: readReportFile(path) }));
  const set = await readReports(pieces, {
    ...options,
    paths: { workspaces: [workspace], files: await repositoryFiles(workspace) },
  });
  const [unreadable] = set.unreadable;
  if (unreadable !== undefined) throw unreadable;
  return set;
}

/** The files that git knows, to complete the paths of reports; null where there is no repository. */
async function repositoryFiles(workspace: string): Promise<RepositoryFiles | null> {
  try {
    const { stdout } = await promisify(execFile)('git', ['ls-files', '-z'], {
      cwd: workspace,
      maxBuffer: 64 * 1024 * 1024,
    });
    return makeRepositoryFiles(stdout.split('\0').filter((path) => path !== ''));
  } catch {
    return null;
  }
}

/** The reports as facts. What only history or a diff can say is unknown. */
export function factsOf({ tests, coverage, findings }: ReportSet): JobFacts[] {
  return [
    ...(tests === null
      ? []
      : [{ kind: 'tests' as const, totals: tests.totals, failed: failedOf(tests.kept).slice(0, MAX_FAILED) }]),
    ...(coverage === null
      ? []
      : [{ kind: 'coverage' as const, totals: coverage.totals, changedLines: null, uncovered: [] }]),
    ...(findings === null ? [] : [{ kind: 'findings' as const, totals: findings.totals, added: null }]),
  ];
}

const failedOf = (kept: NonNullable<ReportSet['tests']>['kept']): FailedTestFacts[] =>
  kept
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'error')
    .map((test) => ({ ...test, flaky: null, quarantined: false, owners: [] }));
