import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';
import { dataDirectoryOf, loadPlaybooks } from '#shared/adapters/archive/data-files.ts';
import { positionIn } from '#shared/app/common/list-cursor.ts';
import { LogScan, LogTriage, PredictedCause } from '#shared/app/triage/log-answers.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import { aPastIncident } from '#test/builders/index.ts';
import { makeMemoryCounters } from '#test/fakes/index.ts';
import { anApi } from './api-rig.ts';

type Api = Awaited<ReturnType<typeof anApi>>;
const TOKEN = ['ghp', `${'A1b2'.repeat(9)}`].join('_');
const ORDINARY = Array.from(
  { length: 300 },
  (_, at) => `2026-11-21T12:00:00Z INFO request ${at} handled in ${at % 90} ms`,
);
const LOG = [
  ...ORDINARY,
  '2026-11-21T12:00:01Z ERROR could not connect: connect ECONNREFUSED 10.0.0.5:5432',
  `2026-11-21T12:00:02Z ERROR giving up, token ${TOKEN}`,
];

const post = ({ call }: Api, path: string, body: unknown, headers: object = {}) =>
  call(path, { method: 'POST', as: 'viewer', headers: { 'content-type': 'application/json', ...headers }, body });

describe('POST /api/analyze', () => {
  it('[E11] finds the anomalies and key events of a log, by line, without its secrets', async () => {
    const { statusCode, json } = await post(await anApi(), '/api/analyze', { logs: LOG });
    expect(statusCode).toBe(200);
    const { lines, levels, anomalies, events } = LogScan.parse(json);
    expect(lines).toBe(302);
    expect(levels).toMatchObject({ info: 300, error: 2 });
    expect(anomalies.map(({ line }) => line)).toEqual(expect.arrayContaining([301]));
    expect(events.map(({ line, severity }) => [line, severity])).toEqual([
      [301, 'error'],
      [302, 'error'],
    ]);
    expect(JSON.stringify(json)).not.toContain(TOKEN);
  });

  it('answers the same for one text as for its lines, by its old path too', async () => {
    const api = await anApi();
    const asLines = await post(api, '/api/analyze', { logs: LOG });
    const asText = await post(api, '/analyze', { logs: LOG.join('\n') });
    expect(asText.json).toEqual(asLines.json);
  });
});

describe('POST /api/predict', () => {
  it('[E12] names the root cause with its confidence, alternatives and the lines that decided', async () => {
    const { json } = await post(await anApi(), '/api/predict', { logs: LOG });
    const cause = PredictedCause.parse(json);
    expect(cause).toMatchObject({ class: 'service_unavailability', failed: true });
    expect(cause.confidence).toBeGreaterThan(0.5);
    expect(cause.evidence).toEqual([{ line: 301, text: expect.stringContaining('ECONNREFUSED') }]);
    expect(cause.fix).not.toBe('');
  });

  it('says that nothing failed where nothing did', async () => {
    expect((await post(await anApi(), '/api/predict', { logs: ORDINARY })).json).toMatchObject({
      class: 'unknown',
      failed: false,
    });
  });
});

/** A past incident of the place of the rig's incident. */
async function withPast(api: Api) {
  const scope = knowledgeScopeOf(api.incident.target) ?? '';
  const past = aPastIncident({
    id: 'gh-0000past0001',
    class: 'network_connectivity',
    title: phrase`The database refused connections`,
    resolution: phrase`Raised the pool size`,
    helped: true,
    text: 'ERROR could not connect: connect ECONNREFUSED 10.0.0.9:5432',
  });
  await api.deps.knowledge.remember(past, scope);
  return (api.incident.target as RunTarget).repository;
}

