import type { Incident } from '../incident/incident.ts';
import { type ChainState, verifyChain } from './audit-chain.ts';
import type { AuditFact, TrailEntry } from './audit-entry.ts';
import { auditEntryDetails, describeAuditEntry } from './describe-audit-entry.ts';

/** An incident and its audit trail. The record is null when only the trail was kept. */
export interface Account {
  readonly id: string;
  readonly incident: Incident | null;
  readonly trail: readonly TrailEntry[];
}

/** The incident with all its requests to GitHub, wherever they were stored. */
export function withRequests(
  incident: Incident | null,
  requests: Readonly<Record<string, number>> | null,
): Incident | null {
  return incident === null || requests === null ? incident : { ...incident, githubRequests: { ...requests } };
}

/** One entry of the audit trail, described for people. */
interface DescribedEntry {
  readonly sequence: number;
  /** ISO 8601. */
  readonly at: string;
  readonly event: string;
  /** What happened, in a sentence or two. */
  readonly words: string;
  /** What was known then; null where there is nothing to add. */
  readonly details: string | null;
  readonly facts: Readonly<Record<string, AuditFact>>;
}

export interface DescribedAccount {
  readonly incident: string;
  readonly status: string | null;
  readonly reason: string | null;
  readonly openedAt: string | null;
  /** Requests to GitHub by the function that sent them; null when they were not counted. */
  readonly githubRequests: Readonly<Record<string, number>> | null;
  readonly chain: ChainState;
  readonly story: readonly DescribedEntry[];
}

/** Describes an incident and verifies its audit trail. `head` is the expected digest of the last entry, or its beginning. */
export function describeAccount({ id, incident, trail }: Account, head?: string): DescribedAccount {
  return {
    incident: id,
    status: incident?.status ?? null,
    // An account of the past: the switch may be off again.
    reason: incident?.outcomeReason?.replace(/^The kill switch is on\b/, 'The kill switch was on') ?? null,
    openedAt: incident?.openedAt ?? null,
    githubRequests: incident?.githubRequests ?? null,
    chain: endingWith(verifyChain(id, trail), head),
    story: trail.map((entry) => ({
      sequence: entry.link.sequence,
      at: entry.at,
      event: entry.event,
      words: describeAuditEntry(entry),
      details: auditEntryDetails(entry),
      facts: entry.facts,
    })),
  };
}

/** The state of a chain whose last entry should have this digest, or one that begins so. */
export function endingWith(chain: ChainState, head: string | undefined): ChainState {
  if (head === undefined || chain.kind === 'broken' || chain.head?.startsWith(head)) return chain;
  const reason = `the last entry is not ${head}: entries were added after it or removed from the end`;
  return { kind: 'broken', sequence: chain.chained + 1, reason };
}
