import { scoreLine } from '@selfheal/log-reading/logs/line-score.ts';
import { severityOf } from '@selfheal/log-reading/logs/severity.ts';

/** Minimum score of a line that reports a failure. */
const MIN_FAILURE_SCORE = 3;
const FAILURE_SEVERITIES: ReadonlySet<string> = new Set(['error', 'critical', 'fatal']);
/** Zero counts: `fail 0`, `0 errors`, `Failures: 0`, `no errors found`. */
const ZERO_COUNT =
  /\b(?:0|no) (?:test )?(?:errors?|failed|failures?|fail|problems?|vulnerabilities)\b|\b(?:errors?|failed|failures?|fail)[:=]? {0,3}0\b(?![.,]\d)/gi;

/** A line without what it counts none of. */
export function withoutZeroCounts(text: string): string {
  return text.replace(ZERO_COUNT, '');
}

/** Whether a line reports a failure. */
export function reportsFailure(text: string): boolean {
  const remaining = withoutZeroCounts(text);
  const { score, anchor } = scoreLine(remaining);
  return anchor || score >= MIN_FAILURE_SCORE || FAILURE_SEVERITIES.has(severityOf(remaining));
}
