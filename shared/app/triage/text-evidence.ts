import { reportsFailure } from '@selfheal/diagnosis/failure/reported-failure.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { withoutAddressed } from '@selfheal/log-reading/logs/addressed-line.ts';
import { type Evidence, REPORT_STATEMENT } from '@selfheal/log-reading/logs/evidence.ts';
import type { LineRanker } from '@selfheal/log-reading/logs/line-ranker.ts';
import { looseEvidence, makeExcerpts } from '../gather/excerpts.ts';

/** The evidence of a log in memory; `ranker`: another one than the shipped. */
export function textEvidence(text: string, name: RedactedText = phrase`log`, ranker?: LineRanker): Evidence {
  return evidenceFrom('log', text, name, ranker);
}

/** The evidence of what a person wrote about a failure: a title, a description. */
export function reportEvidence(text: string): Evidence {
  return evidenceFrom(REPORT_STATEMENT, text, phrase`report`);
}

function evidenceFrom(id: string, text: string, name: RedactedText, ranker?: LineRanker): Evidence {
  const excerpts = makeExcerpts(1, null, ranker);
  excerpts.open({ id, name, url: null }).push(text);
  return looseEvidence(excerpts.finish());
}

/** Whether the log is of a successful run: its class is unknown, and no line of its excerpt reports a failure. */
export function nothingFailed(evidence: Evidence, classification: Pick<Classification, 'class'>): boolean {
  if (classification.class !== 'unknown') return false;
  const { sources } = withoutAddressed(evidence);
  return sources.every(({ lines }) => lines.every(({ text }) => !reportsFailure(text)));
}
