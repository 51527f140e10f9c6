import type { Classification } from '#shared/domain/incident/failure-class.ts';
import type { Evidence } from '#shared/domain/logs/evidence.ts';
import { scoreLine } from '#shared/domain/logs/line-score.ts';
import { severityOf } from '#shared/domain/logs/severity.ts';

/** Below it a line's wording says nothing of a failure. */
const TELLING = 3;
const GRAVE: ReadonlySet<string> = new Set(['error', 'critical', 'fatal']);
/** Counts of nothing: `fail 0`, `0 errors`, `Failures: 0`, `no errors found`. */
const COUNT_OF_NOTHING =
  /\b(?:0|no) (?:test )?(?:errors?|failed|failures?|fail|problems?|vulnerabilities)\b|\b(?:errors?|failed|failures?|fail)[:=]? {0,3}0\b(?![.,]\d)/gi;

/** Whether a log is green: no class is known of it, and no line of what was kept tells of a failure. */
export function nothingFailed(evidence: Evidence, classification: Pick<Classification, 'class'>): boolean {
  if (classification.class !== 'unknown') return false;
  return evidence.sources.every(({ lines }) => lines.every(({ text }) => !tellsOfFailure(text)));
}

function tellsOfFailure(text: string): boolean {
  const told = text.replace(COUNT_OF_NOTHING, '');
  const { score, anchor } = scoreLine(told);
  return anchor || score >= TELLING || GRAVE.has(severityOf(told));
}
