import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import { type Healer, openHealer } from './support/healer.ts';

interface DocumentRequest {
  readonly request: string;
  readonly body?: unknown;
}

/** The requests of the documents, word for word. */
const REQUESTS = readFileSync(join(import.meta.dirname, '../fixtures/document-requests.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as DocumentRequest)
  .filter(({ request }) => /^(?:GET|POST) /.test(request));
const PASSWORD = 'Correct-Horse-8-Battery';

/** How a deployment answers: its status, and what an answer of 2xx contains, or what a refusal says is missing. */
const OUTCOMES: Readonly<Record<string, readonly [status: number, says: RegExp]>> = {
  'POST /analyze': [200, /"anomalies":.*Database connection failed/s],
  'POST /predict': [200, /"cause":/],
  'POST /search': [200, /"similar_incidents":/],
  'POST /recommend': [200, /"steps":\["[^"]{10}/],
  'GET /metrics': [200, /^# TYPE selfheal_incidents_open gauge$/m],
  'POST /incident': [400, /title/],
  'POST /api/logs/analyze': [200, /"category":"resource_exhaustion".*"suggestion":"[^"]{10}/s],
  'POST /api/actions/execute': [
    400,
    /There is no action restart_service\. Write restart-service instead, as the service allows\. GET \/api\/actions lists them/,
  ],
  'POST /api/spark/applications/resize': [404, /No Spark is connected .*playbook/],
  'POST /api/airflow/dags/data_pipeline/dagRuns/2024-01-15T10:00:00/taskInstances/data_validation/retry': [
    404,
    /No Airflow is connected .*playbook/,
  ],
  'POST /api/applications/{app_id}/scale': [202, /"status":"open"/],
  'GET /api/applications/{app_id}/health': [200, /"state":"failing".*"openIncidents":/s],
  'GET /api/ai/learning-health': [
    200,
    /"learning_velocity":.*"pattern_diversity":.*"confidence_calibration":.*"human_feedback_ratio":.*"knowledge_base_coverage":.*"recommendation":"/s,
  ],
  'POST /incidents/': [201, /"title":"Redis Connection Failed"/],
  'GET /incidents/?status=open&service=redis': [200, /"incidents":/],
  'POST /incidents/{id}/resolve': [200, /"status":"resolved"/],
  'GET /logs/recent': [200, /"entries":/],
  'GET /logs/statistics': [200, /"templates":/],
  'POST /logs/patterns': [201, /"stage":"suggest"/],
  'POST /auth/login': [200, /"token":/],
  'POST /auth/refresh': [400, /json\.refreshToken is missing: it must be a text/],
  'GET /auth/me': [200, /"kind":"key"/],
};

let healer: Healer;
let key: string;
let incident: string;
const send = async (method: string, path: string, body: unknown, token: string) => {
  const response = await fetch(`${healer.runtime.endpoint}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
};
beforeAll(async () => {
  healer = await openHealer();
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin']);
  const token = await signIn(healer, 'ada@example.com', PASSWORD);
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const made = await send('POST', '/api/keys', { name: 'documents', roles: ['operator'], expiresAt }, token);
  expect(made.status, made.text).toBe(201);
  key = JSON.parse(made.text).text;
  const reported = await send(
    'POST',
    '/api/incidents',
    { title: 'Cart is empty', service: 'catalog', severity: 'low' },
    key,
  );
  incident = JSON.parse(reported.text).id;
});
afterAll(() => healer?.stop());

describe('the requests of the documents, sent to a deployment with an API key', () => {
  it('are all here', () => expect(REQUESTS.map(({ request }) => request).sort()).toEqual(Object.keys(OUTCOMES).sort()));

  it.each(REQUESTS.map((one) => [one.request, one] as const))(
    'have what they promise, or are refused with what is missing: %s',
    async (request, { body }) => {
      const [method = '', path = ''] = request.split(' ');
      const place = path.replace('{app_id}', 'catalog').replace('{id}', incident);
      const sent = request === 'POST /auth/login' ? { username: 'ada@example.com', password: PASSWORD } : body;
      const [status, says] = OUTCOMES[request] ?? [0, /^$/];
      const answer = await send(method, place, sent, key);
      expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(says)]);
    },
  );
});
