import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';

/** Who should fix a test. Logins and team names consist of GitHub's alphabet; they are checked where they are read. */
export const TestOwner = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('code-owners'), names: z.array(z.string().max(160)).min(1).max(5) }),
  /** The last author of the test's file. */
  z.strictObject({ kind: z.literal('author'), login: z.string().max(40) }),
  z.strictObject({ kind: z.literal('nobody') }),
]);
export type TestOwner = z.infer<typeof TestOwner>;

/**
 * A test that fails by chance according to its history, stored until its issue is opened. Its texts are tainted; a plan
 * holds its digest.
 */
export const QuarantinedTest = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  testKey: z.string().regex(/^[0-9a-f]{16}$/),
  /** Redacted and tainted. */
  name: recordText({ min: 1, max: 200 }),
  /** Redacted and tainted; null when the name does not show it. */
  file: recordText({ max: 500 }).nullable(),
  owner: TestOwner,
  runs: z.number().int().positive(),
  failures: z.number().int().positive(),
  /** 95% interval of its failure rate. */
  rate: z.tuple([z.number(), z.number()]),
  /** Probability that it fails by chance. */
  score: z.number().min(0).max(1),
  /** Short ids of commits on which it both failed and passed, as far as known. */
  commits: z.array(z.string().regex(/^[0-9a-f]{1,12}$/)).max(16),
  /** The last day (UTC) of the quarantine. */
  until: z.iso.date(),
});
export type QuarantinedTest = z.infer<typeof QuarantinedTest>;

/** Digest by which a plan names it: SHA-256 of the whole record in canonical JSON. */
export function digestOfQuarantine(test: QuarantinedTest): string {
  return digestOf(canonicalJson(test));
}

/** Label by which issues about flaky tests are found. */
export const QUARANTINE_LABEL = 'quarantine';
/** Label for a test that nobody fixed in time; added once. */
export const EXPIRED_LABEL = 'quarantine-expired';

/** Marker by which the issues of one test are found again; invisible to readers. */
export const quarantineMarker = (testKey: string): string => `<!-- selfheal-quarantine:${testKey}:`;

/** The whole marker, including the last day. */
export const datedMarker = ({ testKey, until }: { testKey: string; until: string }): string =>
  `${quarantineMarker(testKey)}${until} -->`;

const MARKER = /<!-- selfheal-quarantine:([0-9a-f]{16}):(\d{4}-\d{2}-\d{2}) -->/;

/** An issue about a flaky test that we wrote. */
export interface QuarantineIssue {
  readonly number: number;
  readonly state: 'open' | 'closed';
  readonly body: string;
  readonly labels: readonly string[];
}

/** State of a test's quarantine. */
export type QuarantineStatus =
  | { readonly kind: 'none' }
  | { readonly kind: 'quarantined'; readonly issue: number; readonly until: string }
  /** Open after its last day: the test counts like any other. `announced`: the issue says so. */
  | { readonly kind: 'expired'; readonly issue: number; readonly until: string; readonly announced: boolean }
  /** Closed before its last day; not reopened until then. */
  | { readonly kind: 'settled'; readonly issue: number; readonly until: string };

/** The day of a moment (UTC). */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** State of one of our issues on the day of `now` (UTC); null for no issue. */
export function quarantineStatusOf(issue: QuarantineIssue | null, now: Date): QuarantineStatus {
  const until = issue === null ? undefined : MARKER.exec(issue.body)?.[2];
  if (issue === null || until === undefined) return { kind: 'none' };
  const { number, labels } = issue;
  const isOver = dayOf(now) > until;
  if (issue.state === 'closed') return isOver ? { kind: 'none' } : { kind: 'settled', issue: number, until };
  return isOver
    ? { kind: 'expired', issue: number, until, announced: labels.includes(EXPIRED_LABEL) }
    : { kind: 'quarantined', issue: number, until };
}

/** Last day of a quarantine that starts now. */
export function lastDay(now: Date, days: number): string {
  return dayOf(new Date(now.getTime() + days * 24 * 60 * 60 * 1000));
}

/** Whether the issue was changed on the day of `now` (UTC). */
export function wasChangedToday({ updatedAt }: { readonly updatedAt: string }, now: Date): boolean {
  return updatedAt.slice(0, 10) === dayOf(now);
}
