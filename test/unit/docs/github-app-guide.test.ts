import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NEEDED_EVENTS } from '#shared/domain/configuration/webhook-setup.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PAGE = readFileSync(join(ROOT, 'docs/guide/set-up.md'), 'utf8');
const REPOSITORY = '/repos/{owner}/{repo}';

/** Level of a permission; `fixes` is needed only where fixes, reverts or issues are switched on, `hook` only for a repository's own webhook, `checks` only for check runs. */
type Need = readonly [permission: string, level: 'read' | 'write', only?: 'fixes' | 'hook' | 'checks'];
const NONE: Need = ['metadata', 'read'];

/** https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps, by the beginning of the request; the longest counts. */
const NEEDS: Readonly<Record<string, Need>> = {
  'GET /app': NONE,
  'POST /app/installations/{installation_id}/access_tokens': NONE,
  'GET /rate_limit': NONE,
  'GET /user': NONE,
  'GET /users': NONE,
  [`GET ${REPOSITORY}`]: NONE,
  [`GET ${REPOSITORY}/installation`]: NONE,
  [`GET ${REPOSITORY}/collaborators`]: NONE,
  [`GET ${REPOSITORY}/actions`]: ['actions', 'read'],
  [`POST ${REPOSITORY}/actions`]: ['actions', 'write'],
  [`GET ${REPOSITORY}/check-runs`]: ['checks', 'read'],
  [`POST ${REPOSITORY}/check-runs`]: ['checks', 'write', 'checks'],
  [`PATCH ${REPOSITORY}/check-runs`]: ['checks', 'write', 'checks'],
  [`GET ${REPOSITORY}/commits/{ref}/check-runs`]: ['checks', 'read'],
  [`GET ${REPOSITORY}/activity`]: ['contents', 'read'],
  [`GET ${REPOSITORY}/commits`]: ['contents', 'read'],
  [`GET ${REPOSITORY}/git`]: ['contents', 'read'],
  [`POST ${REPOSITORY}/git`]: ['contents', 'write', 'fixes'],
  [`DELETE ${REPOSITORY}/git`]: ['contents', 'write', 'fixes'],
  [`GET ${REPOSITORY}/pulls`]: ['pull_requests', 'read'],
  [`POST ${REPOSITORY}/pulls`]: ['pull_requests', 'write', 'fixes'],
  [`GET ${REPOSITORY}/issues`]: ['issues', 'read'],
  [`POST ${REPOSITORY}/issues`]: ['issues', 'write', 'fixes'],
  [`POST ${REPOSITORY}/issues/{issue_number}/labels`]: ['issues', 'write', 'fixes'],
  [`POST ${REPOSITORY}/issues/{issue_number}/comments`]: ['pull_requests', 'write'],
  [`PATCH ${REPOSITORY}/issues/comments`]: ['pull_requests', 'write'],
  [`POST ${REPOSITORY}/issues/comments`]: ['pull_requests', 'write'],
  [`GET ${REPOSITORY}/hooks`]: ['repository_hooks', 'read', 'hook'],
  [`POST ${REPOSITORY}/hooks`]: ['repository_hooks', 'write', 'hook'],
};

/** What the adapters ask GitHub for. */
const REQUESTS = globSync('shared/adapters/github/*.ts', { cwd: ROOT })
  .flatMap((file) => readFileSync(join(ROOT, file), 'utf8').match(/(?:GET|POST|PUT|PATCH|DELETE) \/[\w{}/$.-]+/g) ?? [])
  .map((request) => request.replace(/\$\{path\}/, ''));

function needOf(request: string): Need | undefined {
  const fits = Object.keys(NEEDS).filter((start) => request === start || request.startsWith(`${start}/`));
  return NEEDS[fits.sort((a, b) => b.length - a.length)[0] ?? ''];
}

/** The highest level of each permission. */
function levelsOf(needs: readonly (Need | undefined)[]): Record<string, string> {
  const levels: Record<string, string> = {};
  for (const [permission, level] of needs.flatMap((need) => (need === undefined ? [] : [need])))
    if (levels[permission] !== 'write') levels[permission] = level;
  return levels;
}

describe('the GitHub App of the guide', () => {
  const manifest = [...PAGE.matchAll(/^```json\n([\s\S]*?)^```/gm)]
    .map(([, json = '']) => JSON.parse(json) as { default_permissions?: object; default_events?: string[] })
    .find((block) => block.default_permissions !== undefined);

  it('knows a permission for each request of the adapters', () => {
    expect(REQUESTS.length).toBeGreaterThan(35);
    expect(REQUESTS.filter((request) => needOf(request) === undefined)).toEqual([]);
    expect(needOf(`PUT ${REPOSITORY}/topics`)).toBeUndefined();
  });

  it('has the permissions that the requests need without fixes, and the events that are handled', () => {
    const needs = REQUESTS.map(needOf).filter((need) => need?.[2] === undefined);
    expect(manifest?.default_permissions).toEqual(levelsOf(needs));
    expect(manifest?.default_events).toEqual(Object.keys(NEEDED_EVENTS));
  });

  it('is filled in by the address with the same permissions and events', () => {
    const [address = ''] = PAGE.match(/https:\/\/github\.com\/organizations\/\S+/) ?? [];
    const { searchParams } = new URL(address.replaceAll(/<\w+>/g, 'value'));
    expect(searchParams.getAll('events[]')).toEqual(manifest?.default_events);
    const permissions = Object.keys(levelsOf(REQUESTS.map(needOf))).flatMap((name) => {
      const level = searchParams.get(name);
      return level === null ? [] : [[name, level] as const];
    });
    expect(Object.fromEntries(permissions)).toEqual(manifest?.default_permissions);
  });

  it('says which permissions fixes, check runs and a webhook of the repository need on top', () => {
    const more = levelsOf(REQUESTS.map(needOf).filter((need) => need?.[2] !== undefined));
    expect(more).toEqual({
      checks: 'write',
      contents: 'write',
      issues: 'write',
      pull_requests: 'write',
      repository_hooks: 'write',
    });
    for (const row of [
      /\*Checks\*: read \|.*write for \[check runs/,
      /\*Contents\*: read \|.*write for \[fixes/,
      /\*Issues\*: read \|.*write for/,
      /\*Webhooks\*: write/,
    ])
      expect(PAGE).toMatch(row);
  });
});
