import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';
import { IncidentResponse } from '#functions/api/routes/incident-answers.ts';
import { ingestSignal } from '#shared/app/intake/ingest-signal.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { aPattern, aPrediction } from '#test/builders/index.ts';
import { anApi, aWaitingPlan } from './api-rig.ts';

type Api = Awaited<ReturnType<typeof anApi>>;
const JSON_BODY = { 'content-type': 'application/json' };
const TOKEN = ['ghp', `${'A1b2'.repeat(9)}`].join('_');

const post = ({ call }: Pick<Api, 'call'>, path: string, body: unknown, as = 'operator', headers: object = {}) =>
  call(path, { method: 'POST', as, headers: { ...JSON_BODY, ...headers }, body });

const REPORT = {
  title: 'Checkout answers 502',
  description: `Since the deployment. token ${TOKEN}`,
  service: 'checkout',
  severity: 'high',
  lines: ['ERROR connect ECONNREFUSED 10.0.0.5:5432', `Authorization: Bearer ${TOKEN}`],
};

describe('POST /api/incidents', () => {
  it('[D97] opens an incident and sends it to the workflow like any signal', async () => {
    const api = await anApi();
    const { statusCode, headers, json } = await post(api, '/api/incidents', REPORT);
    expect(statusCode).toBe(201);
    expect(IncidentResponse.parse(json)).toMatchObject({
      status: 'open',
      title: 'Checkout answers 502',
      severity: 'high',
      subject: {
        kind: 'report',
        service: 'checkout',
        repository: null,
        reportedBy: 'ada@example.com',
        simulated: false,
      },
    });
    expect(headers?.location).toBe(`/api/incidents/${json.id}`);
    expect(api.sent).toMatchObject([{ kind: 'reported', source: 'report', target: { kind: 'report' } }]);
    const [signal] = api.sent;
    if (signal === undefined) throw new Error('no signal');
    expect(await ingestSignal(signal, api.changeable)).toBe('resumed');
    expect(api.deps.workflow.started).toEqual([`${json.id}-1`]);
    expect((await api.deps.incidents.auditTrail(json.id)).map(({ event }) => event)).toEqual([
      'incident.reported',
      'incident.opened',
    ]);
  });

  it('keeps no secret of what was sent', async () => {
    const api = await anApi();
    const { json } = await post(api, '/api/incidents', { ...REPORT, title: `Down ${TOKEN}` });
    const report = await api.deps.evidence.getReport(json.id);
    const incident = await api.deps.incidents.get(json.id);
    expect(report?.lines[0]).toBe(REPORT.lines[0]);
    expect(JSON.stringify([report, incident, api.sent])).not.toContain(TOKEN);
  });

  it('opens one incident for repeats with one key, and two without', async () => {
    const api = await anApi();
    const key = { 'idempotency-key': 'monitor-17' };
    const [first, second] = [
      await post(api, '/api/incidents', REPORT, 'operator', key),
      await post(api, '/api/incidents', REPORT, 'operator', key),
    ];
    const other = await post(api, '/api/incidents', REPORT);
    expect(second.json.id).toBe(first.json.id);
    expect(other.json.id).not.toBe(first.json.id);
    const byKey = await post(api, '/api/incidents', REPORT, 'key operator', key);
    expect(byKey.json.id).not.toBe(first.json.id);
    expect(byKey.json.subject.reportedBy).toBe('API key deploy bot');
  });

  it.each([
    [{ title: '' }, 'title'],
    [{ title: 'x'.repeat(301) }, 'title'],
    [{ title: 7 }, 'title'],
    [{ description: 'x'.repeat(20_001) }, 'description'],
    [{ service: '../other' }, 'service'],
    [{ repository: 'no-owner' }, 'repository'],
    [{ severity: 'worst' }, 'severity'],
    [{ lines: Array.from({ length: 1001 }, () => 'x') }, 'lines'],
    [{ lines: ['x'.repeat(4001)] }, 'lines.0'],
    [{ status: 'resolved' }, 'status'],
  ])('refuses %j by its field', async (wrong, field) => {
    const api = await anApi();
    const { statusCode, json } = await post(api, '/api/incidents', { ...REPORT, ...wrong });
    expect(statusCode).toBe(400);
    expect(json.detail).toContain(field);
    expect(api.sent).toEqual([]);
  });

  it('takes nothing about what is switched off', async () => {
    const api = await anApi();
    api.changeable.configuration.github.repositories.push({ ...OFF });
    const { statusCode, json } = await post(api, '/api/incidents', {
      ...REPORT,
      service: null,
      repository: 'acme/quiet',
    });
    expect([statusCode, json.detail]).toEqual([
      409,
      'The mode of acme/quiet is off: Selfheal accepts no reports about it.',
    ]);
  });

  it('is described by the schemas IncidentCreate and IncidentResponse', async () => {
    const { json } = await (await anApi()).call('/api/openapi.json');
    const { post: operation } = json.paths['/api/incidents'];
    expect(operation.requestBody.content['application/json'].schema.$ref).toBe('#/components/schemas/IncidentCreate');
    expect(operation.responses['201'].content['application/json'].schema.$ref).toBe(
      '#/components/schemas/IncidentResponse',
    );
  });
});

