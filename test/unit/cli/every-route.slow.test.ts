import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { aPattern } from '#test/builders/index.ts';
import { askAbout } from '../functions/api-rig.ts';
import { aFile } from './run-command.ts';
import { aServedApi } from './served-api.ts';

const RECORDS = new URL('../../fixtures/document-d/historical_incidents.csv', import.meta.url);
const SCOPE = 'repository#501:acme/shop';
const INCIDENT = ['incident show', 'incident explain', 'incident postmortem'];
const REASON = ['--reason', 'a test'];

/** What makes a command send something. Commands that are not here need no argument. */
const argumentsOf = (
  command: string,
  {
    incident,
    digest,
    patterns,
    records,
  }: { readonly incident: string; readonly digest: string; readonly patterns: string; readonly records: string },
): readonly string[] => {
  const { id } = aPattern();
  if (INCIDENT.includes(command)) return [incident];
  const given: Readonly<Record<string, readonly string[]>> = {
    'knowledge search': ['--query', 'disk full'],
    'knowledge show': [id],
    'knowledge add': ['--pattern', 'the disk * is full', '--title', 'Disk', '--solution', 'Delete old files.'],
    'knowledge edit': [id, '--title', 'Another title'],
    'knowledge remove': [id, '--yes', ...REASON],
    'knowledge restore': [id, '--to', '1'],
    'knowledge adjust': [id, '--confidence', '0.7', ...REASON],
    'knowledge rollback': ['--to', '1969-11-01', ...REASON],
    'knowledge reset': ['--yes', ...REASON],
    'knowledge import': [patterns],
    'knowledge learn': [records],
    'learning test': [records],
    'experiment start': [
      '--solution-a',
      'rerun-failed-jobs',
      '--solution-b',
      'ranked',
      '--class',
      'test_failure',
      '--id',
      'e',
    ],
    'experiment stop': ['e'],
    'incident create': ['--title', 'It fails', '--repo', 'acme/shop'],
    'incident update': [incident, '--severity', 'high'],
    'incident acknowledge': [incident],
    'incident escalate': [incident, ...REASON],
    'incident resolve': [incident, '--solution', 'Done by hand.', '--yes'],
    'incident false-positive': [incident, ...REASON, '--yes'],
    'incident feedback': [incident, '--action-correct'],
    'incident simulate': ['--title', 'It fails', '--service', 'shop'],
    'action try': ['rerun-failed-jobs'],
    'action execute': ['rerun-failed-jobs', '--incident', incident, '--yes'],
    'baseline list': ['acme/shop'],
    'ci insights': ['--out', '-'],
    'service health': ['shop'],
    'service scale': ['shop', '--to', '3', '--yes'],
    'flaky release': ['0'.repeat(16), 'acme/shop', ...REASON],
    'flaky extend': ['0'.repeat(16), 'acme/shop', '--until', '2026-12-20', ...REASON],
    'key create': ['script', '--role', 'viewer', '--days', '7'],
    'key revoke': ['0123456789abcdef'],
    'connection create': ['prometheus-eu', '--source', 'alertmanager'],
    'connection show': ['prometheus-eu'],
    'connection rotate': ['prometheus-eu'],
    'connection remove': ['prometheus-eu'],
    'event show': ['2026112610-0123456789abcdef'],
    'event replay': ['2026112610-0123456789abcdef'],
    'data export': ['--repo', 'acme/shop'],
    'data delete': ['--repo', 'acme/shop', '--confirm', 'acme/shop'],
    'user link': ['lead@example.com', '--github', 'acme-lead'],
    'alert set': ['--pattern', 'ERROR', '--name', 'errors'],
    'approval show': [digest],
    'approval approve': [digest],
    'approval reject': [digest],
    'approval delegate': ['deputy@example.com', '--hours', '2'],
    'config set': ['policy.maxActionsPerHour=1', ...REASON],
    'policy preview': ['policy.maxActionsPerHour=1'],
    'config reset': ['--yes', ...REASON],
    'config restore': ['1', '--yes', ...REASON],
    'policy stop': ['--yes', ...REASON],
    'policy resume': ['--yes', ...REASON],
    'learning limits': ['--max-new-patterns-per-day', '3'],
    'learning stages': ['--stage-1', 'basic,confidence_0.7'],
    'production configure': ['--max-actions-per-hour', '3', ...REASON],
    'confidence require': ['--action', 'rerun-failed-jobs', '--min-confidence', '0.9', ...REASON],
  };
  return given[command] ?? [];
};

