import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { summaryOf } from '../common/story-words.ts';
import { wrapText } from '../common/wrap.ts';
import type { IncidentStory } from '../contract.ts';
import { evidencePart, part, rootCause } from './mail.ts';

type Findings = Pick<IncidentStory, 'diagnosis' | 'evidence'>;

/** The plain text part that comments and mails share, without the incident: cause, evidence, what to do, prevention. */
export function renderFindings(findings: Findings): string {
  const { diagnosis } = findings;
  const parts = [
    summaryOf(diagnosis),
    part('Root cause', rootCause(findings)),
    evidencePart(findings),
    part('What to do', diagnosis === null ? null : cleanText(diagnosis.fix, 4000) || 'No remedy is known.'),
    part('Prevention', diagnosis === null ? null : cleanText(diagnosis.prevention, 2000)),
  ].filter((text) => text !== null && text !== '');
  return wrapText(parts.join('\n\n'));
}