const OFF = { name: 'acme/quiet', mode: 'off' as const };

describe('PUT and PATCH /api/incidents/{id}', () => {
  const put = ({ call, incident }: Api, body: unknown, headers: object = {}, method = 'PUT') =>
    call(`/api/incidents/${incident.id}`, { method, as: 'operator', headers: { ...JSON_BODY, ...headers }, body });

  it('[D99] changes what people may say of it, and tells who did', async () => {
    const api = await anApi();
    const change = {
      title: 'Flaky pool',
      severity: 'low',
      assignee: 'Grace',
      notes: `see ${TOKEN}`,
      reason: 'handover',
    };
    const { statusCode, json } = await put(api, change);
    expect(statusCode).toBe(200);
    expect(json).toMatchObject({
      title: 'Flaky pool',
      severity: 'low',
      assignee: 'Grace',
      revision: 1,
      status: 'open',
    });
    expect(json.notes).not.toContain(TOKEN);
    const [entry] = await api.deps.incidents.auditTrail(api.incident.id);
    expect(entry).toMatchObject({
      event: 'incident.edited',
      facts: { by: 'ada@example.com', fields: 'title, severity, assignee, notes', reason: 'handover' },
    });
    const details = await api.call(`/api/incidents/${api.incident.id}`, { as: 'viewer' });
    expect(details.json).toMatchObject({ title: 'Flaky pool', assignee: 'Grace', revision: 1 });
    const kept = await put(api, { assignee: null }, {}, 'PATCH');
    expect(kept.json).toMatchObject({ title: 'Flaky pool', assignee: null, revision: 2 });
  });

  it('changes nothing on top of a state that the caller has not seen', async () => {
    const api = await anApi();
    const all = { title: 'A', severity: null, assignee: null, notes: null };
    expect((await put(api, all, { 'if-match': '"0"' })).statusCode).toBe(200);
    const outdated = await put(api, { ...all, title: 'B' }, { 'if-match': '"0"' });
    expect([outdated.statusCode, outdated.json.detail]).toEqual([
      412,
      'Its revision is 1 now: read it again, then repeat your change.',
    ]);
    expect((await put(api, all, { 'if-match': '"1"' })).json.revision).toBe(1);
    expect((await put(api, all, { 'if-match': 'W/"1"' })).statusCode).toBe(400);
  });

  it('loses neither of two changes at once, nor what the workflow writes', async () => {
    const api = await anApi();
    const [one, two] = await Promise.all([
      put(api, { title: 'A' }, {}, 'PATCH'),
      put(api, { assignee: 'Grace' }, {}, 'PATCH'),
      api.deps.incidents.update(api.incident.id, { restarts: 1 }),
    ]);
    expect([one?.statusCode, two?.statusCode]).toEqual([200, 200]);
    expect(await api.deps.incidents.get(api.incident.id)).toMatchObject({
      restarts: 1,
      annotations: { title: 'A', assignee: 'Grace', revision: 2 },
    });
  });

  it('needs all fields to replace, and knows no others', async () => {
    const api = await anApi();
    expect((await put(api, { title: 'A' })).json.detail).toContain('severity');
    expect((await put(api, { status: 'resolved' }, {}, 'PATCH')).json.detail).toContain('status');
    expect((await put(api, { notes: 'x'.repeat(8001) }, {}, 'PATCH')).json.detail).toContain('notes');
  });

  it('answers 404 for an incident that is not there', async () => {
    const { call } = await anApi();
    const { statusCode } = await call('/api/incidents/gh-99999999', {
      method: 'PATCH',
      as: 'operator',
      headers: JSON_BODY,
      body: { title: 'A' },
    });
    expect(statusCode).toBe(404);
  });
});

const SOLUTION = {
  solution: 'Raised the pool size',
  actionTaken: 'kubectl edit',
  minutes: 25,
  success: true,
};

