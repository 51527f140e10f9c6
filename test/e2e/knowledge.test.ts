import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { KnowledgeResults, PatternDetails } from '#functions/api/routes/knowledge.ts';
import { LearningStatus } from '#functions/api/routes/learning.ts';
import { SystemStatus } from '#functions/api/routes/operation.ts';
import { wordingOf } from '#shared/domain/failure/wording.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';

const PASSWORD = ['Correct', 'horse', 'battery', '2!'].join('-');
const REPOSITORY = 'acme/known';

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer();
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin']);
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

async function call(path: string, { token = '', method = 'GET', body = undefined as unknown, headers = {} } = {}) {
  const response = await fetch(`${healer.runtime.endpoint}${path}`, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : null };
}

async function signIn(): Promise<string> {
  const { json } = await call('/auth/login', { method: 'POST', body: { user: 'ada', password: PASSWORD } });
  return json.token;
}

describe('what a person writes down over the API', () => {
  it('is recognised in the next failure that matches it, and shown with its solution', async () => {
    const first = await healer.ended(healer.world.samples.failRun('compile', { repository: REPOSITORY }).runId);
    const token = await signIn();
    const evidence = await healer.evidence.getEvidence(first.id);
    const deciding = new Set(first.classification?.evidence);
    const lines = (evidence?.sources ?? []).flatMap((source) => source.lines.filter(({ ref }) => deciding.has(ref)));
    const pattern = wordingOf(lines[0]?.text ?? '');
    const order = { title: 'The import is missing', solution: 'Import the type that is named.', pattern };
    const tried = await call('/api/knowledge/try', {
      ...{ token, method: 'POST' },
      body: { pattern, text: lines.map(({ text }) => text).join('\n') },
    });
    expect(tried.json.matched).toBeGreaterThan(0);
    const written = await call('/api/knowledge/patterns', {
      ...{ token, method: 'POST' },
      body: { ...order, scope: REPOSITORY, class: first.classification?.class },
    });
    expect([written.status, written.headers.get('etag')]).toEqual([201, '"1"']);
    const { id, scope } = PatternDetails.parse(written.json.pattern);
    expect(scope).toContain(`:${REPOSITORY}`);

    const again = await healer.ended(healer.world.samples.failRun('compile', { repository: REPOSITORY }).runId);
    const known = await healer.evidence.getKnown(again.id);
    expect(known?.found.similar.find(({ entry }) => entry.id === `pattern-${id}`)).toMatchObject({
      why: 'a learned pattern recognises it',
      entry: { resolution: order.solution },
    });

    // Removed, it is recognised no longer; restored, it is again.
    const at = `/api/knowledge/patterns/${id}`;
    const query = `scope=${encodeURIComponent(scope)}`;
    const removed = await call(`${at}?${query}&reason=wrong`, {
      token,
      method: 'DELETE',
      headers: { 'if-match': '"1"' },
    });
    expect(removed.status).toBe(200);
    const third = await healer.ended(healer.world.samples.failRun('compile', { repository: REPOSITORY }).runId);
    const similar = (await healer.evidence.getKnown(third.id))?.found.similar ?? [];
    expect(similar.map(({ entry }) => entry.id)).not.toContain(`pattern-${id}`);
    const body = { revision: 1 };
    const late = await call(`${at}/restore?${query}`, { token, method: 'POST', body, headers: { 'if-match': '"1"' } });
    expect(late.status).toBe(412);
    const restored = await call(`${at}/restore?${query}`, {
      token,
      method: 'POST',
      body,
      headers: { 'if-match': '"2"' },
    });
    expect(restored.json.pattern).toMatchObject({ revision: 3, retired: null });

    const found = await call(`/api/knowledge/search?query=import+missing&${query}`, { token });
    expect(KnowledgeResults.parse(found.json).results.map((one) => one.id)).toContain(`pattern-${id}`);
    const status = LearningStatus.parse((await call(`/api/learning?${query}`, { token })).json);
    expect(status).toMatchObject({ patterns: { active: 1 }, stage: { stage: 'suggest' } });
  });

  it('is beside figures for Prometheus and the state of the system', async () => {
    const token = await signIn();
    const { status, headers, text } = await call('/metrics', { token });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toMatch(/^selfheal_incidents_ended_last_day\{outcome="suggested"\} [1-9]/m);
    expect((await call('/metrics')).status).toBe(401);
    expect(SystemStatus.parse((await call('/api/status', { token })).json)).toMatchObject({ api: 'ok' });
  });
});
