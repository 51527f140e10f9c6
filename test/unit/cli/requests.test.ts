import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REQUESTS } from '#apps/cli/requests/table.ts';
import { listOperations, OPERATION_LIST } from '../../../tools/list-operations.ts';
import { aServedApi } from './served-api.ts';

/** What is typed behind `selfheal`, the last request that it sends, its body, and what it says. `{id}` is the stored incident. */
type Line = readonly [typed: string, request: string, body: unknown, says: RegExp];

/** One line a command of the tables. What is typed is split at blanks. */
const LINES: readonly Line[] = [
  ['incident show {id}', 'GET /api/incidents/{id}', null, /Incident 1, {id}, open, opened /],
  [
    'incident create --title Down --severity HIGH --repository acme/shop',
    'POST /api/incidents',
    {
      ...{ title: 'Down', description: '', service: null, repository: 'acme/shop', severity: 'high' },
      ...{ lines: [], simulated: false },
    },
    /severity high\n {2}Down/,
  ],
  [
    'incident update {id} --assignee Grace --reason mine',
    'PATCH /api/incidents/{id}',
    { assignee: 'Grace', reason: 'mine' },
    /assigned to Grace/,
  ],
  ['postmortem {id}', 'GET /api/incidents/{id}/postmortem', null, /^# .*\n/],
  ['acknowledge-incident {id}', 'POST /api/incidents/{id}/acknowledge', null, /acknowledged by ada@example.com/],
  [
    'escalate-incident {id} --reason stuck',
    'POST /api/incidents/{id}/escalate',
    { reason: 'stuck' },
    /people were told by: teams/,
  ],
  [
    'resolve-incident {id} --solution Restarted --resolution-time 5m --success true --category memory_leaks',
    'POST /api/incidents/{id}/resolve',
    { solution: 'Restarted', actionTaken: null, minutes: 5, success: true, class: 'memory_leaks' },
    /resolved.*people worked on it for 300 seconds/s,
  ],
  [
    'mark-false-positive {id} --reason drill --update-patterns true',
    'POST /api/incidents/{id}/false-positive',
    { reason: 'drill', updatePatterns: true },
    /A false alarm, says ada@example.com: drill/,
  ],
  [
    'feedback --incident-id {id} --action-correct false --speed-rating 4',
    'POST /api/incidents/{id}/feedback',
    { actionCorrect: false, speedRating: 4, effectivenessRating: null, comments: null },
    /your feedback is kept; it is the first/,
  ],
  ['action list', 'GET /api/actions', null, /^rerun-failed-jobs +low .*allowed/m],
  [
    'action-stats --action-type rerun-failed-jobs',
    'GET /api/actions/stats?action=rerun-failed-jobs',
    null,
    /no outcome/,
  ],
  ['services', 'GET /api/applications', null, /the configuration lists no service/],
  ['service health shop', 'GET /api/applications/shop/health', null, /The configuration has no service shop/],
  ['baselines acme/shop', 'GET /api/baselines?repository=acme/shop', null, /workflow \d+ {2}\d+ runs?, /],
  ['approval list', 'GET /api/approvals', null, /no plan is pending approval/],
  ['policy stop --yes --reason drill', 'POST /api/config/stop', { reason: 'drill' }, /^Stopped: drill\n/],
  [
    'policy preview policy.maxActionsPerHour=1',
    'POST /api/config/preview',
    { change: { policy: { maxActionsPerHour: 1 } } },
    /policy\.maxActionsPerHour: .* -> 1\n.*Nothing was changed\.\n$/s,
  ],
  ['config history --limit 3', 'GET /api/config/history?limit=3', null, /nobody changed the policy yet/],
  ['alert list', 'GET /api/config', null, /\S/],
  ['costs --days 7', 'GET /api/costs?days=7', null, /^0 incidents in 7 days: models/],
  [
    'key create script --days 7 --role viewer,operator',
    'POST /api/keys',
    { name: 'script', roles: ['viewer', 'operator'], expiresAt: '1970-01-08T00:00:00.000Z' },
    /./,
  ],
  ['key list', 'GET /api/keys', null, /There are no API keys/],
  ['key revoke 0123456789abcdef', 'DELETE /api/keys/0123456789abcdef', null, /There is no API key/i],
  ['user list', 'GET /api/users', null, /Nobody signed in yet/],
  [
    'user link lead@example.com --github acme-lead',
    'PUT /api/users/lead@example.com/github',
    { login: 'acme-lead' },
    /lead@example.com/,
  ],
  [
    'user link lead@example.com --gitlab acme.lead',
    'PUT /api/users/lead@example.com/gitlab',
    { login: 'acme.lead' },
    /lead@example.com/,
  ],
  [
    'user link lead@example.com --remove-gitlab',
    'PUT /api/users/lead@example.com/gitlab',
    { login: null },
    /lead@example.com/,
  ],
  [
    'connection create prometheus-eu --source alertmanager --services shop,orders --per-minute 60',
    'POST /api/connections/webhooks',
    {
      ...{ id: 'prometheus-eu', source: 'alertmanager', scheme: 'bearer', header: null, services: ['shop', 'orders'] },
      ...{ perMinute: 60, secret: 'derived', silentAfterMinutes: null },
    },
    /Connection prometheus-eu \(alertmanager\)\nAddress: http/,
  ],
  ['connection list', 'GET /api/connections/webhooks', null, /There are no connections/],
  ['connection show eu', 'GET /api/connections/webhooks/eu', null, /There is no such connection/],
  [
    'connection rotate eu --overlap-hours 0',
    'POST /api/connections/webhooks/eu/rotate',
    { overlapHours: 0 },
    /There is no such connection/,
  ],
  ['connection remove eu', 'DELETE /api/connections/webhooks/eu', null, /There is no such connection/],
  ['event list disk full --days 3', 'GET /api/events?search=disk full&days=3', null, /Nothing like it was left aside/],
  ['event show 2026112610-0123456789abcdef', 'GET /api/events/2026112610-0123456789abcdef', null, /no event/i],
  [
    'event replay 2026112610-0123456789abcdef',
    'POST /api/events/2026112610-0123456789abcdef/replay',
    null,
    /no event/i,
  ],
  [
    'data history --repo acme/shop',
    'GET /api/data/history?repository=acme/shop',
    null,
    /nothing of acme\/shop was deleted/,
  ],
  ['log statistics --service shop', 'GET /api/logs/statistics?service=shop', null, /^0 lines of 1 incident/],
  ['experiment stop e', 'POST /api/experiments/e/stop', null, /There is no experiment/],
  ['knowledge stats', 'GET /api/knowledge/stats?scope=services', null, /all services\npatterns: 0, 0 removed/],
  ['ai-status --scope acme/shop', 'GET /api/learning?scope=acme/shop', null, /learning: stage |no incident/],
  ['ai-metrics', 'GET /api/learning/quality', null, /predictions, 0 judged/],
];

const wordsOf = (typed: string): string[] => typed.split(' ');
const nameOf = (typed: string): string | undefined =>
  REQUESTS.find(({ name, aliases = [] }) => [name, ...aliases].some((one) => `${typed} `.startsWith(`${one} `)))?.name;

describe('commands that are one request', () => {
  it('have a line each in this table', () => {
    expect([...new Set(LINES.map(([typed]) => nameOf(typed)))].toSorted()).toEqual(
      REQUESTS.map(({ name }) => name).toSorted(),
    );
  });

  it('[D6] know the fields of their routes as the API describes them', () => {
    expect(JSON.parse(readFileSync(OPERATION_LIST, 'utf8'))).toEqual(JSON.parse(listOperations()));
  });

  it.each(LINES)('%s', async (typed, request, body, says) => {
    const api = await aServedApi();
    const filled = (text: string): string => text.replaceAll('{id}', api.incident.id);
    const { code, text, stderr } = await api.runAs('admin', wordsOf(filled(typed)));
    expect(code).toBeLessThanOrEqual(2);
    const last = api.requests.at(-1)?.replaceAll('+', ' ');
    expect([last, api.bodies.at(-1)]).toEqual([filled(request), body]);
    expect(text + stderr).toMatch(new RegExp(filled(says.source), says.flags));
  });

  it.each(LINES.filter(([, request]) => !/^GET |\/preview$/.test(request)))(
    'with --dry-run say what would be sent, and send nothing: %s',
    async (typed, request, body) => {
      const api = await aServedApi();
      const filled = (text: string): string => text.replaceAll('{id}', api.incident.id);
      const { code, text } = await api.runAs('admin', [...wordsOf(filled(typed)), '--dry-run']);
      expect([code, JSON.parse(text)]).toEqual([0, { dryRun: true, request: filled(request), body: body ?? {} }]);
      expect(api.requests).toEqual([]);
    },
  );

  it.each([
    ['event list --days 99', '--days 99: expected a number from 0.01 to 30.'],
    ['config history --limit 0', '--limit 0: expected a whole number from 1 to 100.'],
    ['costs --days many', '--days many: expected a whole number from 1 to 400.'],
    ['connection create eu --source x --scheme bearr', '--scheme: There is no scheme "bearr"; did you mean bearer?'],
    [
      'key create k --role viewer,boss',
      '--role: There is no role "boss". Use one of: viewer, operator, approver, admin.',
    ],
    ['incident create', '"selfheal incident create" needs --title TEXT.'],
    ['incident false-positive gh-1', '"selfheal incident false-positive" needs --reason TEXT.'],
    ['policy stop --reason drill', 'needs --yes to stop everything'],
    ['policy stop --yes', 'needs --reason TEXT'],
    [
      'policy preview maxActionsPerHour',
      'maxActionsPerHour: expected SETTING=VALUE, such as policy.maxActionsPerHour=5.',
    ],
  ])('refuse before anything is sent: %s', async (typed, says) => {
    const api = await aServedApi();
    const { code, stderr } = await api.runAs('admin', wordsOf(typed));
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(api.requests).toEqual([]);
  });
});
