import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseBoundedJson } from '#shared/app/intake/ingest-json.ts';
import { readIntakeMessage } from '#shared/app/intake/ingest-message.ts';
import { AWS_EVENT_SOURCES } from '#shared/domain/incident/aws-resource.ts';
import { Signal } from '#shared/domain/incident/signal.ts';
import { signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import type { AlertsResult, SourceResult } from '#shared/plugins/sources/contract.ts';
import { translateWebhook } from '#shared/plugins/sources/contract.ts';
import { ALERT_SOURCES, EVENT_SOURCES, SOURCES, WEBHOOK_SOURCES } from '#shared/plugins/sources/registry.ts';

const EVENTS = join(import.meta.dirname, '../../events');
/** What the name of a sample promises, by its first fitting pattern. */
const PROMISES: readonly [RegExp, string][] = [
  [/^github\/workflow-run-completed-(failure|timed-out|startup-failure)/, 'signal run-failed'],
  [/^github\/workflow-run-completed-success/, 'signal run-succeeded'],
  [/^github\/workflow-run-completed-cancelled/, 'signal run-cancelled'],
  [/^github\/issue-comment-command/, 'command'],
  [/^github\/push/, 'change'],
  [/^github\//, 'ignored'],
  [/^cloudwatch\/.*-suppressed/, 'ignored'],
  [/^cloudwatch\/.*alarm-raised/, 'signal alarm-raised'],
  [/^cloudwatch\/alarm-cleared/, 'signal alarm-cleared'],
  [/^cloudwatch\//, 'ignored'],
  [/own-page-(?:closed-by-person-)?acknowledged\.json/, 'acknowledged'],
  [new RegExp(`^(?:${AWS_EVENT_SOURCES.join('|')})/.*-changed`), 'change'],
  [new RegExp(`^(?:${AWS_EVENT_SOURCES.join('|')})/.*-firing`), 'signal alarm-raised'],
  [new RegExp(`^(?:${AWS_EVENT_SOURCES.join('|')})/.*-resolved`), 'signal alarm-cleared'],
  [/-firing-empty/, 'alerts'],
  [/-firing/, 'alerts firing'],
  [/-resolved/, 'alerts resolved'],
  [/-rejected/, 'rejected'],
  [/-ignored/, 'ignored'],
];

const samples = SOURCES.flatMap(({ id }) =>
  readdirSync(join(EVENTS, id))
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${id}/${name}`),
);

function replay(sample: string): SourceResult | AlertsResult {
  const bytes = readFileSync(join(EVENTS, sample));
  const parsed = parseBoundedJson(bytes);
  if (parsed.kind === 'invalid') throw new Error(parsed.reason);
  const webhook = WEBHOOK_SOURCES.find(({ id }) => sample.startsWith(`${id}/`));
  if (webhook !== undefined) {
    const { headers, body } = parsed.value as { headers: Record<string, string>; body: unknown };
    return translateWebhook(webhook, { headers, body, receivedAt: new Date('2026-11-21T12:00:00.000Z') });
  }
  const alerts = ALERT_SOURCES.find(({ id }) => sample.startsWith(`${id}/`));
  if (alerts !== undefined)
    return alerts.read({
      headers: {},
      body: parsed.value,
      ...deliveryIn(parsed.value),
      receivedAt: new Date('2026-11-21T12:00:00.000Z'),
    });
  const event = EVENT_SOURCES.find(({ id }) => sample.startsWith(`${id}/`));
  if (event === undefined) throw new Error(`No source for ${sample}.`);
  return event.toSignal(parsed.value, new Date('2026-11-21T12:00:00.000Z'));
}

/** A sample with `headers` and `body` is a delivery whose meaning depends on its headers. */
function deliveryIn(value: unknown): { headers?: Record<string, string>; body?: unknown } {
  const isDelivery = typeof value === 'object' && value !== null && 'headers' in value && 'body' in value;
  return isDelivery ? (value as { headers: Record<string, string>; body: unknown }) : {};
}

/** `signal run-failed`, `alerts firing`; `alerts` where all were left aside. */
function kindOf(result: SourceResult | AlertsResult): string {
  if (result.kind === 'signal') return `signal ${result.signal.kind}`;
  if (result.kind !== 'alerts') return result.kind;
  return ['alerts', ...new Set(result.alerts.map(({ state }) => state))].join(' ');
}

describe('every recorded event goes through its source', () => {
  it.each(samples)('%s', (sample) => {
    const result = replay(sample);
    const promised = PROMISES.find(([pattern]) => pattern.test(sample))?.[1];
    expect(kindOf(result)).toBe(promised);
    if (result.kind === 'alerts')
      for (const alert of result.alerts) {
        const signal = signalOfAlert(alert, { provider: 'tool', connection: 'of-a-test' });
        expect(Signal.parse(signal)).toEqual(signal);
      }
    if (result.kind === 'signal') expect(Signal.parse(result.signal)).toEqual(result.signal);
  });

  it('has samples of every source', () => {
    for (const { id } of SOURCES)
      expect(samples.filter((sample) => sample.startsWith(`${id}/`)).length).toBeGreaterThan(3);
  });
});

describe('a message of the intake queue', () => {
  const now = new Date('2026-11-21T12:00:00.000Z');
  const read = (body: string) => readIntakeMessage(body, EVENT_SOURCES, now);

  it('[E21] is the event as EventBridge sends it', () => {
    const event = readFileSync(join(EVENTS, 'cloudwatch/alarm-raised.json'), 'utf8');
    expect(read(event)).toMatchObject({ kind: 'signal', signal: { kind: 'alarm-raised' } });
  });

  it('is the signal as the webhook function sends it', () => {
    const result = replay('github/workflow-run-completed-failure.json');
    if (result.kind !== 'signal') throw new Error(`It is ${result.kind}.`);
    expect(read(JSON.stringify(result.signal))).toEqual({ kind: 'signal', signal: result.signal });
  });

  it.each(['', 'null', '{"version":1}', '[]'])('is refused when it is %j', (body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
  });

  it('is ignored when no source knows the event', () => {
    expect(read('{"source":"aws.ec2","detail-type":"Something"}')).toEqual({ kind: 'ignored', reason: 'event-other' });
  });
});
