import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { signatureOf } from '@selfheal/fake-github/webhook-sender.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { makeStalled, post, stopExecutions, trigger } from './support/steering.ts';
import { tableNamed } from './support/template.ts';
import { until } from './support/until.ts';

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({
    configuration: { policy: { maxActionsPerHour: 500, breakerFailures: 50, stormIncidentsPerMinute: 500 } },
  });
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

/** A failed run that nobody has been told of yet, and its payload. */
function aSilentRun(kind: 'regression' | 'transient' = 'regression') {
  const run = healer.world.samples.failRun(kind, { deliver: 'none', rerunMs: 40 });
  return { ...run, payload: JSON.stringify(healer.world.github.runPayload(run.runId)) };
}

/** How many items the tables hold, and how many messages wait. */
async function stored(): Promise<number> {
  const tables = ['Incidents', 'Control', 'Stats', 'Knowledge'].map((part) => tableNamed(healer, part));
  const counts = await Promise.all(
    tables.map((TableName) => healer.dynamoDb.send(new ScanCommand({ TableName, Select: 'COUNT' }))),
  );
  return counts.reduce((sum, { Count = 0 }) => sum + Count, healer.runtime.isIdle() ? 0 : 1);
}

describe('the webhook', () => {
  it('[A68] takes the current and the previous secret while they are rotated, and no other', async () => {
    const previous = healer.webhookSecret;
    healer.runtime.overrideSecret(outputOf(healer.runtime, 'WebhookSecretName'), { current: 'the-new-one', previous });
    expect(await post(healer, '{"zen":"Rotate."}', { headers: { 'x-github-event': 'ping' } })).toMatchObject({
      status: 202,
    });
    const withNew = { secret: 'the-new-one', headers: { 'x-github-event': 'ping' } };
    expect(await post(healer, '{"zen":"Rotate."}', withNew)).toMatchObject({ status: 202 });
    expect(await post(healer, '{}', { secret: 'the-one-before-that' })).toMatchObject({ status: 401 });
  });

  it('answers 401 to a wrong, a missing or a foreign signature and stores nothing', async () => {
    const { payload } = aSilentRun();
    const before = await stored();
    const wrong = `sha256=${'0'.repeat(64)}`;
    for (const options of [
      { secret: 'guessed' },
      { secret: null },
      { headers: { 'x-hub-signature-256': wrong } },
      { headers: { 'x-hub-signature-256': 'sha256=' } },
      { secret: null, headers: { 'x-hub-signature': `sha1=${'0'.repeat(40)}` } },
    ]) {
      expect(await post(healer, payload, options)).toEqual({
        status: 401,
        body: { error: 'The signature does not match the body.' },
      });
    }
    // Signed, but one byte was changed on the way.
    const changed = { headers: { 'x-hub-signature-256': signatureOf(healer.webhookSecret, payload) } };
    expect(await post(healer, payload.replace('failure', 'success'), changed)).toMatchObject({ status: 401 });
    expect(await stored()).toBe(before);
  });

  it('[D220] refuses with a clear answer what is too large, no JSON, nested too deep or not what it says, and stores nothing', async () => {
    const before = await stored();
    const run = JSON.parse(aSilentRun().payload);
    const large = await post(healer, JSON.stringify({ ...run, filler: 'x'.repeat(1_000_000) }));
    expect(large).toMatchObject({ status: 413, body: { error: expect.stringContaining('larger than 1000000 bytes') } });
    expect(await post(healer, 'not JSON')).toMatchObject({ status: 400 });
    // API Gateway hands text over as UTF-8: what is none is changed on the way and does not fit its signature.
    expect(await post(healer, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))).toMatchObject({ status: 401 });
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    expect(await post(healer, deep)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('64 levels deep') },
    });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await post(healer, 'payload=%7B%7D', { headers: form })).toMatchObject({ status: 415 });
    expect(await post(healer, '{}', { headers: { 'x-github-delivery': null } })).toMatchObject({ status: 400 });
    expect(await post(healer, '{"action":"completed"}')).toMatchObject({
      status: 422,
      body: { error: expect.stringContaining('workflow_run') },
    });
    expect(await post(healer, '{}', { source: 'nobody' })).toMatchObject({ status: 404 });
    await healer.quiet();
    expect(await stored()).toBe(before);
  });

  it('ignores, and says so, events that it does not know or need', async () => {
    const before = await stored();
    for (const [event, reason] of [
      ['ping', 'event-ping'],
      ['workflow_job', 'event-workflow_job'],
      ['sponsorship', 'event-other'],
    ] as const) {
      expect(await post(healer, '{"action":"created"}', { headers: { 'x-github-event': event } })).toEqual({
        status: 202,
        body: { ignored: reason },
      });
    }
    expect(await stored()).toBe(before);
  });

  it('takes a run whose payload carries __proto__ and lone surrogates, and neither does harm', async () => {
    const { runId, pullRequest, payload } = aSilentRun();
    const spiked = payload
      .replace(/^\{/, '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},')
      .replace(/"display_title":"[^"]*"/, '"display_title":"half \\ud83d of a face"');
    expect(await post(healer, spiked)).toMatchObject({ status: 202, body: { accepted: true } });
    expect((await healer.ended(runId)).tainted.title.isWellFormed()).toBe(true);
    expect(healer.comment(pullRequest)).toContain('Root Cause Analysis');
  });

  it('verifies the signature over the bytes behind a base64 body', async () => {
    const { runId, pullRequest, payload } = aSilentRun();
    // API Gateway encodes what is no text; the signature fits, so it is the type that is refused.
    const binary = { headers: { 'content-type': 'application/octet-stream' } };
    expect(await post(healer, payload, binary)).toMatchObject({ status: 415 });
    const outcome = await healer.runtime.invoke(healer.functionName('webhook'), {
      headers: {
        'Content-Type': 'application/json',
        'X-GitHub-Event': 'workflow_run',
        'X-GitHub-Delivery': randomUUID(),
        'X-Hub-Signature-256': signatureOf(healer.webhookSecret, payload),
      },
      pathParameters: { source: 'github' },
      isBase64Encoded: true,
      body: Buffer.from(payload).toString('base64'),
    });
    expect(outcome).toMatchObject({ ok: true, payload: { statusCode: 202 } });
    await healer.ended(runId);
    expect(healer.comment(pullRequest)).toContain('Root Cause Analysis');
  });

  it('[D9] answers 202 as soon as the signal is queued; the work goes on without the sender', async () => {
    const { runId, payload } = aSilentRun();
    expect(await post(healer, payload)).toMatchObject({ status: 202, body: { accepted: true } });
    const id = healer.incidentId(runId);
    const early = healer.runtime.executions().filter(({ name }) => name.startsWith(id));
    expect(early.every(({ status }) => status === 'RUNNING')).toBe(true);
    expect(await healer.ended(runId)).toMatchObject({ status: 'suggested' });
  });
});

