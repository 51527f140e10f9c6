import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const ROOT = join(import.meta.dirname, '../..');
/** One file for each suite, `<suite>.json`, overwritten by its next run. */
export const REPORTS = process.env.SELFHEAL_REPORTS ?? join(ROOT, '.selfheal/reports');

const TestResult = z.strictObject({
  file: z.string(),
  name: z.string(),
  /** `inverted`: passed because it failed (`it.fails`), which proves nothing. */
  state: z.enum(['passed', 'failed', 'skipped', 'inverted']),
});

/** What one run of a suite found, and what it may speak for. */
export const SuiteReport = z.strictObject({
  suite: z.string(),
  /** The checked-out commit; null outside a git checkout. */
  commit: z.string().nullable(),
  /** Whether files differed from that commit. */
  modified: z.boolean(),
  /** Whether every file of the suite ran to its end, with no filter by file, line or name. */
  whole: z.boolean(),
  tests: z.array(TestResult),
});
export type SuiteReport = z.infer<typeof SuiteReport>;

export interface Revision {
  readonly commit: string | null;
  readonly modified: boolean;
}

/** The commit that is checked out in `folder`, and whether its files (ignored ones apart) differ from it. */
export function revisionOf(folder = ROOT): Revision {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return { commit: git('rev-parse', 'HEAD'), modified: git('status', '--porcelain') !== '' };
  } catch {
    return { commit: null, modified: false };
  }
}

/** Every report in `folder`. Throws for a file that is no report, by name. */
export function readReports(folder = REPORTS): SuiteReport[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      try {
        return SuiteReport.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      } catch (cause) {
        throw new Error(`${join(folder, name)} is not a suite report. Delete it and run its suite again.`, { cause });
      }
    });
}

/** Why a report proves nothing about `revision`; null when it counts. */
export function whyNotCounted(report: SuiteReport, revision: Revision): string | null {
  if (report.commit === null) return 'it was not made in a git checkout';
  if (report.commit !== revision.commit) return `it is of commit ${report.commit.slice(0, 8)}`;
  if (report.modified) return 'files differed from the commit when it was made';
  if (!report.whole) return 'only part of the suite ran';
  return null;
}
