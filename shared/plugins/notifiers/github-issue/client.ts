import { OutcomeUnknown, Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { ChannelRequest, Poster } from '#shared/ports/poster.ts';

export const GithubIssueFields = z.strictObject({
  /** Base of the REST API; of GitHub Enterprise Server with its `/api/v3`. */
  url: z.url({ protocol: /^https$/ }).default('https://api.github.com'),
  /** A token that may write issues. */
  token: z.string().min(1),
});
export type GithubIssueFields = z.output<typeof GithubIssueFields>;

const Account = z.object({ login: z.string() });
const Issue = z.object({
  number: z.number().int().positive(),
  html_url: z.string(),
  repository_url: z.string(),
  state: z.enum(['open', 'closed']),
  body: z.string().nullish(),
  user: Account.nullish(),
  /** Lists of issues hold pull requests, too. */
  pull_request: z.unknown().optional(),
});
const Found = z.object({ items: z.array(Issue) });

/** An issue where it stands now, which is another repository after it was transferred. */
export interface Ticket {
  readonly repository: string;
  readonly number: number;
  readonly isOpen: boolean;
  readonly url: string;
}

export interface NewTicket {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
}

/** The label by which tickets are listed. */
export const TICKET_LABEL = 'selfheal';
/** In the body of a ticket, not shown: it is found by it. */
export const ticketMarker = (incidentId: string): string => `<!-- selfheal-ticket:${incidentId} -->`;
/** Shown in the body of a ticket; GitHub's search finds it. */
export const ticketWords = (incidentId: string): string => `Selfheal incident ${incidentId}`;

/** Newest issues that are looked through, with at most 65,536 characters each: an answer is read up to 256 KB. */
const LISTED = 5;

const ticketOf = ({ number, html_url: url, repository_url, state }: z.output<typeof Issue>): Ticket => ({
  number,
  url,
  isOpen: state === 'open',
  repository: repository_url.split('/').slice(-2).join('/'),
});

/** The calls that tickets need (https://docs.github.com/en/rest/issues/issues, https://docs.github.com/en/rest/search/search). */
export function makeIssueClient({ url, token }: GithubIssueFields, poster: Poster) {
  const base = url.replace(/\/+$/, '');
  const call = async <T>(
    schema: z.ZodType<T>,
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    body?: object,
    more: Pick<ChannelRequest, 'once'> = {},
  ): Promise<T> => {
    const { text } = await poster.send({
      what: 'GitHub issues',
      method,
      url: base + path,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.github+json',
        'user-agent': 'selfheal',
        'x-github-api-version': '2022-11-28',
      },
      body: body === undefined ? '' : JSON.stringify(body),
      ...more,
    });
    const parsed = schema.safeParse(parsedOf(text));
    if (parsed.success) return parsed.data;
    throw new Refused(`GitHub issues: the answer to ${path} is not what its documentation says.`);
  };
  /** An issue that somebody else wrote with our marker in it is no ticket of ours. */
  const ownOf = async (issues: readonly z.output<typeof Issue>[], incidentId: string): Promise<Ticket | null> => {
    const marked = issues.filter(
      ({ body, pull_request }) => pull_request === undefined && body?.includes(ticketMarker(incidentId)),
    );
    if (marked.length === 0) return null;
    const { login } = await call(Account, 'GET', '/user');
    const own = marked.find(({ user }) => user?.login === login);
    return own === undefined ? null : ticketOf(own);
  };
  /** Among the newest first, which the search learns of after moments; then wherever the token may read, also after a transfer. */
  const find = async (repository: string, incidentId: string): Promise<Ticket | null> => {
    const newest = `labels=${TICKET_LABEL}&state=all&sort=created&direction=desc&per_page=${LISTED}`;
    const listed = await call(z.array(Issue), 'GET', `/repos/${repository}/issues?${newest}`);
    const near = await ownOf(listed, incidentId);
    if (near !== null) return near;
    const words = encodeURIComponent(`"${ticketWords(incidentId)}" in:body is:issue`);
    const { items } = await call(Found, 'GET', `/search/issues?q=${words}&per_page=${LISTED}`);
    return await ownOf(items, incidentId);
  };
  const issuePath = ({ repository, number }: Ticket): string => `/repos/${repository}/issues/${number}`;
  return {
    find,
    /** Creates the issue once: when the answer was lost, it is looked for instead of being created again. */
    async create(repository: string, issue: NewTicket, incidentId: string): Promise<Ticket> {
      try {
        return ticketOf(await call(Issue, 'POST', `/repos/${repository}/issues`, issue, { once: true }));
      } catch (error) {
        const found = error instanceof OutcomeUnknown ? await find(repository, incidentId) : null;
        if (found === null) throw error;
        return found;
      }
    },
    async comment(ticket: Ticket, body: string): Promise<void> {
      await call(z.unknown(), 'POST', `${issuePath(ticket)}/comments`, { body }, { once: true });
    },
    async close(ticket: Ticket): Promise<void> {
      await call(z.unknown(), 'PATCH', issuePath(ticket), { state: 'closed', state_reason: 'completed' });
    },
    async reopen(ticket: Ticket): Promise<void> {
      await call(z.unknown(), 'PATCH', issuePath(ticket), { state: 'open', state_reason: 'reopened' });
    },
  };
}

/** Null for what is no JSON, which no schema of ours takes. */
function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