describe('repeats', () => {
  it('a delivery that comes 100 times makes one incident, one comment and one re-run', async () => {
    const { runId, pullRequest, payload } = aSilentRun('transient');
    const headers = { 'x-github-delivery': randomUUID() };
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => post(healer, payload, { headers })));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 202));
    }
    await healer.ended(runId);
    await healer.quiet();
    expectHealedOnce(runId, pullRequest);
    expect(await healer.incidents.get(healer.incidentId(runId))).toMatchObject({ occurrences: 1, attempt: 1 });
  });

  it('the events of one run make one incident, one comment and one re-run in each of their 24 orders', async () => {
    const orders = permutations(['requested', 'in_progress', 'completed', 'jobs'] as const);
    expect(orders).toHaveLength(24);
    const { github } = healer.world;
    const runs = orders.map((order) => ({ order, ...aSilentRun('transient') }));
    await Promise.all(
      runs.map(async ({ order, runId }) => {
        for (const event of order)
          await (event === 'jobs' ? github.announceJobs(runId) : github.announceRun(runId, event, 1));
      }),
    );
    const incidents = await Promise.all(runs.map(({ runId }) => healer.ended(runId)));
    expect(new Set(incidents.map(({ status }) => status))).toEqual(new Set(['resolved']));
    await healer.quiet();
    for (const { runId, pullRequest } of runs) expectHealedOnce(runId, pullRequest);
  });
});

