import { resolve } from 'node:path';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import { UnreadableReport } from '@selfheal/reports/normal-form/unreadable-report.ts';
import type { ReadReportsOptions, ReportSet } from '@selfheal/reports/read/read-reports.ts';
import { filesOfRepository, readReportFile, reportFilesOf } from '#shared/adapters/archive/report-files.ts';

/** The reports that files and folders name. Throws `UsageError` for one that is missing. */
export async function namedReportFiles(given: readonly string[]): Promise<string[]> {
  try {
    return (await Promise.all(given.map((one) => reportFilesOf(one)))).flat();
  } catch (error) {
    throw error instanceof UnreadableReport ? new UsageError(error.message) : error;
  }
}

/** Reads the files as reports whose paths are below `folder`. */
export async function readReportFiles(
  files: readonly string[],
  options: Omit<ReadReportsOptions, 'paths'> = {},
  folder = '.',
): Promise<ReportSet> {
  // Loaded here, because the parsers are not needed to start.
  const { readReports } = await import('@selfheal/reports/read/read-reports.ts');
  const inputs = files.map((name) => ({ name, pieces: readReportFile(name) }));
  const root = resolve(folder);
  const paths = { workspaces: [root], files: filesOfRepository(root) };
  return await readReports(inputs, { ...options, paths });
}

/** Reads the reports that files and folders name, all or none: throws `UsageError` with a line for each that is missing,
 * cannot be read, or is of a scan that did not finish. */
export async function readNamedReports(
  given: readonly string[],
  options: Omit<ReadReportsOptions, 'paths'>,
  folder = '.',
): Promise<ReportSet> {
  const set = await readReportFiles(await namedReportFiles(given), options, folder);
  const problems = [...set.unreadable.map(({ message }) => message), ...(set.findings?.unfinished ?? [])];
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return set;
}
