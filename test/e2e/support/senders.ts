import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { makeOtlpSender } from '#apps/cli/forward/otlp-sender.ts';
import { outputOf } from '#apps/local/stage.ts';
import { packDocument } from '#shared/adapters/state/packed-state.ts';
import { HOUR, MINUTE, START, usualLines } from '#test/unit/domain/log-watch/made-log.ts';
import type { Healer } from './healer.ts';
import { trigger } from './steering.ts';
import { until } from './until.ts';

/** A request to `/api` that must succeed; the answer's JSON. */
// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, each looked at where it is asked for
export type Api = (path: string, method?: string, body?: object) => Promise<any>;

const SAMPLES = join(import.meta.dirname, '../../../events/alertmanager');
const sampleOf = (name: string) => JSON.parse(readFileSync(join(SAMPLES, `${name}.json`), 'utf8'));
/** A service's log is judged after a day; two hours more are enough for any clock. */
const LEARNED_HOURS = 26;
const LONG_AGO = '2026-01-01T00:00:00.000Z';

/** Another tool sends alerts through connections that an administrator makes: taken, repeated, resolved, refused, looked up and sent again. */
export async function sendAlerts(healer: Healer, api: Api): Promise<void> {
  const { url } = await api('/connections/webhooks', 'POST', {
    id: 'watched',
    source: 'alertmanager',
    scheme: 'path',
    perMinute: 30,
    silentAfterMinutes: 60,
  });
  const post = async (body: unknown, to = url) =>
    (await fetch(to, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })).status;
  const group = sampleOf('two-alerts-firing');
  expect(await post(group)).toBe(202);
  await healer.quiet();
  expect(await post(group)).toBe(202);
  expect(await post(sampleOf('one-alert-resolved'))).toBe(202);
  expect(await post('{ not json')).toBe(202);
  expect(await post(group, `${url}0`)).toBe(401);
  // More than two minutes let through, should one end in between.
  for (let at = 0; at < 61; at += 1) await post('{}');
  await healer.quiet();
  const repeated = async () => (await api('/events?rule=duplicate-delivery')).events;
  await until('the repeat', async () => (await repeated()).length > 0);
  const [{ id }] = await repeated();
  await api(`/events/${id}`);
  await api(`/events/${id}/replay`, 'POST', {});
  await api('/connections/webhooks');
  await api('/connections/webhooks/watched');
  // Looks when each connection that may not fall silent spoke last.
  await trigger(healer, 'reconciler');
  await api('/connections/webhooks/watched/rotate', 'POST', { overlapHours: 1 });
  await api('/connections/webhooks/watched', 'DELETE');
  await healer.quiet();
}

/** A service sends its log: a day of what is usual, then a fault, which opens an incident. */
export async function sendLogs(healer: Healer, api: Api): Promise<void> {
  const expiresAt = new Date(Date.now() + 24 * HOUR).toISOString();
  const { text: key } = await api('/keys', 'POST', { name: 'shipper', roles: ['operator'], expiresAt });
  const sender = makeOtlpSender({
    base: healer.runtime.endpoint,
    token: async () => key,
    service: 'orders',
    now: Date.now,
    pause: async () => {},
    say: () => {},
  });
  const end = Date.now();
  const sent = (lines: readonly { readonly at: number; readonly text: string }[]) =>
    sender.send(lines.map((line) => ({ service: null, ...line })));
  for (let minutes = LEARNED_HOURS * 60; minutes > 0; minutes -= 60) {
    const at = Array.from({ length: 60 }, (_, minute) => end - (minutes - minute) * MINUTE);
    await sent(
      at.flatMap((time) => usualLines(Math.floor((time - START) / MINUTE)).map((text) => ({ at: time, text }))),
    );
  }
  await trigger(healer, 'log-watch');
  await sent(Array.from({ length: 12 }, (_, n) => ({ at: end, text: `ERROR connection to 10.0.0.${n}:5432 refused` })));
  await trigger(healer, 'log-watch');
  await trigger(healer, 'log-watch');
  const found = async () =>
    (await api('/incidents')).incidents.some(({ title }: { readonly title: string }) => title.startsWith('orders: '));
  await until('the incident of the log', found);
  await healer.quiet();
}