describe('a report that knows less than the comment', () => {
  const sample = JSON.parse(readFileSync('events/github/workflow-run-completed-failure.json', 'utf8'));
  const [{ number: pullRequest }] = sample.body.workflow_run.pull_requests;

  it('a sample event, posted by hand, is taken once however often it is sent, and leaves the good comment of a later run as it is', async () => {
    const isOpen = healer.world.github.pullRequests('acme/shop').some(({ number }) => number === pullRequest);
    const run = healer.world.samples.failRun('regression', { pullRequest: isOpen ? pullRequest : 'new' });
    expect(run.pullRequest).toBe(pullRequest);
    expect(run.runId).toBeGreaterThan(sample.body.workflow_run.id);
    await healer.ended(run.runId);
    const good = healer.comment(pullRequest);
    expect(good).toContain('AssertionError');
    const known = new Set(healer.runtime.executions().map(({ name }) => name));
    const first = sample.headers['x-github-delivery'];
    for (const delivery of [first, first, randomUUID()]) {
      const headers = { ...sample.headers, 'x-github-delivery': delivery };
      expect(await post(healer, JSON.stringify(sample.body), { headers })).toMatchObject({ status: 202 });
      await healer.quiet();
    }
    // Its incident was worked on, in one execution.
    expect(healer.runtime.executions().filter(({ name }) => !known.has(name))).toHaveLength(1);
    expect(healer.comment(pullRequest)).toBe(good);
  });

  it('one of a later run whose log is gone adds a line to the good comment', async () => {
    const earlier = healer.world.samples.failRun('regression');
    await healer.ended(earlier.runId);
    const good = healer.comment(earlier.pullRequest);
    const run = healer.world.samples.failRun('regression', { pullRequest: earlier.pullRequest, archive: null });
    expect(await healer.ended(run.runId)).toMatchObject({ classification: { class: 'unknown' } });
    const comment = healer.comment(earlier.pullRequest);
    expect(comment).toContain(`[run ${run.runId}](`);
    expect(comment).toContain('its log could not be read');
    for (const line of good.split('\n')) expect(comment).toContain(line);
  });
});

describe('what was lost', () => {
  it('a delivery that did not get through is asked for again, once, and healed', async () => {
    healer.world.github.setUnreachable(true);
    const run = healer.world.samples.failRun('regression');
    expect(await run.delivered).toMatchObject([{ result: { statusCode: 502 } }]);
    healer.world.github.setUnreachable(false);
    await trigger(healer, 'redeliver-webhooks');
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'suggested' });
    expect(healer.comment(run.pullRequest)).toContain('Root Cause Analysis');
    await trigger(healer, 'redeliver-webhooks');
    await healer.quiet();
    expect(healer.world.journal.count('github.delivery.redelivered')).toBe(1);
  });

  it('an incident whose workflow was stopped is started again and continues its action instead of repeating it', async () => {
    const run = healer.world.samples.failRun('transient', { rerunMs: 1500 });
    await until(
      'the re-run',
      () => healer.world.journal.count('github.run.rerun', `acme/shop/runs/${run.runId}`) === 1,
    );
    await stopExecutions(healer, run.runId);
    await trigger(healer, 'reconciler');
    expect(await healer.incidents.get(healer.incidentId(run.runId))).toMatchObject({ status: 'open', attempt: 1 });
    await makeStalled(healer, run.runId);
    await trigger(healer, 'reconciler');
    // The run that was waited for may be one of the schedule's own, begun before the incident was stale.
    const attempt = async () => (await healer.incidents.get(healer.incidentId(run.runId)))?.attempt;
    await until('the second attempt', async () => (await attempt()) === 2);
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'resolved', attempt: 2 });
    await healer.quiet();
    expectHealedOnce(run.runId, run.pullRequest);
  });
});

/** One comment, one re-run, and no execution beside those the incident says it had. */
function expectHealedOnce(runId: number, pullRequest: number | null): void {
  const id = healer.incidentId(runId);
  expect(healer.world.journal.count('github.comment.created', `acme/shop/issues/${pullRequest}`)).toBe(1);
  expect(healer.world.journal.count('github.run.rerun', `acme/shop/runs/${runId}`)).toBe(1);
  const names = healer.runtime.executions().filter(({ name }) => name.startsWith(`${id}-`));
  expect(new Set(names.map(({ name }) => name)).size).toBe(names.length);
  expect(healer.comment(pullRequest)).toMatch(/Verified: it (recovered|passed)/);
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}