/** Evidence whose deciding line can become a pattern. */
async function withEvidence(api: Api) {
  const text = redactOutgoing('FATAL: remaining connection slots are reserved for superuser connections');
  await api.deps.evidence.putEvidence({
    version: 1,
    incidentId: api.incident.id,
    gatheredAt: '2026-11-21T12:00:00.000Z',
    sources: [{ id: 'job-1', name: text, url: null, totalLines: 1, lines: [{ ref: 'L1', number: 1, text, score: 9 }] }],
    notes: [],
  });
  return knowledgeScopeOf(api.incident.target) ?? '';
}

const action = (incidentId: string, change: Partial<ActionRecord>): ActionRecord => ({
  version: 1,
  incidentId,
  digest: 'd'.repeat(64),
  actionId: 'rerun-failed-jobs',
  state: 'intended',
  intendedAt: '2026-11-21T12:00:00.000Z',
  sentAt: null,
  receipt: null,
  verified: null,
  inconclusive: false,
  ...change,
});

describe('POST /api/incidents/{id}/resolve', () => {
  const resolve = (api: Api, body: unknown = SOLUTION) => post(api, `/api/incidents/${api.incident.id}/resolve`, body);

  it('[D101] ends it with the solution, and remembers it for similar failures', async () => {
    const api = await anApi();
    const scope = await withEvidence(api);
    const { statusCode, json } = await resolve(api);
    expect(statusCode).toBe(200);
    expect(json.incident).toMatchObject({
      status: 'resolved',
      reason: 'Resolved by ada@example.com: Raised the pool size',
      resolution: { ...SOLUTION, by: 'ada@example.com' },
    });
    expect(await api.deps.knowledge.remembered(scope, { after: null, limit: 5 })).toMatchObject([
      { id: api.incident.id, resolution: 'Raised the pool size', outcome: 'resolved', helped: true },
    ]);
    expect(await api.events()).toContain('incident.person-resolved');
  });

  it('says the same when it is sent again, and learns it once', async () => {
    const api = await anApi();
    const scope = await withEvidence(api);
    // What outsiders could have worded teaches no pattern.
    await resolve(api);
    expect(await api.changeable.patterns.list(scope)).toEqual([]);
    await api.deps.incidents.update(api.incident.id, {
      status: 'open',
      attempt: 2,
      target: { ...(api.incident.target as RunTarget), onDefaultBranch: true },
    });
    const [first, second] = [await resolve(api), await resolve(api)];
    expect(second.json.incident).toEqual(first.json.incident);
    expect((await api.events()).filter((event) => event === 'incident.person-resolved')).toHaveLength(2);
    const patterns = await api.changeable.patterns.list(scope);
    expect(patterns).toMatchObject([{ stage: 'observe', solution: SOLUTION.solution }]);
    expect(patterns[0]?.outcomes).toHaveLength(1);
  });

  it('does not end what the solution did not help', async () => {
    const api = await anApi();
    const scope = await withEvidence(api);
    const { json } = await resolve(api, { ...SOLUTION, success: false });
    expect(json.incident).toMatchObject({ status: 'open', resolution: { success: false } });
    expect(await api.deps.knowledge.remembered(scope, { after: null, limit: 5 })).toMatchObject([{ helped: false }]);
  });

  it('waits while an action is under way, and is believed by the guard afterwards', async () => {
    const api = await anApi();
    const { id } = api.incident;
    const plan = await makePlan({ incidentId: id, tried: [], held: false }, api.deps);
    await api.deps.incidents.intend(action(id, {}));
    const busy = await resolve(api);
    expect(busy.statusCode).toBe(409);
    expect(busy.json.detail).toContain('rerun-failed-jobs');
    await api.deps.incidents.commitAction(id, 'd'.repeat(64), { state: 'done', verified: 'failed' });
    expect((await resolve(api)).statusCode).toBe(200);
    const verdict = await guard({ incidentId: id, digest: plan.digest ?? '' }, api.deps);
    expect(verdict.next).not.toBe('act');
    expect(verdict.reasons.join(' ')).toContain('A person has ended the incident meanwhile');
  });

  it('sends whoever resolves a part of another incident there', async () => {
    const api = await anApi();
    await api.deps.incidents.update(api.incident.id, { status: 'linked', parentId: 'gh-parent-1' });
    const { statusCode, json } = await resolve(api);
    expect([statusCode, json.detail]).toEqual([409, 'It is handled as part of incident gh-parent-1: end that one.']);
  });

  it.each([
    [{ solution: '' }, 'solution'],
    [{ solution: 'x'.repeat(2001) }, 'solution'],
    [{ minutes: -1 }, 'minutes'],
    [{ success: 'yes' }, 'success'],
    [{ class: 'gremlins' }, 'class'],
    [{ by: 'somebody else' }, 'by'],
  ])('refuses %j', async (wrong, field) => {
    const { statusCode, json } = await resolve(await anApi(), { ...SOLUTION, ...wrong });
    expect(statusCode).toBe(400);
    expect(json.detail).toContain(field);
  });
});

