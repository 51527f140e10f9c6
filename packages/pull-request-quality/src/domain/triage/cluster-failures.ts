import { FAMILY_OF, FailureClass, Verdict } from '@selfheal/kernel/failure-class.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import * as z from 'zod';

/** What is known of one failed job or log. Texts are redacted and tainted. */
export interface JobFailure {
  readonly job: RedactedText;
  readonly class: FailureClass;
  readonly verdict: Verdict;
  readonly confidence: number;
  readonly signature: string | null;
  readonly fingerprint: string | null;
  readonly cause: RedactedText;
  readonly nextStep: RedactedText | null;
  /** Templates of its error lines, with what changes from run to run masked. */
  readonly templates: readonly string[];
  /** Names of the tests that failed. */
  readonly tests: readonly string[];
  /** When the first error was written, ISO 8601; null where the log has no times. */
  readonly firstErrorAt: string | null;
  /** Jobs that it waits for, as its workflow names them. */
  readonly needs: readonly string[];
}

/** Failures with one root cause. `first` is the job in which it showed first; the cluster is described by it. */
export interface FailureCluster {
  readonly first: JobFailure;
  readonly members: readonly JobFailure[];
}

/** Share of the templates of two jobs that must be the same. */
const MIN_SIMILARITY = 0.5;

/**
 * Groups failures by root cause: a job that broke after one it waits for, and not by its own tests or code; the same signature or fingerprint;
 * else mostly the same error lines; else a test that failed in both. Largest clusters first, then the earliest.
 */
export function clusterFailures(failures: readonly JobFailure[]): FailureCluster[] {
  const root = failures.map((_, at) => at);
  const rootOf = (at: number): number => {
    const above = root[at] ?? at;
    return above === at ? at : rootOf(above);
  };
  failures.forEach((one, at) => {
    failures.slice(0, at).forEach((other, before) => {
      if (haveOneCause(one, other)) root[rootOf(at)] = rootOf(before);
    });
  });
  const groups = Map.groupBy(failures.keys(), rootOf);
  return [...groups.values()]
    .flatMap((places) => {
      const members = places.flatMap((at) => failures[at] ?? []).toSorted(byTime);
      return members[0] === undefined ? [] : [{ first: members[0], members }];
    })
    .toSorted((a, b) => b.members.length - a.members.length || byTime(a.first, b.first));
}

function haveOneCause(one: JobFailure, other: JobFailure): boolean {
  if (followsFrom(one, other) || followsFrom(other, one)) return true;
  if (one.signature !== null && other.signature !== null) return one.signature === other.signature;
  if (one.fingerprint !== null && one.fingerprint === other.fingerprint) return true;
  if (similarityOf(one.templates, other.templates) >= MIN_SIMILARITY) return true;
  return one.tests.some((test) => other.tests.includes(test));
}

/** Jaccard index: shared templates divided by all templates. */
function similarityOf(some: readonly string[], others: readonly string[]): number {
  const [one, other] = [new Set(some), new Set(others)];
  const shared = [...one].filter((template) => other.has(template)).length;
  const all = one.size + other.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** A matrix job is needed by the name without its values: `test` for `test (22)`. */
const isNamed = (job: string, name: string): boolean => job === name || job.startsWith(`${name} (`);

function followsFrom(later: JobFailure, earlier: JobFailure): boolean {
  if (!later.needs.some((name) => isNamed(earlier.job, name)) || FAMILY_OF[later.class] === 'code') return false;
  return later.firstErrorAt !== null && earlier.firstErrorAt !== null && earlier.firstErrorAt < later.firstErrorAt;
}

/** The earliest error first; without times the surest. */
function byTime(a: JobFailure, b: JobFailure): number {
  if (a.firstErrorAt !== null && b.firstErrorAt !== null && a.firstErrorAt !== b.firstErrorAt)
    return a.firstErrorAt < b.firstErrorAt ? -1 : 1;
  return b.confidence - a.confidence;
}

/** Errors of all jobs of a run that have one root cause. Texts are redacted and tainted. */
export const CauseSummary = z.strictObject({
  cause: recordText({ min: 1, max: 500 }),
  class: FailureClass,
  verdict: Verdict,
  /** Probability that class and cause are right, by all evidence (`fix-confidence.ts`). */
  confidence: z.number().min(0).max(1),
  jobs: z
    .array(recordText({ min: 1, max: 200 }))
    .min(1)
    .max(100),
  /** What to do next: one sentence. */
  nextStep: recordText({ max: 500 }).nullable(),
});
export type CauseSummary = z.infer<typeof CauseSummary>;
