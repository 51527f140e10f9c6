import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { firstSentence } from './advice.ts';
import type { Diagnosis } from './diagnosis.ts';

const MAX_SUMMARY = 300;

/** What lists show of an incident, which cannot read the diagnosis of every row. */
export function summaryLineOf({ summary, rootCause }: Pick<Diagnosis, 'summary' | 'rootCause'>): RedactedText {
  return redactName(summary ?? firstSentence(rootCause), MAX_SUMMARY);
}