describe('POST /api/incidents/{id}/false-positive', () => {
  it('ends it, and counts against the patterns that recognise it where asked for', async () => {
    const api = await anApi();
    const scope = await withEvidence(api);
    const pattern = aPattern({
      scope,
      wording: 'remaining connection slots are reserved',
      class: 'network_connectivity',
    });
    await api.changeable.patterns.write(pattern);
    const path = `/api/incidents/${api.incident.id}/false-positive`;
    const { statusCode, json } = await post(api, path, { reason: 'A load test', updatePatterns: true });
    expect(statusCode).toBe(200);
    expect(json.incident).toMatchObject({
      status: 'resolved',
      reason: 'A false alarm, says ada@example.com: A load test',
      falsePositive: { reason: 'A load test', updatePatterns: true },
    });
    expect(json.learned).toHaveLength(1);
    const [after] = await api.changeable.patterns.list(scope);
    expect(after?.outcomes.at(-1)).toMatchObject({ incident: api.incident.id, by: 'human', helped: false });
    expect(await api.events()).toContain('incident.false-positive');
    expect((await post(api, path, { reason: '', updatePatterns: 'yes' })).json.errors).toHaveLength(2);
  });
});

describe('a plan that waits for a decision', () => {
  it.each([
    ['resolve', SOLUTION],
    ['false-positive', { reason: 'A load test', updatePatterns: false }],
  ])('is rejected by whoever ends the incident: %s', async (how, body) => {
    const api = await aWaitingPlan();
    const path = `/api/incidents/${api.incident.id}/${how}`;
    for (const time of ['first', 'second']) {
      expect((await post(api, path, body)).statusCode, time).toBe(200);
      expect(await api.deps.incidents.getApproval(api.incident.id, api.digest)).toMatchObject({ state: 'rejected' });
      expect(api.deps.workflow.answers).toMatchObject([{ output: { approved: false, digest: api.digest } }]);
    }
    expect((await api.call('/api/approvals', { as: 'viewer' })).json.approvals).toEqual([]);
    expect((await api.decide('approved', 'approver')).statusCode).toBe(409);
    expect(await api.events()).toContain('approval.rejected');
  });

  it('still waits after a solution that did not help', async () => {
    const api = await aWaitingPlan();
    await post(api, `/api/incidents/${api.incident.id}/resolve`, { ...SOLUTION, success: false });
    expect(await api.deps.incidents.getApproval(api.incident.id, api.digest)).toMatchObject({ state: 'pending' });
  });
});

describe('POST /api/incidents/{id}/feedback', () => {
  it('keeps the latest word of each person, and counts a wrong action as failed', async () => {
    const api = await anApi();
    const { id } = api.incident;
    await api.deps.incidents.intend(action(id, { state: 'done', verified: 'recovered' }));
    const path = `/api/incidents/${id}/feedback`;
    const { openedAt } = api.incident;
    await api.predictions.addPrediction(aPrediction({ incidentId: id, openedAt }));
    await post(api, path, { actionCorrect: true, speedRating: 5 });
    expect((await api.predictions.recentPredictions(1))[0]?.setback).toBeUndefined();
    const wrong = { actionCorrect: false, speedRating: 2, effectivenessRating: 1, comments: 'It only hid it' };
    const { statusCode, json } = await post(api, path, wrong);
    expect(statusCode).toBe(200);
    expect(json.feedback).toMatchObject([
      { by: 'ada@example.com', actionCorrect: false, speed: 2, effectiveness: 1, comments: 'It only hid it' },
    ]);
    await post(api, path, { actionCorrect: true }, 'key operator');
    const outcomes = await api.deps.experience.actionOutcomes('network_connectivity', 10);
    expect(outcomes).toMatchObject([{ actionId: 'rerun-failed-jobs', verified: 'failed', by: 'ada@example.com' }]);
    expect((await api.predictions.recentPredictions(1))[0]?.setback?.kind).toBe('called-wrong');
    expect((await api.deps.incidents.get(id))?.annotations?.feedback).toHaveLength(2);
    const bad = await post(api, path, { actionCorrect: 'no', speedRating: 6 });
    expect(bad.json.errors.map(({ field }: { field: string }) => field)).toEqual([
      'json.actionCorrect',
      'json.speedRating',
    ]);
  });
});