/** They ask again and again, until their clock says that it is enough; of their routes the first is enough. */
const FOLLOWING: Readonly<Record<string, string>> = {
  watch: 'get /api/incidents',
  'log monitor': 'get /api/logs/recent',
  'learning monitor': 'get /api/learning',
};
/** Commands that go to the tables with AWS credentials; whoever has none takes the route. */
const DIRECT: Readonly<Record<string, string>> = {
  'model list': 'get /api/models',
  'model promote': 'post /api/models/{id}/promote',
  'model rollback': 'post /api/models/rollback',
  'answers report': 'get /api/learning/quality',
  'answers correct': 'post /api/learning/corrections',
};
/** Registers files of megabytes, which no body of the API may have; it needs the bucket's credentials. */
const WITHOUT_ROUTE = ['train'];

/** Speaks the OpenTelemetry protocol at an entrance of its own, not the API. */
const SENDS_LOGS = 'log forward';

/** The API's routes as `method /path/{with}/{names}`, and which of them a request is for. */
async function routesOf(api: Awaited<ReturnType<typeof aServedApi>>) {
  const { paths } = (await api.call('/api/openapi.json')).json as { paths: Record<string, Record<string, unknown>> };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const exact = (route: string) => new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/]+')}$`, 'i');
  // Of `/approvals/delegations` and `/approvals/{id}` the one without names is meant.
  const sorted = routes.toSorted((a, b) => a.split('{').length - b.split('{').length);
  return {
    routes,
    routeOf: (request: string) => sorted.find((route) => exact(route).test(request.split('?')[0] ?? '')),
  };
}

describe('whatever the command line reads or changes of a deployment', () => {
  const signedIn = COMMANDS.filter(
    ({ name, options }) => 'token' in options && !(name in FOLLOWING) && name !== SENDS_LOGS,
  );

  it.each(signedIn.map(({ name }) => name))('[D6] has a route: selfheal %s', async (name) => {
    const api = await aServedApi();
    await api.patterns.write(aPattern({ scope: SCOPE }));
    const digest = await askAbout(api);
    const { routeOf } = await routesOf(api);
    const exported = await api.runAs('admin', ['knowledge', 'export', '--scope', SCOPE]);
    const patterns = aFile(exported.text, 'patterns.json');
    const records = aFile(readFileSync(RECORDS, 'utf8'), 'records.csv');
    const before = api.requests.length;
    const given = argumentsOf(name, { incident: api.incident.id, digest, patterns, records });
    const scope = 'scope' in (COMMANDS.find((one) => one.name === name)?.options ?? {}) ? ['--scope', SCOPE] : [];
    const { stderr } = await api.runAs('admin', [...name.split(' '), ...given, ...scope]);
    const sent = api.requests.slice(before);
    expect(sent.length, stderr).toBeGreaterThan(0);
    expect(sent.filter((request) => routeOf(request) === undefined)).toEqual([]);
  });

  it('[D6] has a route where a command follows, or goes to the tables itself', async () => {
    const { routes } = await routesOf(await aServedApi());
    expect(routes).toEqual(expect.arrayContaining([...Object.values(FOLLOWING), ...Object.values(DIRECT)]));
    const direct = COMMANDS.filter(
      ({ options }) => !('token' in options) && ['table', 'registry', 'bucket'].some((option) => option in options),
    ).map(({ name }) => name);
    const local = direct.filter((name) => !(name in DIRECT) && !WITHOUT_ROUTE.includes(name));
    expect(local).toEqual([]);
  });
});
