import { createHmac, randomUUID } from 'node:crypto';
import { isoNow } from '@selfheal/fake-server/world-time.ts';
import type { DeliveryState, GithubState, HookState } from './state.ts';

/** GitHub waits ten seconds for a webhook's receiver. */
const DELIVERY_TIMEOUT_MS = 10_000;

export interface WebhookSender {
  /** Sends an event to the repository's hooks. Resolves when every delivery has succeeded or failed; never throws. */
  emit(repository: string, event: string, payload: object): Promise<DeliveryState[]>;
  /** Sends a delivery again, with the same GUID and a new delivery id. */
  redeliver(delivery: DeliveryState): Promise<DeliveryState>;
  setSecret(secret: string): void;
  /** While true, deliveries fail without being tried, as if GitHub could not reach the receiver. */
  setUnreachable(unreachable: boolean): void;
  /** Stops the deliveries in progress; they are neither answered nor recorded. */
  stop(): void;
}

/** Sends webhooks as GitHub does: signed, recorded, tried once. */
export function makeWebhookSender(state: GithubState, onSettled: (work: Promise<unknown>) => void): WebhookSender {
  let secret = '';
  let unreachable = false;
  const stopped = new AbortController();

  async function deliver(hook: HookState, event: string, payload: string, guid: string, redelivery: boolean) {
    const repositoryId = state.repositories.get(hook.repository)?.id ?? 0;
    const delivery: DeliveryState = {
      id: state.nextId(),
      guid,
      hookId: hook.id,
      repository: hook.repository,
      event,
      action: (JSON.parse(payload) as { action?: string }).action ?? null,
      redelivery,
      deliveredAt: isoNow(state.time),
      payload,
      requestHeaders: headersOf({ hook, event, payload, guid, repositoryId, secret }),
      result: null,
    };
    state.deliveries.put(delivery.id, delivery);
    delivery.result = await (unreachable
      ? failure('failed to connect to host', 502, 0)
      : send(hook.url, delivery, stopped.signal));
    if (!stopped.signal.aborted) state.deliveries.put(delivery.id, delivery);
    return delivery;
  }

  const track = <T>(work: Promise<T>): Promise<T> => {
    onSettled(work);
    return work;
  };

  return {
    emit(repository, event, payload) {
      const hooks = state.hooks.all().filter((hook) => hook.repository === repository);
      const text = JSON.stringify(payload);
      return track(Promise.all(hooks.map((hook) => deliver(hook, event, text, randomUUID(), false))));
    },
    redeliver(delivery) {
      const hook = state.hooks.get(delivery.hookId);
      if (hook === undefined) throw new Error(`There is no hook ${delivery.hookId}.`);
      return track(deliver(hook, delivery.event, delivery.payload, delivery.guid, true));
    },
    setSecret(next) {
      secret = next;
    },
    setUnreachable(next) {
      unreachable = next;
    },
    stop: () => stopped.abort(),
  };
}

/** GitHub's `X-Hub-Signature-256`. */
export function signatureOf(secret: string, payload: string): string {
  return `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`;
}

export function headersOf(o: {
  hook: { id: number };
  event: string;
  payload: string;
  guid: string;
  repositoryId: number;
  secret: string;
}): Record<string, string> {
  return {
    Accept: '*/*',
    'Content-Type': 'application/json',
    'User-Agent': 'GitHub-Hookshot/7c2d4e9',
    'X-GitHub-Delivery': o.guid,
    'X-GitHub-Event': o.event,
    'X-GitHub-Hook-ID': String(o.hook.id),
    'X-GitHub-Hook-Installation-Target-ID': String(o.repositoryId),
    'X-GitHub-Hook-Installation-Target-Type': 'repository',
    'X-Hub-Signature': `sha1=${createHmac('sha1', o.secret).update(o.payload).digest('hex')}`,
    'X-Hub-Signature-256': signatureOf(o.secret, o.payload),
  };
}

type Result = NonNullable<DeliveryState['result']>;

function failure(status: string, statusCode: number, seconds: number): Result {
  return { status, statusCode, seconds, responseHeaders: {}, responseBody: '' };
}

async function send(url: string, delivery: DeliveryState, stopped: AbortSignal): Promise<Result> {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 10) / 100;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: delivery.requestHeaders,
      body: delivery.payload,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(DELIVERY_TIMEOUT_MS), stopped]),
    });
    return {
      status: response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`,
      statusCode: response.status,
      seconds: seconds(),
      responseHeaders: Object.fromEntries(response.headers),
      responseBody: await response.text(),
    };
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
    return timedOut ? failure('timed out', 504, seconds()) : failure('failed to connect to host', 502, seconds());
  }
}
