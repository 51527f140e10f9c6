import { codeSpan, safeProse } from '@selfheal/kernel/text/markdown.ts';
import type { InferResponseType } from 'hono/client';
import type { ApiClient } from '../api/api-client.ts';
import { clean, type IncidentDetails } from './render-briefing.ts';

type Incidents = ApiClient['api']['incidents'][':id'];
export type IncidentAccount = Extract<InferResponseType<Incidents['timeline']['$get']>, { story: unknown }>;
export type IncidentStory = Extract<InferResponseType<Incidents['story']['$get']>, { logs: unknown }>;

/** What a post-mortem is drafted from. */
export interface PostmortemFacts {
  readonly details: IncidentDetails;
  readonly account: IncidentAccount;
  readonly story: IncidentStory;
}

const MAX_LINES = 20;
const words = (text: string): string => safeProse(clean(text));
const list = (lines: readonly string[], otherwise: string): string[] =>
  lines.length === 0 ? [otherwise] : lines.map((line) => `- ${line}`);

/** Events after which more was known than before. */
const KNOWING: ReadonlySet<string> = new Set([
  'incident.opened',
  'incident.reopened',
  'incident.reported',
  'incident.came-back',
  'incident.person-resolved',
  'incident.false-positive',
  'run.succeeded',
  'alarm.cleared',
  'plan.made',
  'guard.denied',
  'action.recovered',
  'action.advanced',
  'action.failed',
  'action.unknown',
]);

/** What is left to do or to find out, each with where that stands. */
function openPoints({ details, story }: PostmortemFacts): string[] {
  const { status, briefing, number, id, resolution } = details;
  const isOver = status !== 'open';
  return [
    ...(isOver ? [] : [`The incident is still ${status} (incident ${number ?? id})`]),
    ...story.approvals
      .filter(({ state }) => state === 'pending')
      .map(
        ({ expiresAt, digest }) => `A plan waits for a decision until ${expiresAt} (approval ${digest.slice(0, 12)})`,
      ),
    ...(briefing.stopped === null ? [] : [`${words(briefing.stopped)} (kill switch)`]),
    ...briefing.advice.map((line) => `${words(line)} (advice, not done yet)`),
    ...(isOver && resolution === null && briefing.cause.length === 0 ? ['The cause is not known (no diagnosis).'] : []),
  ];
}

/** A draft of a post-mortem as Markdown: facts alone, each with its source. What nobody recorded is said to be missing. */
export function renderPostmortem(facts: PostmortemFacts): string {
  const { details, account, story } = facts;
  const { briefing, outcome, number, id } = details;
  const cited = story.logs.flatMap(({ name, lines }) =>
    lines
      .filter((line) => line.cited)
      .map((line) => `${words(name)}, line ${line.number}: ${codeSpan(clean(line.text))}`),
  );
  const event = ({ at, words: said, sequence }: IncidentAccount['story'][number]): string =>
    `${at}: ${words(said)} (audit trail ${sequence})`;
  const trail =
    account.chain.kind === 'intact'
      ? 'The audit trail is unchanged.'
      : `The audit trail was changed at entry ${account.chain.sequence}: check everything after it.`;
  return [
    `# Post-mortem (draft): ${words(briefing.headline)}`,
    '',
    `Incident ${number === null ? id : `${number}, ${id}`}. Opened ${details.openedAt}, last changed ${details.updatedAt}, reported ${details.occurrences === 1 ? 'once' : `${details.occurrences} times`}. ${trail}`,
    '',
    words(`${outcome.lead} ${outcome.rest}`.trim()),
    '',
    '## Timeline',
    '',
    ...list(account.story.map(event), 'Nothing is recorded.'),
    '',
    '## What was known when',
    '',
    ...list(account.story.filter((one) => KNOWING.has(one.event)).map(event), 'Nothing is recorded.'),
    '',
    '## Cause and evidence',
    '',
    ...list(
      briefing.cause.map((line) => `${words(line)} (diagnosis)`),
      'No cause is recorded.',
    ),
    ...cited.slice(0, MAX_LINES).map((line) => `- ${line} (evidence)`),
    ...briefing.before.map((line) => `- Before it: ${words(line)} (changes)`),
    '',
    '## What was tried',
    '',
    ...list(
      [
        ...story.receipts.map(
          ({ at, title, summary, verified }) =>
            `${at}: ${words(title)}. ${words(summary)} ${verified === null ? 'Not verified.' : `Verified: ${words(verified)}.`} (receipt)`,
        ),
        ...briefing.tried.map((line) => `${words(line)} (incident)`),
      ],
      'Nothing was tried.',
    ),
    '',
    '## What is open',
    '',
    ...list(openPoints(facts), 'Nothing is open.'),
    '',
  ].join('\n');
}
