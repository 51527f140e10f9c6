import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const ROOT = join(import.meta.dirname, '../..');
/** Folder of the reports. Each suite has a file `<suite>.json`, which its next run overwrites. */
export const REPORTS = process.env.SELFHEAL_REPORTS ?? join(ROOT, '.selfheal/reports');

const TestResult = z.strictObject({
  file: z.string(),
  name: z.string(),
  /** `inverted`: expected to fail (`it.fails`), which proves nothing. */
  state: z.enum(['passed', 'failed', 'skipped', 'inverted']),
  /** Whether it failed first and passed when it ran again (suites of whole systems may try twice). */
  retried: z.literal(true).optional(),
});

/** Result of one run of a suite, and the commit to which it applies. */
export const SuiteReport = z.strictObject({
  suite: z.string(),
  /** The checked-out commit; null outside a git checkout. */
  commit: z.string().nullable(),
  /** Whether files differed from that commit. */
  modified: z.boolean(),
  /** Whether every file of the suite ran to its end, without a filter by file, line or name. */
  whole: z.boolean(),
  tests: z.array(TestResult),
});
export type SuiteReport = z.infer<typeof SuiteReport>;

export interface Revision {
  readonly commit: string | null;
  readonly modified: boolean;
}

/** The commit that is checked out in `folder`, and whether files differ from it (ignored files do not count). */
export function revisionOf(folder = ROOT): Revision {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return { commit: git('rev-parse', 'HEAD'), modified: git('status', '--porcelain') !== '' };
  } catch {
    return { commit: null, modified: false };
  }
}

/** Reads every report in `folder`. Throws an error with the name of a file that is not a report. */
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

/** Why a report does not apply to `revision`; null if it does. */
export function whyNotCounted(report: SuiteReport, revision: Revision): string | null {
  if (report.commit === null) return 'it was not made in a git checkout';
  if (report.commit !== revision.commit) return `it is of commit ${report.commit.slice(0, 8)}`;
  if (report.modified) return 'files differed from the commit during the run';
  if (!report.whole) return 'only part of the suite ran';
  return null;
}
