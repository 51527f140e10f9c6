import { describeAuditEntry } from '#shared/domain/audit/describe-audit-entry.ts';
import { instantWords } from '#shared/kernel/time-words.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';

export interface ExplainDeps {
  readonly trail: AuditReader;
}

const EXPLAINED_ENTRIES = 8;

/** The last steps of an incident for people, one per line, worded by code, in the local time of `timeZone` (IANA name). */
export async function lastSteps(incidentId: string, timeZone: string, { trail }: ExplainDeps): Promise<string[]> {
  const entries = (await trail.auditTrail(incidentId)).slice(-EXPLAINED_ENTRIES);
  return entries.map((entry) => `${instantWords(new Date(entry.at), timeZone)}: ${describeAuditEntry(entry)}`);
}
