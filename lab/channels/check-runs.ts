import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import MarkdownIt from 'markdown-it';
import { checkBodyOf } from '#shared/adapters/github/check-runs.ts';
import { checkTextOf } from '#shared/plugins/notifiers/github-check/check-text.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import { broken, type Json } from './described.ts';

/** The commit of every run here. */
const HEAD = 'a'.repeat(40);
/** "Create a check run", docs.github.com/en/rest/checks/runs. */
const MAX_PART = 65_535;

let validate: ValidateFunction | undefined;

/** GitHub's own description of the request: 13 MB, read once. */
function validator(): ValidateFunction {
  if (validate !== undefined) return validate;
  const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
  const { paths, components } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Json; components: Json };
  const { post } = paths['/repos/{owner}/{repo}/check-runs'] as {
    post: { requestBody: { content: Record<string, { schema: Json }> } };
  };
  const ajv = new Ajv({ strict: false, logger: false });
  addFormats.default(ajv);
  validate = ajv.compile({ ...post.requestBody.content['application/json']?.schema, components });
  return validate;
}

/** What is wrong with the check run of an announcement, as if it were of a run; nothing where it is about no incident. */
export function checkRunFaults(announcement: Announcement): string[] {
  if (!('story' in announcement)) return [];
  const { story } = announcement;
  const check = checkTextOf(story, { headSha: HEAD });
  const body = { head_sha: HEAD, ...checkBodyOf(check, check.annotation) };
  const isValid = validator()(JSON.parse(JSON.stringify(body)));
  const errors = isValid
    ? []
    : (validator().errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  const own = [...story.links, ...(story.evidence?.sources ?? [])].flatMap(({ url }) => (url === null ? [] : [url]));
  const lines = [check.name.replace(/^Selfheal: /, ''), check.title, check.annotation?.message ?? ''];
  const live = [check.summary, check.text].flatMap((part) => liveIn(part, own));
  return [
    ...errors,
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
