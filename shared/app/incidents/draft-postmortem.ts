import { codeSpan, safeProse } from '@selfheal/kernel/text/markdown.ts';
import { counted, instantWords } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { type IncidentStory, type IncidentStoryDeps, readIncidentStory } from './incident-story.ts';
import type { ReadAccountDeps } from './load-account.ts';
import { type IncidentDetails, readAccount, readIncident } from './read-incident.ts';

/** One fact with where it is written down. `words` may come from logs, models and people: tainted. */
interface PostmortemFact {
  /** ISO 8601; null where the source has no time. */
  readonly at: string | null;
  readonly words: string;
  /** `audit trail 3`, `receipt`, `evidence`. */
  readonly source: string;
}

interface PostmortemSection {
  readonly id: 'timeline' | 'knowledge' | 'cause' | 'attempts' | 'open';
  readonly title: string;
  readonly facts: readonly PostmortemFact[];
  /** What is said where there is no fact. */
  readonly otherwise: string;
}

/** A draft of a post-mortem: facts alone, each with its source. What nobody recorded is said to be missing. */
export interface Postmortem {
  readonly incident: string;
  readonly number: number | null;
  readonly headline: string;
  /** When it was opened and changed, and whether its audit trail is as it was written. */
  readonly summary: string;
  readonly outcome: string;
  readonly sections: readonly PostmortemSection[];
  /** All of it, safe to show where Markdown is rendered. */
  readonly markdown: string;
}

type Account = NonNullable<Awaited<ReturnType<typeof readAccount>>>;

/** What a post-mortem is drafted from. */
interface PostmortemInput {
  readonly details: IncidentDetails;
  readonly account: Account;
  readonly story: IncidentStory;
}

const MAX_LINES = 20;
const MAX_LENGTH = 2_000;
const clean = (text: string): string => cleanText(text, MAX_LENGTH);

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
  'fix.verified',
  'guard.denied',
  'action.recovered',
  'action.advanced',
  'action.failed',
  'action.unknown',
]);

/** Null when there is no incident of this id. */
export async function draftPostmortem(
  id: string,
  deps: IncidentStoryDeps & ReadAccountDeps,
): Promise<Postmortem | null> {
  const [details, account, story] = await Promise.all([
    readIncident(id, deps),
    readAccount(id, deps),
    readIncidentStory(id, deps),
  ]);
  return details === null || account === null || story === null ? null : postmortemOf({ details, account, story });
}

const instant = (at: string): string => instantWords(new Date(at), 'UTC');

function postmortemOf(input: PostmortemInput): Postmortem {
  const { details, account } = input;
  const { briefing, outcome, number, id, openedAt, updatedAt, occurrences } = details;
  const trail =
    account.chain.kind === 'intact'
      ? 'The audit trail is unchanged.'
      : `The audit trail was changed at entry ${account.chain.sequence}: check everything after it.`;
  const reported = occurrences === 1 ? 'once' : `${counted(occurrences, 'time')}`;
  const draft = {
    incident: id,
    number,
    headline: clean(briefing.headline),
    summary: `Incident ${number === null ? id : `${number}, ${id}`}. Opened ${instant(openedAt)}, last changed ${instant(updatedAt)}, reported ${reported}. ${trail}`,
    outcome: clean(`${outcome.lead} ${outcome.rest}`.trim()),
    sections: sectionsOf(input),
  };
  return { ...draft, markdown: markdownOf(draft) };
}

function sectionsOf(input: PostmortemInput): PostmortemSection[] {
  const { account, details, story } = input;
  const { briefing } = details;
  const event = ({ at, words, sequence }: Account['story'][number]): PostmortemFact => ({
    at,
    words: clean(words),
    source: `audit trail ${sequence}`,
  });
  const undated = (lines: readonly string[], source: string): PostmortemFact[] =>
    lines.map((line) => ({ at: null, words: clean(line), source }));
  const cited = story.logs.flatMap(({ name, lines }) =>
    lines.filter((line) => line.cited).map((line) => `${clean(name)}, line ${line.number}: ${clean(line.text)}`),
  );
  const receipts = story.receipts.map(({ at, title, summary, verified }) => ({
    at,
    words: clean(`${title}. ${summary} ${verified === null ? 'Not verified.' : `Verified: ${verified}.`}`),
    source: 'receipt',
  }));
  return [
    { id: 'timeline', title: 'Timeline', facts: account.story.map(event), otherwise: 'Nothing is recorded.' },
    {
      id: 'knowledge',
      title: 'What was known when',
      facts: account.story.filter((one) => KNOWING.has(one.event)).map(event),
      otherwise: 'Nothing is recorded.',
    },
    {
      id: 'cause',
      title: 'Cause and evidence',
      facts: [
        ...undated(briefing.cause, 'diagnosis'),
        ...undated(cited.slice(0, MAX_LINES), 'evidence'),
        ...undated(
          briefing.before.map((line) => `Before it: ${line}`),
          'changes',
        ),
      ],
      otherwise: 'No cause is recorded.',
    },
    {
      id: 'attempts',
      title: 'What was tried',
      facts: [...receipts, ...undated(briefing.tried, 'incident')],
      otherwise: 'Nothing was tried.',
    },
    { id: 'open', title: 'What is open', facts: openPoints(input), otherwise: 'Nothing is open.' },
  ];
}

/** What is left to do or to find out, each with where that stands. */
function openPoints({ details, story }: PostmortemInput): PostmortemFact[] {
  const { status, briefing, number, id, resolution } = details;
  const isOver = status !== 'open';
  const point = (words: string, source: string): PostmortemFact => ({ at: null, words: clean(words), source });
  return [
    ...(isOver ? [] : [point(`The incident is still ${status}`, `incident ${number ?? id}`)]),
    ...story.approvals
      .filter(({ state }) => state === 'pending')
      .map(({ expiresAt, digest }) =>
        point(`A plan waits for a decision until ${instant(expiresAt)}`, `approval ${digest.slice(0, 12)}`),
      ),
    ...(briefing.stopped === null ? [] : [point(briefing.stopped, 'kill switch')]),
    ...briefing.advice.map((line) => point(line, 'advice, not done yet')),
    ...(isOver && resolution === null && briefing.cause.length === 0
      ? [point('The cause is not known', 'no diagnosis')]
      : []),
  ];
}

function markdownOf({ headline, summary, outcome, sections }: Omit<Postmortem, 'markdown'>): string {
  const words = (fact: PostmortemFact): string =>
    fact.source === 'evidence' ? codeSpan(fact.words) : safeProse(fact.words);
  const line = (fact: PostmortemFact): string =>
    `- ${fact.at === null ? '' : `${fact.at}: `}${words(fact)} (${fact.source})`;
  return [
    `# Post-mortem (draft): ${safeProse(headline)}`,
    '',
    summary,
    '',
    safeProse(outcome),
    '',
    ...sections.flatMap(({ title, facts, otherwise }) => [
      `## ${title}`,
      '',
      ...(facts.length === 0 ? [otherwise] : facts.map(line)),
      '',
    ]),
  ].join('\n');
}
