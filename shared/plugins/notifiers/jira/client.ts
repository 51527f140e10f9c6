import { OutcomeUnknown, Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { ChannelRequest, Poster } from '#shared/ports/poster.ts';

export const JiraFields = z.strictObject({
  /** Without a path: `https://example.atlassian.net`. */
  url: z.url({ protocol: /^https$/ }),
  /** E-mail address of the account in Jira Cloud; absent for a personal access token of Data Center. */
  user: z.string().min(1).optional(),
  token: z.string().min(1),
});
export type JiraFields = z.output<typeof JiraFields>;

const Category = z.object({ statusCategory: z.object({ key: z.string() }) });
const Found = z.object({ issues: z.array(z.object({ key: z.string(), fields: z.object({ status: Category }) })) });
const Created = z.object({ key: z.string() });
const Transitions = z.object({ transitions: z.array(z.object({ id: z.string(), to: Category })) });
const IssueType = z.object({ id: z.string(), name: z.string() });
const MetaField = z.object({
  fieldId: z.string(),
  name: z.string(),
  required: z.boolean(),
  hasDefaultValue: z.boolean().optional(),
});
/** Cloud names the lists, Data Center calls both `values`. */
const TypesPage = z.object({ issueTypes: z.array(IssueType).optional(), values: z.array(IssueType).optional() });
const FieldsPage = z.object({ fields: z.array(MetaField).optional(), values: z.array(MetaField).optional() });

export interface JiraIssue {
  readonly key: string;
  readonly isDone: boolean;
}

/** The calls that tickets need, of Jira Cloud (v3) or Data Center (v2). */
export function makeJiraClient({ url, user, token }: JiraFields, edition: 'cloud' | 'data-center', poster: Poster) {
  const base = `${url.replace(/\/+$/, '')}/rest/api/${edition === 'cloud' ? 3 : 2}`;
  const authorization =
    user === undefined ? `Bearer ${token}` : `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
  const call = async <T>(
    schema: z.ZodType<T>,
    path: string,
    body?: object,
    more: Pick<ChannelRequest, 'once'> = {},
  ): Promise<T> => {
    const { text } = await poster.send({
      what: 'Jira',
      method: body === undefined ? 'GET' : 'POST',
      url: base + path,
      headers: { authorization, accept: 'application/json', 'x-atlassian-token': 'no-check' },
      body: body === undefined ? '' : JSON.stringify(body),
      ...more,
    });
    const parsed = schema.safeParse(text === '' ? {} : JSON.parse(text));
    if (parsed.success) return parsed.data;
    throw new Refused(
      `Jira: the answer to ${path} is not what its documentation says: ${z.prettifyError(parsed.error)}`,
    );
  };
  const find = async (label: string): Promise<JiraIssue | null> => {
    const search = edition === 'cloud' ? '/search/jql' : '/search';
    const jql = `labels = "${label}" ORDER BY created ASC`;
    const { issues } = await call(Found, search, { jql, fields: ['status'], maxResults: 1 });
    const [first] = issues;
    return first === undefined ? null : { key: first.key, isDone: first.fields.status.statusCategory.key === 'done' };
  };
  return {
    find,
    /** Creates the issue once: when the answer was lost, it is looked for by its label instead of being created again. */
    async create(fields: object, incidentId: string, label: string): Promise<string> {
      const body = { fields, properties: [{ key: 'selfheal', value: { incidentId } }] };
      try {
        return (await call(Created, '/issue', body, { once: true })).key;
      } catch (error) {
        const found = error instanceof OutcomeUnknown ? await find(label) : null;
        if (found === null) throw error;
        return found.key;
      }
    },
    /** Names of the fields that the project demands and nobody mapped; throws `Refused` when it has no such type of issue. */
    async unmapped(project: string, issueType: string, given: ReadonlySet<string>): Promise<string[]> {
      const start = `/issue/createmeta/${encodeURIComponent(project)}/issuetypes`;
      const { issueTypes, values = [] } = await call(TypesPage, start);
      const types = issueTypes ?? values;
      const type = types.find(({ name }) => name.toLowerCase() === issueType.toLowerCase());
      if (type === undefined)
        throw new Refused(
          `Jira: ${project} has no issue type ${issueType}. Set notifiers.jira.issueType to one of: ${types.map(({ name }) => name).join(', ')}.`,
        );
      const page = await call(FieldsPage, `${start}/${type.id}?maxResults=200`);
      return (page.fields ?? page.values ?? [])
        .filter(({ fieldId, required, hasDefaultValue }) => required && hasDefaultValue !== true && !given.has(fieldId))
        .map(({ name, fieldId }) => `${name} (${fieldId})`);
    },
    async comment(key: string, body: unknown): Promise<void> {
      await call(z.unknown(), `/issue/${key}/comment`, { body }, { once: true });
    },
    /** Moves the issue to the first status of these categories that its workflow allows; false when there is none. */
    async move(key: string, categories: readonly string[]): Promise<boolean> {
      const { transitions } = await call(Transitions, `/issue/${key}/transitions`);
      const to = categories
        .map((category) => transitions.find((one) => one.to.statusCategory.key === category))
        .find((one) => one !== undefined);
      if (to === undefined) return false;
      await call(z.unknown(), `/issue/${key}/transitions`, { transition: { id: to.id } });
      return true;
    },
  };
}
