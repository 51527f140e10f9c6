import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { ChainState } from '#shared/domain/audit/audit-chain.ts';
import type { DescribedAccount } from '#shared/domain/audit/incident-account.ts';

/** As wide as the number and the time of an entry. */
const INDENT = ' '.repeat(32);

/** The description as text, with control characters removed; `briefing` stands above the audit trail. */
export function renderAccount(
  { incident, status, reason, openedAt, githubRequests, chain, story }: DescribedAccount,
  briefing: readonly string[] = [],
): string {
  const head = `Incident ${incident}${status === null ? '' : `: ${status}`}`;
  const lines = [
    cleanText(`${head}${reason === null ? '' : `. ${reason}`}`, 2200),
    ...(openedAt === null ? [] : [`opened ${openedAt}`]),
    ...briefing,
    ...(briefing.length === 0 ? [] : ['', 'Audit trail']),
    '',
    ...story.flatMap(({ sequence, at, words, details }) => [
      `${String(sequence).padStart(4)}  ${at}  ${cleanText(words, 1000)}`,
      ...(details === null ? [] : [`${INDENT}${cleanText(details, 1000)}`]),
    ]),
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
  return `${numberText(total)} ${total === 1 ? 'request' : 'requests'} to GitHub${total === 0 ? '' : `: ${each}`}.`;
}

function chainWords(chain: ChainState): string {
  if (chain.kind === 'broken') return `The audit trail WAS ALTERED: ${chain.reason}.`;
  return chain.head === null
    ? 'The audit trail is empty.'
    : `The audit trail is intact: ${chain.chained} chained entries, the last one is ${chain.head}.`;
}
