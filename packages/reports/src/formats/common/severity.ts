import type { FindingSeverity } from '../../normal-form/normal-form.ts';

const WORDS: Readonly<Record<string, FindingSeverity>> = {
  critical: 'critical',
  blocker: 'critical',
  high: 'high',
  important: 'high',
  major: 'high',
  error: 'high',
  medium: 'medium',
  moderate: 'medium',
  warning: 'medium',
  warn: 'medium',
  low: 'low',
  minor: 'low',
  note: 'low',
  negligible: 'info',
  info: 'info',
  informational: 'info',
  none: 'info',
};

/** The severity that a tool's word means; `unknown` for a word of its own. */
export const severityOf = (word: string | null | undefined): FindingSeverity =>
  WORDS[(word ?? '').trim().toLowerCase()] ?? 'unknown';

/** Severity of a CVSS score from 0 to 10, by the bands of CVSS 3.1, section 5, which GitHub uses, too. */
export function severityOfScore(score: number): FindingSeverity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'info';
}
