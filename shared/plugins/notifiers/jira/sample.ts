import type { NotifierSample, ShownMessage } from '../contract.ts';

const ISSUE_TYPES = ['Bug', 'Task', 'Story', 'Incident'].map((name) => ({ id: name, name }));
const ANSWERS: readonly (readonly [path: RegExp, answer: unknown])[] = [
  [/\/search(\/jql)?$/, { issues: [] }],
  [/\/issuetypes$/, { issueTypes: ISSUE_TYPES }],
  [/\/issuetypes\/[^/]+$/, { fields: [] }],
];

/** A Jira without tickets, whose projects demand nothing. */
export const sample: NotifierSample = {
  settings: { project: 'OPS' },
  secret: { url: 'https://sample.atlassian.net', user: 'selfheal@example.com', token: 'sample' },
  answer({ url, body }) {
    const { pathname } = new URL(url);
    if (/\/issue$/.test(pathname)) return { text: JSON.stringify({ key: 'SAMPLE-1' }), shown: ticketIn(body) };
    const answer = ANSWERS.find(([path]) => path.test(pathname))?.[1];
    return answer === undefined ? { text: 'ok' } : { text: JSON.stringify(answer), shown: null };
  },
};

interface AdfNode {
  readonly type: string;
  readonly text?: string;
  readonly content?: readonly AdfNode[];
}

function ticketIn(body: string): ShownMessage {
  const { fields } = JSON.parse(body) as { fields: { summary: string; description: AdfNode | string } };
  const words = (node: AdfNode): string => node.text ?? (node.content ?? []).map(words).join('');
  const { description } = fields;
  const text = typeof description === 'string' ? description : (description.content ?? []).map(words).join('\n\n');
  return { subject: fields.summary, text };
}
