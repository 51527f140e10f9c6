import * as z from 'zod';
import { RepositoryName } from '../incident/target-context.ts';

const RepositoryFixes = z.strictObject({
  name: RepositoryName,
  /**
   * Proposed patches: once approved, tested on a branch, then a draft pull request when the failed jobs pass with them.
   */
  patches: z.boolean().default(false),
  /**
   * File name of the workflow that tests a patch without permissions and secrets before a person is asked; null: not
   * tested before.
   */
  sandboxWorkflow: z
    .string()
    .regex(/^[\w-][\w.-]{0,90}\.ya?ml$/, 'Must be the name of a file in .github/workflows, such as selfheal-try.yml')
    .nullable()
    .default(null),
  /** Draft pull requests that revert the one that broke the default branch. */
  reverts: z.boolean().default(false),
  /** Issues about failures that no other action fits, and about flaky tests. */
  issues: z.boolean().default(false),
});
export type RepositoryFixes = z.infer<typeof RepositoryFixes>;

/** What may be written into repositories: only what is listed here. */
export const Fixes = z
  .strictObject({
    repositories: z.array(RepositoryFixes).max(500).default([]),
    /** Branches, pull requests and issues per day (UTC) in one repository, each. */
    maxPerDay: z.number().int().min(0).max(100).default(3),
    /** Issues about flaky tests. */
    quarantine: z
      .strictObject({
        /** Days of a quarantine. */
        days: z.number().int().min(1).max(90).default(14),
        /** Minimum failure rate of a test, with 95% confidence. */
        minRate: z.number().min(0).max(1).default(0.01),
      })
      .prefault({}),
  })
  .prefault({});
export type Fixes = z.infer<typeof Fixes>;

/** The switches of a repository; null when it is not listed. */
export function fixesOf(
  { fixes }: { readonly fixes: z.infer<typeof Fixes> },
  repository: string,
): RepositoryFixes | null {
  const name = repository.toLowerCase();
  return fixes.repositories.find((one) => one.name.toLowerCase() === name) ?? null;
}

/** The switch for each kind of write. */
export type RepositorySwitch = 'patches' | 'sandboxWorkflow' | 'reverts' | 'issues';

/** Whether a switch is on for a repository. */
export function isSwitchedOn(
  configuration: Parameters<typeof fixesOf>[0],
  repository: string,
  name: RepositorySwitch,
): boolean {
  const fixes = fixesOf(configuration, repository);
  if (fixes === null) return false;
  return name === 'sandboxWorkflow' ? fixes.patches && fixes.sandboxWorkflow !== null : fixes[name];
}
