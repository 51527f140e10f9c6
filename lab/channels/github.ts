import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { lazy } from '@selfheal/kernel/lazy.ts';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import MarkdownIt from 'markdown-it';
import { checkBodyOf } from '#shared/adapters/github/check-runs.ts';
import { channelMessageOf } from '#shared/plugins/notifiers/common/channel-message.ts';
import { checkTextOf } from '#shared/plugins/notifiers/github-check/check-text.ts';
import { markerOf, renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import { TICKET_LABEL, ticketMarker } from '#shared/plugins/notifiers/github-issue/client.ts';
import { ticketBodyOf, titleOf } from '#shared/plugins/notifiers/github-issue/issue-text.ts';
import type { Announcement, IncidentStory } from '#shared/ports/announcement.ts';
import { broken, type Json } from './described.ts';

/** The commit of every run here. */
const HEAD = 'a'.repeat(40);
/** "Create a check run", docs.github.com/en/rest/checks/runs. */
const MAX_PART = 65_535;
/** "Create an issue comment", docs.github.com/en/rest/issues/comments: what GitHub takes. */
const MAX_BODY = 65_536;

type Paths = Readonly<Record<string, { post: { requestBody: { content: Record<string, { schema: Json }> } } }>>;

/** GitHub's own description of its requests: 13 MB, read once. */
const described = lazy(() => {
  const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
  const { paths, components } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Paths; components: Json };
  const ajv = new Ajv({ strict: false, logger: false });
  addFormats.default(ajv);
  const compiled = new Map<string, ValidateFunction>();
  return (path: string): ValidateFunction => {
    const known = compiled.get(path);
    if (known !== undefined) return known;
    const schema = paths[path]?.post.requestBody.content['application/json']?.schema;
    if (schema === undefined) throw new Error(`GitHub's description has no POST ${path}.`);
    const made = ajv.compile({ ...(JSON.parse(JSON.stringify(schema), typed) as Json), components });
    compiled.set(path, made);
    return made;
  };
});

/** Without `nullable` where no type stands beside it, as in the labels of an issue, which Ajv refuses. */
function typed(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('nullable' in value) || 'type' in value) return value;
  const { nullable: _, ...rest } = value;
  return rest;
}

/** What the description of this request has against a body. */
function faultsOf(path: string, body: object): string[] {
  const validate = described()(path);
  if (validate(JSON.parse(JSON.stringify(body)))) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** What is wrong with the check run of an announcement, as if it were of a run; nothing where it is about no incident. */
export function checkRunFaults(announcement: Announcement): string[] {
  if (!('story' in announcement)) return [];
  const { story } = announcement;
  const check = checkTextOf(story, { headSha: HEAD });
  const body = { head_sha: HEAD, ...checkBodyOf(check, check.annotation) };
  const own = linksOf(story);
  const lines = [check.name.replace(/^Selfheal: /, ''), check.title, check.annotation?.message ?? ''];
  const live = [check.summary, check.text].flatMap((part) => liveIn(part, own));
  return [
    ...faultsOf('/repos/{owner}/{repo}/check-runs', body),
    ...live,
    ...broken({
      'neutral and completed': body.conclusion === 'neutral' && body.status === 'completed',
      'summary of 1 to 65,535 characters': check.summary.length > 0 && check.summary.length <= MAX_PART,
      'text of at most 65,535 characters': check.text.length <= MAX_PART,
      'one line without mentions in name, title and annotation': lines.every(
        (line) => !/[@#](?=[\p{L}\p{N}_])|:\/\/|[\r\n]/u.test(line),
      ),
      'a title': check.title.trim() !== '',
    }),
  ];
}

/** What is wrong with the comment on the pull request of a run. */
export function commentFaults(announcement: Announcement): string[] {
  if (!('story' in announcement) || announcement.story.incident.target.kind !== 'run') return [];
  const { story } = announcement;
  const body = renderComment(story);
  const words = withoutOwn(body, markerOf(story.incident.intakeKey)).replace(/^### /m, '#### ');
  return [
    ...faultsOf('/repos/{owner}/{repo}/issues/{issue_number}/comments', { body }),
    ...liveIn(words, linksOf(story)),
    ...broken({ 'at most 65,536 characters': body.length <= MAX_BODY }),
  ];
}

/** What is wrong with the issue that is opened for an incident. */
export function issueFaults(announcement: Announcement): string[] {
  const message = channelMessageOf(announcement);
  if (message === null || !('story' in announcement)) return [];
  const { id } = announcement.story.incident;
  const body = ticketBodyOf(message, 'By its class.', id);
  const issue = { title: titleOf(message), body, labels: [TICKET_LABEL], assignees: [] };
  return [
    ...faultsOf('/repos/{owner}/{repo}/issues', issue),
    ...liveIn(
      withoutOwn(body, ticketMarker(id)),
      message.links.map(({ url }) => url),
    ),
    ...broken({
      'at most 65,536 characters': body.length <= MAX_BODY,
      'a title of one line, of at most 256 characters, without mentions':
        /^[^\r\n]{1,256}$/.test(issue.title) && !/[@#](?=[\p{L}\p{N}_])/u.test(issue.title),
    }),
  ];
}

const linksOf = ({ links, evidence }: IncidentStory): string[] =>
  [...links, ...(evidence?.sources ?? [])].flatMap(({ url }) => (url === null ? [] : [url]));

/** The body without the HTML that is Selfheal's own: its marks, and the small print at the end. */
function withoutOwn(body: string, marker: string): string {
  const last = body.lastIndexOf('<sub>');
  const print = body.slice(last).replace(/^<sub>([^<>]*)<\/sub>$/, '$1');
  return `${body.slice(0, last)}${print}`.replace(marker, '').replace(/^<!-- selfheal-run:\d+ \w+ -->$/m, '');
}

/** What GitHub would make of words of outsiders, outside code: HTML, images, tables, headings, foreign links, mentions and references. */
function liveIn(part: string, own: readonly string[]): string[] {
  const tokens = new MarkdownIt({ html: true }).parse(part, {});
  return tokens
    .flatMap((token) => [token, ...(token.children ?? [])])
    .flatMap(({ type, tag, attrs, content }) => {
      const href = String(attrs?.[0]?.[1] ?? '');
      const isLive =
        (type === 'heading_open' && tag !== 'h4') ||
        /^html|^image|^table/.test(type) ||
        (type === 'link_open' && /evil|^(?!https?:)/.test(href) && !own.includes(href)) ||
        (type === 'text' && /@(?=[a-z0-9])|#(?=\d)|:\/\/|\bwww\.(?=\w)/i.test(content));
      return isLive ? [`${type} ${href}${content}`.slice(0, 200)] : [];
    });
}