/** A sender that made its secret itself, which an operator stored. */
export async function sendWithOwnSecret(healer: Healer, api: Api): Promise<void> {
  await api('/connections/webhooks', 'POST', {
    id: 'own-secret',
    source: 'alertmanager',
    scheme: 'bearer',
    secret: 'stored',
  });
  const secret = ['of', 'the', 'sender'].join('-').padEnd(32, '0');
  healer.runtime.overrideSecret(outputOf(healer.runtime, 'WebhookSecretName'), {
    current: healer.webhookSecret,
    connections: JSON.stringify({ 'own-secret': { current: secret } }),
  });
  const { status } = await fetch(`${healer.runtime.endpoint}/webhooks/alertmanager/own-secret`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify(sampleOf('two-alerts-firing')),
  });
  expect(status).toBe(202);
  await healer.quiet();
}

/** What a deletion finds beside incidents: a document of the repository's quality checks, an experiment, an event that opened nothing, and the answer to a request. */
export async function keepFurtherRecords(healer: Healer, api: Api, token: string): Promise<void> {
  const response = await fetch(`${healer.runtime.endpoint}/api/repositories/acme/shop/quality/baselines~main`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-none-match': '*' },
    body: JSON.stringify({ content: packDocument('{"a":1}') }),
  });
  expect(response.status).toBe(200);
  const order = { id: 'order-of-actions', title: 'Which comes first', repository: 'acme/shop', solutionA: 'ranked' };
  await api('/experiments', 'POST', { ...order, solutionB: 'rerun-failed-jobs' });
  const { runId } = healer.world.samples.failRun('compile');
  await healer.ended(runId);
  await healer.world.github.announceRun(runId, 'completed', 1);
  await healer.quiet();
  const pattern = {
    scope: 'acme/shop',
    title: 'Registry',
    pattern: 'registry * dropped',
    solution: 'Raise the limit.',
  };
  const kept = await fetch(`${healer.runtime.endpoint}/api/knowledge/patterns`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'a-drill-1' },
    body: JSON.stringify({ ...pattern, class: 'resource_exhaustion' }),
  });
  expect(kept.status).toBe(201);
}

/** A deletion that stops a workflow which still runs; it goes on when the last step has ended. */
export async function stopForDeletion(healer: Healer, api: Api, runId: number): Promise<void> {
  // The model is not sure enough, so its workflow waits for a decision.
  await until('its request', () => healer.statesOf(runId).includes('Approve'));
  const order = { repository: 'acme/shop', confirm: 'acme/shop', force: true };
  expect(await api('/data/delete', 'POST', order)).toMatchObject({ done: false });
}

/** All that is held of the repository is exported and deleted, page by page, as the command line does it. */
export async function eraseRepository(api: Api, repository: string): Promise<void> {
  let position: string | null = null;
  do {
    const page: { readonly next: string | null } = await api('/data/export', 'POST', {
      repository,
      ...(position === null ? {} : { position }),
    });
    position = page.next;
  } while (position !== null);
  for (;;) {
    const { done, waitSeconds } = await api('/data/delete', 'POST', { repository, confirm: repository });
    if (done) return;
    await setTimeout(waitSeconds * 1000);
  }
}

/** A pull request that names an incident is merged, and the workflow passes after it. */
export async function mergeFix(healer: Healer): Promise<void> {
  const { runId } = healer.world.samples.failRun('regression', { pullRequest: null });
  const incident = await healer.ended(runId);
  const { repository } = incident.target as { readonly repository: string };
  const { number } = healer.world.github.addPullRequest(repository, { title: `Mend it (${incident.id})` });
  healer.world.github.closePullRequest(repository, number, true);
  healer.world.github.addRun({
    repository,
    createdAt: new Date(Date.now() + 1000),
    attempts: [{ conclusion: 'success', jobs: [{ name: 'test', conclusion: 'success' }], archive: [] }],
  });
  await healer.control.setCursor('watch-fixes', LONG_AGO);
  await trigger(healer, 'reconciler');
  await healer.quiet();
}