describe('POST /api/search', () => {
  it('[E13] finds similar incidents of a place with their resolutions', async () => {
    const api = await anApi();
    const scope = await withPast(api);
    const { statusCode, json } = await post(api, '/api/search', { logs: LOG, scope });
    expect(statusCode).toBe(200);
    expect(json.similar_incidents[0]).toMatchObject({
      id: 'gh-0000past0001',
      kind: 'incident',
      summary: 'The database refused connections',
      resolution: expect.stringContaining('Raised the pool size'),
    });
    const byWords = await post(api, '/api/search', { query: 'ECONNREFUSED could not connect', scope });
    expect(byWords.json.similar_incidents[0].id).toBe('gh-0000past0001');
  });

  it('wants either words or a log, and a place that is known', async () => {
    const api = await anApi();
    expect((await post(api, '/api/search', {})).json.detail).toContain('either query or logs');
    expect((await post(api, '/api/search', { query: 'a', scope: 'x#y' })).statusCode).toBe(400);
    expect((await post(api, '/api/search', { query: 'a', scope: 'no-such-alarm' })).statusCode).toBe(404);
  });
});

describe('POST /api/recommend', () => {
  it.each([
    ['the database refused the connection', 'service_unavailability'],
    ['we ran out of connections to postgres', 'resource_exhaustion'],
    ['ERROR: certificate has expired', 'certificate_expiration'],
  ])('reads a cause that a person words, or the line of a log: %s', async (cause, meaning) => {
    const { json } = await post(await anApi(), '/api/recommend', { cause });
    expect([json.class, json.steps.length > 0]).toEqual([meaning, true]);
  });

  it('recommends what fits the named service, and nothing about another product', async () => {
    const api = await anApi({ advice: (await loadPlaybooks(dataDirectoryOf({}))).entries });
    const order = { class: 'service_unavailability', cause: 'Database timeout', scope: 'service#postgres' };
    const { json, statusCode } = await post(api, '/api/recommend', order);
    expect(statusCode, JSON.stringify(json)).toBe(200);
    const advice = json.recommended_actions.map(({ why }: { why: string }) => why);
    expect(advice[0]).toContain('PostgreSQL');
    expect(advice.join('\n')).not.toMatch(/Neo4j|Redis/);
  });

  it('takes no product for the cause of an outage that nobody named it in', async () => {
    const api = await anApi({ advice: (await loadPlaybooks(dataDirectoryOf({}))).entries });
    const { json } = await post(api, '/recommend', { root_cause: 'Database outage' });
    expect(json.class).toBe('service_unavailability');
    expect(json.steps.join('\n')).toMatch(/whether the database runs/);
    expect(JSON.stringify(json)).not.toMatch(/neo4j|postgres|redis/i);
  });

  it('[E20] advises on the product that the log names, and on no other that fails alike', async () => {
    const api = await anApi({ advice: (await loadPlaybooks(dataDirectoryOf({}))).entries });
    const adviceOn = async (...logs: string[]) =>
      (await post(api, '/api/logs/analyze', { logs })).json.recommended_actions.map(({ why }: { why: string }) => why);
    const REDIS = 'redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.';
    const POSTGRES = 'psql: error: connection to server at "db", port 5432 failed: Connection refused: postgres';
    expect(await adviceOn(REDIS)).toEqual(['Written advice: Redis not reachable.']);
    expect(await adviceOn(POSTGRES)).toEqual(['Written advice: PostgreSQL not reachable.']);
    expect(await adviceOn('INFO all is well')).toEqual([]);
  });

  it('[E14] ranks actions by what they achieved against the cause, with the expected benefit and why', async () => {
    const api = await anApi();
    const outcome = {
      version: 1 as const,
      class: 'network_connectivity' as const,
      scope: knowledgeScopeOf(api.incident.target) ?? '',
      actionId: 'rerun-failed-jobs',
      trusted: true,
    };
    for (const nth of [1, 2, 3])
      await api.deps.experience.addActionOutcome({
        ...outcome,
        incidentId: `gh-0000000${nth}`,
        digest: `${nth}`.repeat(64),
        verified: nth === 3 ? 'failed' : 'recovered',
        at: `2026-11-2${nth}T12:00:00.000Z`,
      });
    const order = { class: 'network_connectivity', cause: 'connection refused' };
    const { json } = await post(api, '/api/recommend', order);
    const [action] = json.recommended_actions.filter(({ action: id }: { action: string | null }) => id !== null);
    expect(action).toMatchObject({
      action: 'rerun-failed-jobs',
      why: 'It helped in 2 of 3 verified cases of this kind.',
    });
    expect(action.expectedBenefit).toBeGreaterThan(0.4);
    expect(action.expectedBenefit).toBeLessThan(0.9);
    expect((await post(api, '/api/recommend', { ...order, service: 'no-such' })).statusCode).toBe(404);
    expect((await post(api, '/api/recommend', { class: 'gremlins' })).json.detail).toContain('class');
  });
});

