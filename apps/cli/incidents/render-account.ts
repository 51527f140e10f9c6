import { type ChainState, verifyChain } from '#shared/domain/audit/audit-chain.ts';
import { describeAuditEntry } from '#shared/domain/audit/describe-audit-entry.ts';
import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import type { Account } from './read-trail.ts';

/** One entry of the audit trail, described for people. */
export interface DescribedEntry {
  readonly sequence: number;
  readonly at: string;
  readonly event: string;
  readonly words: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
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

/** Describes an incident and verifies its audit trail. `head` is the expected digest of the last entry, or the beginning of it. */
export function describeAccount({ id, incident, trail }: Account, head?: string): DescribedAccount {
  return {
    incident: id,
    status: incident?.status ?? null,
    reason: incident?.outcomeReason ?? null,
    openedAt: incident?.openedAt ?? null,
    githubRequests: incident?.githubRequests ?? null,
    chain: endingWith(verifyChain(id, trail), head),
    story: trail.map((entry) => ({
      sequence: entry.link.sequence,
      at: entry.at,
      event: entry.event,
      words: describeAuditEntry(entry),
      facts: entry.facts,
    })),
  };
}

function endingWith(chain: ChainState, head: string | undefined): ChainState {
  if (head === undefined || chain.kind === 'broken' || chain.head?.startsWith(head)) return chain;
  const reason = `the last entry is not ${head}: entries were added after it or removed from the end`;
  return { kind: 'broken', sequence: chain.chained + 1, reason };
}

/** The description as text, with control characters removed. */
export function renderAccount({
  incident,
  status,
  reason,
  openedAt,
  githubRequests,
  chain,
  story,
}: DescribedAccount): string {
  const head = `Incident ${incident}${status === null ? '' : `: ${status}`}`;
  const lines = [
    cleanText(`${head}${reason === null ? '' : `. ${reason}`}`, 2200),
    ...(openedAt === null ? [] : [`opened ${openedAt}`]),
    '',
    ...story.map(({ sequence, at, words }) => `${String(sequence).padStart(4)}  ${at}  ${cleanText(words, 1000)}`),
    '',
    ...(githubRequests === null ? [] : [requestWords(githubRequests)]),
    chainWords(chain),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function requestWords(byFunction: Readonly<Record<string, number>>): string {
  const counted = Object.entries(byFunction).toSorted(([, left], [, right]) => right - left);
  const total = counted.reduce((sum, [, requests]) => sum + requests, 0);
  const each = counted.map(([name, requests]) => `${name} ${requests}`).join(', ');
  return `${total} ${total === 1 ? 'request' : 'requests'} to GitHub${total === 0 ? '' : `: ${each}`}.`;
}

function chainWords(chain: ChainState): string {
  if (chain.kind === 'broken') return `The audit trail WAS ALTERED: ${chain.reason}.`;
  return chain.head === null
    ? 'The audit trail is empty.'
    : `The audit trail is intact: ${chain.chained} chained entries, the last one is ${chain.head}.`;
}
