import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { describe, expect, it } from 'vitest';
import { ALL_SERVICES } from '#shared/domain/incident/scope.ts';
import { anApi } from './api-rig.ts';

interface DocumentRequest {
  readonly request: string;
  readonly body?: unknown;
}

/** The requests of the documents, word for word; commands are tried where the command line is. */
const REQUESTS = readFileSync(join(import.meta.dirname, '../../fixtures/document-requests.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as DocumentRequest)
  .filter(({ request }) => /^(?:GET|POST) /.test(request));

/** Content that an answer of 2xx has to have. */
const PROMISED: Readonly<Record<string, readonly string[]>> = {
  'POST /analyze': ['anomalies', 'events'],
  'POST /predict': ['class', 'cause'],
  'POST /search': ['similar_incidents'],
  'POST /recommend': ['steps', 'recommended_actions'],
  'POST /api/logs/analyze': ['pattern', 'category', 'confidence', 'suggestion'],
  'POST /incidents/': ['id', 'status'],
  'POST /logs/patterns': ['pattern'],
  'GET /incidents/?status=open&service=redis': ['incidents'],
  'GET /logs/recent': ['entries'],
  'GET /logs/statistics': ['templates'],
  'GET /auth/me': ['name'],
  'GET /api/ai/learning-health': ['healthy'],
};

async function aSender() {
  const api = await anApi();
  const post = async (path: string, body: unknown) => {
    const answer = await api.call(path, {
      method: 'POST',
      as: 'operator',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { ...answer, json: JSON.parse(answer.body ?? 'null') };
  };
  return { ...api, post };
}

describe('the requests of the documents', () => {
  it.each(REQUESTS.map((one) => [one.request, one] as const))(
    'are answered with what they promise, or refused with what is missing: %s',
    async (request, { body }) => {
      const [method = '', path = ''] = request.split(' ');
      const { call } = await aSender();
      for (const form of path.includes('?') ? [path] : [path.replace(/\/$/, ''), `${path.replace(/\/$/, '')}/`]) {
        const answer = await call(form, {
          method,
          as: 'operator',
          ...(body === undefined
            ? {}
            : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        });
        const status = answer.statusCode ?? 0;
        if (status >= 400) {
          const { detail } = JSON.parse(answer.body ?? '{}');
          expect([400, 401, 404, 409]).toContain(status);
          expect(detail.length).toBeGreaterThan(20);
          expect(detail).not.toMatch(/There is nothing at/);
          continue;
        }
        if (request === 'GET /metrics') {
          expect(answer.body).toMatch(/^# TYPE \w+ \w+$/m);
          continue;
        }
        const json = JSON.parse(answer.body ?? '{}');
        for (const field of PROMISED[request] ?? []) expect(json).toHaveProperty(field);
        if (!form.startsWith('/api/') || form.endsWith('/'))
          expect(String(answer.headers?.link)).toMatch(/^<\/api\/[^>]+[^/]>; rel="canonical"$/);
      }
    },
  );

  it.each([...FailureClass.options, 'Database outage', 'the moon is too close', 'x'])(
    'recommend steps in words for the root cause %s',
    async (cause) => {
      const { post } = await aSender();
      for (const body of [
        { root_cause: cause.replaceAll('_', ' ') },
        { cause, class: FailureClass.safeParse(cause).data ?? null },
      ]) {
        const { statusCode, json } = await post('/recommend', body);
        expect(statusCode).toBe(200);
        expect(json.steps.length).toBeGreaterThan(0);
        for (const step of json.steps) expect(step).toMatch(/\p{L}{2,}.* .*\p{L}{2,}/u);
      }
    },
  );

  it('name the own address of a path in characters that a header may hold, whatever was asked for', async () => {
    const { call } = await aSender();
    for (const odd of ['\u0000', '\u{1f600}', '\r\nX-Other: 1', '">', 'é', '\ud800', ' ', 'a%2fb']) {
      for (const path of [`/incidents/${odd}`, `/api/airflow/dags/${odd}/dagRuns/r/taskInstances/t/retry/`]) {
        const { headers } = await call(path, { method: 'GET', as: 'viewer' });
        expect(String(headers?.link), JSON.stringify(path)).toMatch(/^<\/api\/[\w/%.:~-]+>; rel="canonical"$/);
      }
    }
  });

  it('record an incident of an integration, and say where its ticket will be named', async () => {
    const { post } = await aSender();
    const { statusCode, json, headers } = await post('/incident', {
      summary: 'Null pointer in checkout',
      service: 'shop',
    });
    expect([statusCode, json.ticket, headers?.link]).toEqual([201, null, '</api/incidents>; rel="canonical"']);
    expect(json).toMatchObject({ title: 'Null pointer in checkout', note: expect.stringContaining('notifiers.jira') });
    const empty = await post('/incident/', {});
    expect([empty.statusCode, empty.json.detail]).toEqual([400, expect.stringContaining('title')]);
  });

  it('store a pattern with what is promised, as a suggestion for all services', async () => {
    const { post, patterns } = await aSender();
    const body = { name: 'queue_stuck', pattern: 'queue.*stuck|consumer.*gone', severity: 'high' };
    const { statusCode, json } = await post('/logs/patterns/', body);
    expect([statusCode, json.pattern.stage, json.pattern.tags]).toEqual([201, 'suggest', ['high']]);
    expect(await patterns.list(ALL_SERVICES)).toMatchObject([{ title: 'queue_stuck' }]);
    const counted = await post('/api/logs/patterns', { patterns: [{ name: 'a', pattern: 'a' }], logs: ['a'] });
    expect(counted.statusCode).toBe(200);
  });

  it.each([
    ['/api/spark/applications/resize', {}, 'executorMemoryMb'],
    ['/api/airflow/dags/x/dagRuns/y/taskInstances/z/retry', {}, 'playbook'],
    ['/api/applications/checkout/scale', { memory: '2GB' }, 'instances'],
    ['/api/actions/execute', { action_type: 'restart_service', service_name: 'nowhere' }, 'action'],
  ])('refuse with what is missing: %s', async (path, body, named) => {
    const { post } = await aSender();
    const { statusCode, json } = await post(path, body);
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(statusCode).toBeLessThan(500);
    expect(json.detail).toContain(named);
  });

  it('leave bodies of the own form as they are, and need a sign-in as ever', async () => {
    const { call, post } = await aSender();
    const { statusCode, headers } = await post('/api/recommend', { class: 'unknown', cause: 'x' });
    expect([statusCode, headers?.link]).toEqual([200, undefined]);
    const body = JSON.stringify({ root_cause: 'x' });
    const json = { 'content-type': 'application/json' };
    expect((await call('/recommend', { method: 'POST', headers: json, body })).statusCode).toBe(401);
  });
});