describe('POST /api/logs/analyze', () => {
  it('[D108] [E20] [E30] puts everything about a log into one answer', async () => {
    const api = await anApi({ counters: makeMemoryCounters() });
    const scope = await withPast(api);
    const { json } = await post(api, '/api/logs/analyze', { logs: LOG, scope });
    const answer = LogTriage.parse(json);
    expect(answer.anomalies.length).toBeGreaterThan(0);
    expect(answer.root_cause.class).toBe('service_unavailability');
    expect(answer.similar_incidents[0]).toMatchObject({
      id: 'gh-0000past0001',
      summary: 'The database refused connections',
      resolution: expect.stringContaining('Raised the pool size'),
    });
    expect(answer.anomalies.map(({ line }) => line)).toContain(301);
    const reasons = answer.recommended_actions.map(({ why }) => why);
    expect(reasons).toEqual([`Advice for this cause: ${answer.root_cause.cause}`]);
    expect(answer.recommended_actions[0]?.title).toBe(answer.root_cause.fix);
    expect(JSON.stringify(json)).not.toContain(TOKEN);
    expect(await api.deps.incidents.auditTrail(api.incident.id)).toEqual([]);
    const { body: figures } = await api.call('/metrics', { as: 'viewer' });
    const counted = (name: string) =>
      Number(
        new RegExp(`^selfheal_${name}_total\\{endpoint="/api/logs/analyze"\\} (\\d+)`, 'm').exec(`${figures}`)?.[1] ??
          0,
      );
    expect(['anomalies', 'predictions', 'searches', 'recommendations'].map(counted)).toEqual([
      answer.anomalies.length,
      1,
      1,
      answer.recommended_actions.length,
    ]);
  });

  it.each([
    [{}, 400],
    [{ logs: '' }, 400],
    [{ logs: [] }, 400],
    [{ logs: [7] }, 400],
    [{ logs: { text: 'x' } }, 400],
    [{ logs: 'x', more: 1 }, 400],
  ])('answers %j with %i', async (body, status) => {
    expect((await post(await anApi(), '/api/logs/analyze', body)).statusCode).toBe(status);
  });

  it('takes 3 MB at most, as it is and in UTF-8', async () => {
    const api = await anApi();
    const large = await post(api, '/api/logs/analyze', JSON.stringify({ logs: 'x'.repeat(3_000_000) }));
    expect([large.statusCode, large.json.detail]).toEqual([413, 'Send at most 3000000 bytes.']);
    const packed = await post(api, '/api/analyze', { logs: 'x' }, { 'content-encoding': 'gzip' });
    expect([packed.statusCode, packed.json.detail]).toEqual([
      415,
      'Send the body as it is: content-encoding gzip is not read here.',
    ]);
    const broken = await api.call('/api/analyze', {
      method: 'POST',
      as: 'viewer',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]).toString('base64'),
      base64: true,
    });
    expect([broken.statusCode, broken.json.detail]).toEqual([400, 'The body is not valid UTF-8.']);
  });
});

