import { makeCollection } from '@selfheal/fake-server/collection.ts';
import { parseJson, type Service, type WireRequest, type WireResponse } from '@selfheal/fake-server/wire.ts';
import * as z from 'zod';

/** An issue of the local Jira. */
interface LocalIssue {
  readonly id: string;
  readonly key: string;
  /** Keys that it had in other projects. */
  readonly formerKeys?: readonly string[];
  readonly edition: 'cloud' | 'data-center';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly properties: unknown;
  readonly status: 'new' | 'done';
  readonly comments: readonly unknown[];
}

export interface JiraControl {
  /** Oldest first. */
  issues(): readonly LocalIssue[];
  /** Somebody moves an issue to another project: it gets a new key, and the old one leads to it. */
  move(key: string, project: string): void;
  /** Somebody deletes an issue. */
  remove(key: string): void;
  /** Makes the projects demand these fields, too: names by field id. */
  demand(fields: Readonly<Record<string, string>>): void;
}

const TextNode = z.strictObject({
  type: z.literal('text'),
  text: z.string().min(1),
  marks: z
    .array(
      z.union([
        z.strictObject({ type: z.literal('strong') }),
        z.strictObject({ type: z.literal('link'), attrs: z.strictObject({ href: z.url() }) }),
      ]),
    )
    .optional(),
});
/** The part of Atlassian's document format that a text can be (developer.atlassian.com/cloud/jira/platform/apis/document/structure). */
const Document = z.strictObject({
  type: z.literal('doc'),
  version: z.literal(1),
  content: z.array(z.strictObject({ type: z.enum(['paragraph', 'codeBlock']), content: z.array(TextNode).min(1) })),
});
const MAX_TEXT = 32_767;
const bodySchema = (edition: LocalIssue['edition']) =>
  edition === 'cloud'
    ? Document.refine((body) => JSON.stringify(body).length <= MAX_TEXT * 2)
    : z.string().min(1).max(MAX_TEXT);
const NewIssue = (edition: LocalIssue['edition']) =>
  z.strictObject({
    fields: z.looseObject({
      project: z.strictObject({ key: z.string() }),
      issuetype: z.strictObject({ name: z.literal('Bug') }),
      summary: z
        .string()
        .min(1)
        .max(255)
        .refine((summary) => !/[\r\n]/.test(summary)),
      description: bodySchema(edition),
      labels: z.array(z.string().regex(/^\S{1,255}$/)),
      assignee: (edition === 'cloud'
        ? z.strictObject({ accountId: z.string() })
        : z.strictObject({ name: z.string() })
      ).optional(),
    }),
    properties: z.array(z.strictObject({ key: z.string(), value: z.unknown() })),
  });
const Search = z.strictObject({ jql: z.string(), fields: z.array(z.string()), maxResults: z.number() });

