import { promises as dns } from 'node:dns';
import { connect, isIP } from 'node:net';
import { Retryable } from '@selfheal/kernel/errors.ts';
import type { HealthCheck, ProbeAnswer } from '#shared/domain/health/health-check.ts';
import { addressKindOf } from '#shared/domain/playbook/network-address.ts';
import { safeExchange } from './safe-exchange.ts';

export interface HealthProbeOptions {
  /** Whether a resolved address may be connected to; by default public ones, and private ones of a check that says so. */
  readonly mayConnect?: (address: string, check: HealthCheck) => boolean;
}

const allowed = (address: string, check: HealthCheck): boolean => {
  const kind = addressKindOf(address);
  return kind === 'public' || (kind === 'private' && check.private);
};

/** Asks an address once, on a connection of its own. Redirects are not followed. Never throws. */
export function makeHealthProbe({ mayConnect = allowed }: HealthProbeOptions = {}) {
  return async (check: HealthCheck): Promise<ProbeAnswer> => {
    const begun = performance.now();
    const may = (address: string) => mayConnect(address, check);
    try {
      const status = check.kind === 'http' ? await statusOf(check, may) : await connected(check, may);
      return { status, milliseconds: performance.now() - begun, problem: null };
    } catch (error) {
      const problem = `no answer (${(error instanceof Error ? error.message : 'unknown').slice(0, 200)})`;
      return { status: null, milliseconds: performance.now() - begun, problem };
    }
  };
}

type May = (address: string) => boolean;

async function statusOf(check: Extract<HealthCheck, { kind: 'http' }>, mayConnect: May): Promise<number> {
  const { status } = await safeExchange({
    what: 'health check',
    url: new URL(check.url),
    method: 'GET',
    headers: { 'user-agent': 'selfheal-health-check' },
    body: null,
    timeoutSeconds: check.withinSeconds,
    lost: Retryable,
    mayConnect,
  });
  return status;
}

/** Resolves the name once and connects to that address alone. */
async function connected(check: Extract<HealthCheck, { kind: 'tcp' }>, mayConnect: May): Promise<null> {
  const found = isIP(check.host) > 0 ? [{ address: check.host }] : await dns.lookup(check.host, { all: true });
  const [first] = found;
  if (first === undefined || found.some(({ address }) => !mayConnect(address)))
    throw new Error(`${check.host} leads to an address that is never called`);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: first.address, port: check.port, timeout: check.withinSeconds * 1000 });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(new Error(`no connection within ${check.withinSeconds} seconds`)));
    socket.once('error', reject);
  });
  return null;
}