/** Evidence of the rig's incident, as the workflow keeps it. */
async function withLines(api: Api) {
  const lines = ['ERROR connect ECONNREFUSED 10.0.0.5:5432', 'ERROR connect ECONNREFUSED 10.0.0.6:5432', 'INFO bye'];
  await api.deps.evidence.putEvidence({
    version: 1,
    incidentId: api.incident.id,
    gatheredAt: '2026-11-21T12:00:00.000Z',
    sources: [
      {
        id: 'job-1',
        name: phrase`unit tests`,
        url: null,
        totalLines: 40,
        lines: lines.map((text, at) => ({ ref: `L${at + 1}`, number: at + 10, text: redactOutgoing(text), score: 5 })),
      },
    ],
    notes: [],
  });
}

describe('kept logs', () => {
  it('[D102] GET /logs/recent lists the lines of the latest incidents, a page at a time', async () => {
    const api = await anApi();
    await withLines(api);
    const { json } = await api.call('/logs/recent?limit=5&level=error', { as: 'viewer' });
    expect(json.entries).toEqual([
      expect.objectContaining({ incident: api.incident.id, source: 'unit tests', line: 10, level: 'error' }),
      expect.objectContaining({ line: 11, text: 'ERROR connect ECONNREFUSED 10.0.0.6:5432' }),
    ]);
    expect(positionIn({ list: 'logs', levels: ['error'] }, json.next)).toBe('cursor-2');
    expect(api.asked.at(-1)).toEqual([{}, { limit: 5, order: 'newest' }]);
    expect((await api.call('/api/logs/recent?limit=26', { as: 'viewer' })).json.detail).toContain('limit');
    expect((await api.call('/api/logs/recent?level=loud', { as: 'viewer' })).json.detail).toContain('level');
  });

  it('[D103] GET /logs/statistics counts them by level, class, source and template', async () => {
    const api = await anApi();
    await withLines(api);
    const { json } = await api.call('/logs/statistics', { as: 'viewer' });
    expect(json).toMatchObject({
      incidents: 1,
      more: true,
      lines: 3,
      levels: { critical: 0, error: 2, warning: 0, info: 1, debug: 0 },
      classes: { network_connectivity: 1 },
      sources: [{ source: 'unit tests', lines: 3 }],
    });
    expect(json.templates[0].count).toBe(2);
  });

  it('[D104] POST /logs/patterns counts what regular expressions match, in kept lines or in a given log', async () => {
    const api = await anApi();
    await withLines(api);
    const patterns = [
      { name: 'refused', pattern: 'ECONNREFUSED 10\\.0\\.0\\.\\d+' },
      { name: 'bye', pattern: '^info BYE$', ignoreCase: true },
    ];
    const kept = await post(api, '/logs/patterns', { patterns });
    expect(kept.json).toMatchObject({
      lines: 3,
      patterns: [
        { name: 'refused', matches: 2, examples: [{ incident: api.incident.id, line: 10 }, { line: 11 }] },
        { name: 'bye', matches: 1 },
      ],
    });
    const given = await post(api, '/api/logs/patterns', { patterns, logs: LOG });
    expect(given.json.patterns.map(({ matches }: { matches: number }) => matches)).toEqual([1, 0]);
  });

  it('refuses a pattern that the engine cannot run, and is not slowed down by one that could be slow', async () => {
    const api = await anApi();
    const wrong = await post(api, '/api/logs/patterns', { patterns: [{ name: 'a', pattern: '(' }], logs: 'x' });
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json.detail).toContain('patterns.0.pattern');
    const back = await post(api, '/api/logs/patterns', { patterns: [{ name: 'a', pattern: '(a)\\1' }], logs: 'aa' });
    expect(back.statusCode).toBe(400);
    const slow = { name: 'slow', pattern: '^(a+)+$' };
    const { json } = await post(api, '/api/logs/patterns', { patterns: [slow], logs: `${'a'.repeat(5000)}b` });
    expect(json.patterns[0].matches).toBe(0);
  });
});
