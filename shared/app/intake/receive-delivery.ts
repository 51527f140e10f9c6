import type { Clock } from '@selfheal/kernel/time.ts';
import { redact, redactName } from '@selfheal/redaction/redact.ts';
import { ConnectionId } from '#shared/domain/incident/target-context.ts';
import { type Alert, signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import { bodySample } from '#shared/domain/webhooks/body-sample.ts';
import { type Connection, maySpeakFor } from '#shared/domain/webhooks/connection.ts';
import { derivedSecrets } from '#shared/domain/webhooks/connection-secret.ts';
import { type DroppedEvent, MAX_BODY_SAMPLE, type Rule } from '#shared/domain/webhooks/received-event.ts';
import { type RawDelivery, verifyDelivery } from '#shared/domain/webhooks/verify-delivery.ts';
import type { AlertSource, AlertsResult } from '#shared/plugins/sources/contract.ts';
import type { OrderQueue, SecretReader, SignalBatchQueue } from '#shared/ports/cloud.ts';
import type { ConnectionMeter, ConnectionStore } from '#shared/ports/connection-store.ts';
import type { EventLedger } from '#shared/ports/event-ledger.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { parseBoundedJson } from './ingest-json.ts';
import { subjectOf } from './note-event.ts';
import { storedSecrets } from './webhook-secrets.ts';

export interface Delivery extends RawDelivery {
  readonly sourceId: string;
  readonly connectionId: string;
}

export interface DeliveryAnswer {
  readonly status: 202 | 401 | 503;
  readonly body: Readonly<Record<string, string | number>>;
}

export interface ReceiveDeps {
  readonly sources: readonly AlertSource[];
  readonly connections: Pick<ConnectionStore, 'get'>;
  readonly activity: Pick<ConnectionMeter, 'count'>;
  readonly ledger: Pick<EventLedger, 'note'>;
  readonly secrets: SecretReader;
  readonly queue: SignalBatchQueue & OrderQueue;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

/** In bytes; Alertmanager's largest groups have some hundred KB. */
const MAX_DELIVERY_BYTES = 1_000_000;
/** Alerts that are read of one delivery; the rest of it is in the ledger. */
const MAX_ALERTS = 100;
/** Of what is no JSON. */
const MAX_SAMPLE = 2000;

const REFUSED: DeliveryAnswer = {
  status: 401,
  body: { error: 'There is no such connection, or the delivery does not prove that it is from there.' },
};

/**
 * Takes one delivery of a connection. 401: nothing in it was read. 202: whoever sent it is known, and every alert in it is in the queue or in the
 * ledger; that holds for every authenticated delivery, whatever is in it, so that no sender disables its webhook or repeats what would be
 * refused again. 503: queue, tables or secrets could not be reached; the sender repeats it.
 */
export async function receiveDelivery(delivery: Delivery, deps: ReceiveDeps): Promise<DeliveryAnswer> {
  const source = deps.sources.find(({ id }) => id === delivery.sourceId);
  const connection =
    source === undefined || !ConnectionId.safeParse(delivery.connectionId).success
      ? null
      : await deps.connections.get(delivery.connectionId);
  if (source === undefined || connection === null || connection.source !== source.id) {
    deps.meter.count('connection-unknown');
    return REFUSED;
  }
  const now = deps.clock.now();
  const verified = verifyDelivery(
    { scheme: connection.scheme, header: connection.header ?? undefined },
    delivery,
    await secretsOf(connection, now, deps),
    now,
  );
  const drop = (rule: Rule, about: Partial<DroppedEvent> = {}) => noteDrop(connection, rule, about, deps);
  if (verified !== 'valid') {
    await drop(verified === 'stale' ? 'stale-signature' : 'unauthorized');
    return REFUSED;
  }
  const { inMinute } = await deps.activity.count(connection.id, now);
  if (inMinute > connection.perMinute) return await answered(0, [drop('over-limit')], deps);
  if (delivery.body.byteLength > MAX_DELIVERY_BYTES) return await answered(0, [drop('too-large')], deps);
  const body = parseBoundedJson(delivery.body);
  if (body.kind === 'invalid') return await answered(0, [drop('not-json', { sample: sampleOf(delivery.body) })], deps);
  const read = source.read({ headers: delivery.headers, body: body.value, receivedAt: now });
  return await takeAlerts(read, { connection, body: body.value, drop }, deps);
}

/** The tool of the connection, as people call it. */
function toolOf({ source }: Connection, { sources }: Pick<ReceiveDeps, 'sources'>): string {
  const plugin = sources.find(({ id }) => id === source);
  return plugin?.tool ?? plugin?.title.split(' ')[0] ?? source;
}

type Drop = (rule: Rule, about?: Partial<DroppedEvent>) => Promise<void>;

async function takeAlerts(
  read: AlertsResult,
  { connection, body, drop }: { connection: Connection; body: unknown; drop: Drop },
  deps: ReceiveDeps,
): Promise<DeliveryAnswer> {
  switch (read.kind) {
    case 'rejected':
      return await answered(
        0,
        [drop('not-understood', { subject: redactName(read.reason, 300), sample: sampleOfBody(body) })],
        deps,
      );
    case 'ignored':
      return await answered(0, [drop(`ignored-${read.reason}`, { sample: sampleOfBody(body) })], deps);
    case 'acknowledged': {
      const { eventId, incidentId, by } = read;
      const tool = toolOf(connection, deps);
      await deps.queue.sendOrder({
        version: 1,
        kind: 'pager-acknowledgement',
        deliveryId: `${connection.source}:${connection.id}:${eventId}`.slice(0, 200),
        incidentId,
        by: redactName(by === null ? tool : `${by} (${tool})`, 200),
        services: connection.services,
        from: { source: connection.source, connection: connection.id },
      });
      return await answered(1, [], deps);
    }
    case 'alerts': {
      const taken = read.alerts.slice(0, MAX_ALERTS);
      const allowed = taken.filter(({ service }) => maySpeakFor(connection, service));
      const signals = allowed.map((alert) => signalFrom(alert, connection));
      await deps.queue.sendAll(signals);
      const left = read.alerts.length - taken.length;
      const drops = [
        ...(left === 0 ? [] : [drop('too-many-alerts', { subject: redactName(`${left} more alerts`, 300) })]),
        ...taken
          .filter(({ service }) => !maySpeakFor(connection, service))
          .map((alert) => drop('place-not-allowed', aboutAlert(alert, connection))),
        ...(read.ignored ?? []).map(({ reason, about }) =>
          drop(isKnownRule(reason) ? reason : `ignored-${reason}`, { subject: redactName(about, 300) }),
        ),
      ];
      return await answered(signals.length, drops, deps);
    }
    default:
      return read satisfies never;
  }
}

const isKnownRule = (reason: string): reason is 'heartbeat' | 'truncated-by-sender' =>
  reason === 'heartbeat' || reason === 'truncated-by-sender';

const signalFrom = (alert: Alert, { source, id }: Connection) =>
  signalOfAlert(alert, { provider: source, connection: id });

function aboutAlert(alert: Alert, connection: Connection): Partial<DroppedEvent> {
  const signal = signalFrom(alert, connection);
  return { subject: redactName(subjectOf(signal), 300), sample: signal.tainted.reason };
}

async function answered(
  alerts: number,
  drops: readonly Promise<void>[],
  deps: Pick<ReceiveDeps, 'meter'>,
): Promise<DeliveryAnswer> {
  await Promise.all(drops);
  deps.meter.count(alerts > 0 ? 'connection-accepted' : 'connection-dropped');
  return { status: 202, body: { accepted: alerts, ledger: drops.length } };
}

/** Throws when the event cannot be noted, so that the sender repeats the delivery: nothing is left aside in silence. */
async function noteDrop(
  { id: connection, source }: Connection,
  rule: Rule,
  about: Partial<DroppedEvent>,
  { ledger, clock, meter }: ReceiveDeps,
): Promise<void> {
  meter.count(`connection-${rule}`);
  const nothing = { subject: redactName(connection, 300), sample: null, incidentId: null, signal: null };
  await ledger.note({ ...nothing, ...about, source, connection, rule }, clock.now());
}

async function secretsOf(connection: Connection, now: Date, { secrets }: ReceiveDeps): Promise<string[]> {
  if (connection.secret === 'stored') return storedSecrets(await secrets.read('github-webhook'), connection.id);
  const { key = '' } = await secrets.read('name-key');
  return key === '' ? [] : derivedSecrets(connection, key, now);
}

/** JSON, so that a mapping can be tried on it. */
const sampleOfBody = (body: unknown) => bodySample(body, MAX_BODY_SAMPLE, (text) => redact(text).text);

const sampleOf = (body: Uint8Array) =>
  redact(new TextDecoder('utf-8').decode(body.subarray(0, 2 * MAX_SAMPLE))).text.slice(0, MAX_SAMPLE);
