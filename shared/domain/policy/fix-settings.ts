import * as z from 'zod';
import { RepositoryName } from '../incident/target-context.ts';

const RepositoryFixes = z.strictObject({
  name: RepositoryName,
  /** Proposed patches: once approved, tried on a branch, and a draft pull request when the failed jobs pass with them. */
  patches: z.boolean().default(false),
  /** File name of the workflow that tries a patch without rights and secrets before a person is asked; null: nothing is tried before. */
  sandboxWorkflow: z
    .string()
    .regex(/^[\w-][\w.-]{0,90}\.ya?ml$/, 'Must be the name of a file in .github/workflows, such as selfheal-try.yml')
    .nullable()
    .default(null),
  /** Draft pull requests that take back the one that broke the default branch. */
  reverts: z.boolean().default(false),
  /** Issues about failures nothing else fits, and about flaky tests. */
  issues: z.boolean().default(false),
});
export type RepositoryFixes = z.infer<typeof RepositoryFixes>;

/** What may be written into repositories. Nothing is, unless it is listed here. */
export const Fixes = z
  .strictObject({
    repositories: z.array(RepositoryFixes).max(500).default([]),
    /** Branches, pull requests and issues a day (UTC) in one repository, each. */
    maxPerDay: z.number().int().min(0).max(100).default(3),
    /** Issues about flaky tests. */
    quarantine: z
      .strictObject({
        /** Until a quarantine is over. */
        days: z.number().int().min(1).max(90).default(14),
        /** A test that surely (95%) fails at least in this share of its runs. */
        leastRate: z.number().min(0).max(1).default(0.01),
      })
      .prefault({}),
  })
  .prefault({});
export type Fixes = z.infer<typeof Fixes>;

/** What is switched on for a repository; null when it is not listed. */
export function fixesOf(
  { fixes }: { readonly fixes: z.infer<typeof Fixes> },
  repository: string,
): RepositoryFixes | null {
  const name = repository.toLowerCase();
  return fixes.repositories.find((one) => one.name.toLowerCase() === name) ?? null;
}

/** The switch of each action that writes into a repository. */
const SWITCH_OF: Readonly<Record<string, 'patches' | 'sandboxWorkflow' | 'reverts' | 'issues'>> = {
  'sandbox-fix': 'sandboxWorkflow',
  'try-fix': 'patches',
  'fix-pull-request': 'patches',
  'revert-pull-request': 'reverts',
  'open-issue': 'issues',
  'quarantine-flaky-test': 'issues',
};

/** Whether an action that writes into a repository is switched on for it; false for every other action. */
export function mayWrite(configuration: Parameters<typeof fixesOf>[0], repository: string, actionId: string): boolean {
  const name = Object.hasOwn(SWITCH_OF, actionId) ? SWITCH_OF[actionId] : undefined;
  const fixes = fixesOf(configuration, repository);
  if (name === undefined || fixes === null) return false;
  return name === 'sandboxWorkflow' ? fixes.patches && fixes.sandboxWorkflow !== null : fixes[name];
}

/** Whether an action writes into a repository. */
export function isWriting(actionId: string): boolean {
  return Object.hasOwn(SWITCH_OF, actionId);
}
