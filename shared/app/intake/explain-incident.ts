import { instantWords } from '@selfheal/kernel/time-words.ts';
import { describeAuditEntry } from '#shared/domain/audit/describe-audit-entry.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';

export interface ExplainDeps {
  readonly trail: AuditReader;
}

const EXPLAINED_ENTRIES = 8;

/**
 * The state of an incident and why, in a sentence or two, and its last steps, each a line. All of it is worded by code, so that a comment can show it.
 */
export async function explainIncident(
  { id, status, outcomeReason }: Incident,
  /** IANA name; the times of the steps are local there. */
  timeZone: string,
  { trail }: ExplainDeps,
): Promise<{ readonly summary: string; readonly steps: readonly string[] }> {
  const entries = (await trail.auditTrail(id)).slice(-EXPLAINED_ENTRIES);
  return {
    summary: `Incident \`${id}\` is ${status}.${outcomeReason === null ? '' : ` ${outcomeReason}`}`,
    steps: entries.map((entry) => `${instantWords(new Date(entry.at), timeZone)}: ${describeAuditEntry(entry)}`),
  };
}
