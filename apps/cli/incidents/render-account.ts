import { type ChainState, verifyChain } from '#shared/domain/audit/audit-chain.ts';
import { tellEntry } from '#shared/domain/audit/describe-audit-entry.ts';
import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import type { Account } from './read-trail.ts';

/** One entry of the story: what happened, by its place in the chain. */
export interface ToldEntry {
  /** Null for an entry from before trails were chained. */
  readonly sequence: number | null;
  readonly at: string;
  readonly event: string;
  readonly words: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

export interface ToldAccount {
  readonly incident: string;
  readonly status: string | null;
  readonly reason: string | null;
  readonly openedAt: string | null;
  readonly chain: ChainState;
  readonly story: readonly ToldEntry[];
}

/** The account of an incident in plain words, checked. `head`: the digest that its last entry should have, when somebody noted it. */
export function tellAccount({ id, incident, trail }: Account, head?: string): ToldAccount {
  return {
    incident: id,
    status: incident?.status ?? null,
    reason: incident?.outcomeReason ?? null,
    openedAt: incident?.openedAt ?? null,
    chain: endingWith(verifyChain(id, trail), head),
    story: trail.map((entry) => ({
      sequence: entry.link?.sequence ?? null,
      at: entry.at,
      event: entry.event,
      words: tellEntry(entry),
      facts: entry.facts,
    })),
  };
}

function endingWith(chain: ChainState, head: string | undefined): ChainState {
  if (head === undefined || chain.kind === 'broken' || chain.head?.startsWith(head)) return chain;
  const reason = `the last entry is not the one that was noted (${head}): entries behind it were removed or added`;
  return { kind: 'broken', sequence: chain.chained + 1, reason };
}

/** For reading. Whatever a file says is made safe to print. */
export function renderAccount({ incident, status, reason, openedAt, chain, story }: ToldAccount): string {
  const head = `Incident ${incident}${status === null ? '' : `: ${status}`}`;
  const lines = [
    cleanText(`${head}${reason === null ? '' : `. ${reason}`}`, 2200),
    ...(openedAt === null ? [] : [`opened ${openedAt}`]),
    '',
    ...story.map(
      ({ sequence, at, words }) => `${String(sequence ?? '-').padStart(4)}  ${at}  ${cleanText(words, 1000)}`,
    ),
    '',
    chainWords(chain),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function chainWords(chain: ChainState): string {
  if (chain.kind === 'broken') return `The trail is NOT as it was written: ${chain.reason}.`;
  const older =
    chain.unchained === 0 ? '' : ` ${chain.unchained} older entries are not chained: nothing shows if they changed.`;
  return chain.head === null
    ? `Nothing of the trail is chained.${older}`
    : `The trail is as it was written: ${chain.chained} chained entries, the last one is ${chain.head}.${older}`;
}