/** The part of Jira Cloud's API v3 and Data Center's v2 that tickets need; projects exist when they are named, with issues of type Bug. */
export function makeLocalJira(dataDir: string | undefined): {
  readonly service: Service;
  readonly control: JiraControl;
} {
  const issues = makeCollection<LocalIssue>(dataDir, 'jira/issues');
  let demanded: Readonly<Record<string, string>> = {};
  const perform = (request: WireRequest): WireResponse => {
    const [, version = '', rest = ''] = PATH.exec(request.path) ?? [];
    const edition = version === '3' ? 'cloud' : 'data-center';
    const scheme = edition === 'cloud' ? /^Basic \S+$/ : /^Bearer \S+$/;
    if (!scheme.test(String(request.headers.authorization ?? ''))) return problem(401, 'Client must be authenticated.');
    const body = request.method === 'GET' ? null : parseJson(request.body);
    const route = `${request.method} ${rest}`;
    if (route === (edition === 'cloud' ? 'POST search/jql' : 'POST search')) return search(body);
    if (route === 'POST issue') return create(body, edition);
    if (/^GET issue\/createmeta\/[A-Z]\w*\/issuetypes$/.test(route)) {
      const types = [{ id: '10004', name: 'Bug', subtask: false }];
      return json(200, edition === 'cloud' ? { issueTypes: types, total: 1 } : { values: types, total: 1 });
    }
    if (/^GET issue\/createmeta\/[A-Z]\w*\/issuetypes\/10004$/.test(route)) {
      const all = {
        summary: 'Summary',
        issuetype: 'Issue Type',
        project: 'Project',
        reporter: 'Reporter',
        ...demanded,
      };
      const fields = Object.entries(all).map(([fieldId, name]) => ({ fieldId, name, required: true }));
      return json(200, edition === 'cloud' ? { fields } : { values: fields });
    }
    const [, key = '', part = ''] = /^issue\/([A-Z]\w*-\d+)\/(comment|transitions)$/.exec(rest) ?? [];
    const issue = issues.all().find((one) => one.key === key || one.formerKeys?.includes(key) === true);
    if (issue === undefined) return problem(404, 'Issue does not exist or you do not have permission to see it.');
    return part === 'comment' ? comment(issue, body) : transition(issue, request.method, body);
  };
  const search = (body: unknown): WireResponse => {
    const wanted = Search.safeParse(body);
    const label = /^labels = "([^"\s]+)" ORDER BY created ASC$/.exec(wanted.data?.jql ?? '')?.[1];
    if (label === undefined) return problem(400, 'Error in the JQL Query.');
    const found = issues.all().filter(({ fields }) => (fields.labels as string[]).includes(label));
    return json(200, { issues: found.map(({ key, status }) => ({ key, fields: { status: statusOf(status) } })) });
  };
  const create = (body: unknown, edition: LocalIssue['edition']): WireResponse => {
    const parsed = NewIssue(edition).safeParse(body);
    if (!parsed.success) return problem(400, z.prettifyError(parsed.error));
    const { fields, properties } = parsed.data;
    const missing = Object.keys(demanded).filter((id) => fields[id] === undefined);
    if (missing.length > 0)
      return json(400, { errors: Object.fromEntries(missing.map((id) => [id, `${demanded[id]} is required.`])) });
    const id = String(10_000 + issues.all().length);
    const key = `${fields.project.key}-${issues.all().length + 1}`;
    issues.put(id, { id, key, edition, fields, properties, status: 'new', comments: [] });
    return json(201, { id, key, self: `https://local.atlassian.net/rest/api/3/issue/${id}` });
  };
  const comment = (issue: LocalIssue, body: unknown): WireResponse => {
    const parsed = z.strictObject({ body: bodySchema(issue.edition) }).safeParse(body);
    if (!parsed.success) return problem(400, 'Comment body is not valid!');
    issues.put(issue.id, { ...issue, comments: [...issue.comments, parsed.data.body] });
    return json(201, { id: '1' });
  };
  const transition = (issue: LocalIssue, method: string, body: unknown): WireResponse => {
    const to = issue.status === 'done' ? 'new' : 'done';
    if (method === 'GET')
      return json(200, { transitions: [{ id: to === 'done' ? '31' : '11', name: to, to: statusOf(to) }] });
    const parsed = z.strictObject({ transition: z.strictObject({ id: z.enum(['11', '31']) }) }).safeParse(body);
    if (!parsed.success) return problem(400, 'transition id is not valid for this issue.');
    issues.put(issue.id, { ...issue, status: to });
    return { status: 204, headers: {}, body: '' };
  };
  return {
    service: {
      recognise: (request) =>
        PATH.test(request.path)
          ? {
              service: 'jira',
              operation: `jira:${request.method.toLowerCase()}`,
              perform: () => perform(request),
              fail: (status) => problem(status, 'server_error'),
            }
          : null,
    },
    control: {
      issues: () => issues.all(),
      move(key, project) {
        const issue = issues.all().find((one) => one.key === key);
        if (issue === undefined) throw new Error(`There is no issue ${key}.`);
        const formerKeys = [...(issue.formerKeys ?? []), key];
        const fields = { ...issue.fields, project: { key: project } };
        issues.put(issue.id, { ...issue, fields, formerKeys, key: `${project}-${issues.all().length + 1}` });
      },
      remove(key) {
        for (const { id } of issues.all().filter((one) => one.key === key)) issues.remove(id);
      },
      demand(fields) {
        demanded = fields;
      },
    },
  };
}

const PATH = /^\/rest\/api\/([23])\/(.+)$/;
const statusOf = (key: LocalIssue['status']) => ({ name: key, statusCategory: { key } });
const json = (status: number, body: unknown): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const problem = (status: number, message: string): WireResponse => json(status, { errorMessages: [message] });
