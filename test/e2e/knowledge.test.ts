import { wordingOf } from '@selfheal/diagnosis/failure/wording.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { IncidentDetails } from '#functions/api/routes/incident-answers.ts';
import { KnowledgeResults } from '#functions/api/routes/knowledge.ts';
import { LearningStatus } from '#functions/api/routes/learning.ts';
import { SystemStatus } from '#functions/api/routes/operation.ts';
import { PatternDetails } from '#functions/api/routes/pattern-answers.ts';
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

    // A person reads it where they read of the failure, without any model.
    const details = IncidentDetails.parse((await call(`/api/incidents/${again.id}`, { token })).json);
    const words = 'The import is missing. Import the type that is named. (taught by ada@example.com on ';
    expect(details.briefing.knownHere).toEqual([expect.stringContaining(words)]);
    expect(details.knownHere).toMatchObject([{ patternId: id, source: 'taught', cases: 0, advises: null }]);
    const inPullRequest = healer.world.samples.failRun('compile', { repository: REPOSITORY });
    const third0 = await healer.ended(inPullRequest.runId);
    const plain = (text: string) => text.replaceAll('\u200b', '').replaceAll('\\', '').replace(/\s+/g, ' ');
    const comments = healer.world.github.comments(REPOSITORY, inPullRequest.pullRequest ?? 0);
    const mails = healer.mailsAbout(inPullRequest.runId).map(({ text }) => text);
    const told = [...comments.map(({ body }) => body), ...mails].map(plain);
    expect(told.length).toBeGreaterThan(0);
    for (const text of told) expect(text).toContain(words);
    expect(await healer.evidence.getDiagnosis(third0.id)).toMatchObject({ knownHere: [{ patternId: id }] });
    const story = await call(`/api/incidents/${again.id}/timeline`, { token });
    expect(JSON.stringify(story.json.story)).toContain(`pattern ${id}`);

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

  it('[D4] is named by the second simulated incident with the same title, once the first was ended with what helped', async () => {
    const token = await signIn();
    const order = { title: 'Ledger queue is stuck', service: 'ledger', simulated: true };
    const simulate = async () => {
      const { status, json } = await call('/api/incidents', { token, method: 'POST', body: order });
      expect(status).toBe(201);
      const ended = async () => {
        const read = (await call(`/api/incidents/${json.id}`, { token })).json;
        return read.status === 'open' ? null : read;
      };
      for (;;) {
        const read = await ended();
        if (read !== null) return IncidentDetails.parse(read);
        await new Promise((done) => setTimeout(done, 100));
      }
    };
    const first = await simulate();
    expect(first.number).toBeGreaterThan(0);
    const listed = (await call('/api/incidents', { token })).json.incidents;
    expect(listed.find(({ id }: { id: string }) => id === first.id)?.subject.simulated).toBe(true);
    const body = { solution: 'Drain the dead letters.', success: true };
    const ended = await call(`/api/incidents/${first.number}/resolve`, { token, method: 'POST', body });
    expect([ended.status, ended.json.incident.status]).toEqual([200, 'resolved']);
    const second = await simulate();
    expect(second.briefing.history.join('\n')).toMatch(
      /simulated incident sim-.*: reported as helpful by ada@example\.com: Drain the dead letters\./,
    );
    expect(healer.mailsAbout(second.id)).toEqual([]);
    const { outcome } = IncidentDetails.parse((await call(`/api/incidents/${first.id}`, { token })).json);
    expect(`${outcome.lead} ${outcome.rest}`).toContain(
      'Reported as helpful by ada@example.com, not verified by Selfheal',
    );
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
