import type { InferResponseType } from 'hono/client';
import { type ApiClient, contentOf } from '#apps/workbench/api/api-client.ts';
import { serviceKey } from '#shared/domain/log-watch/log-entry.ts';

export type LogsApi = ApiClient['api']['logs'];
export type LogEntry = Extract<InferResponseType<LogsApi['recent']['$get']>, { entries: unknown }>['entries'][number];
export type WatchedLog = Extract<InferResponseType<LogsApi['watched'][':service']['$get']>, { windows: unknown }>;
export type WatchedAnomaly = WatchedLog['anomalies'][number];

/** Every service, as the API takes it. */
const EVERY = '*';
/** Services whose anomalies one look reads. */
const MAX_SERVICES = 5;

interface Asked {
  readonly service: string | undefined;
  readonly repository: string | undefined;
  readonly level: string | undefined;
}

/** The services that send their logs and are asked for, those that sent last first. None where a repository is asked for: no service is one. */
async function sendingServices(logs: LogsApi, { service, repository }: Asked): Promise<string[]> {
  if (repository !== undefined) return [];
  const { services } = await contentOf(await logs.watched.$get());
  const names = services.map(({ service: name }) => name);
  return service === undefined ? names : names.filter((name) => name === serviceKey(service));
}

/** The last lines that services sent, oldest first. */
export async function sentLines(logs: LogsApi, asked: Asked): Promise<LogEntry[]> {
  const services = await sendingServices(logs, asked);
  const [first] = services;
  if (first === undefined) return [];
  const stream = asked.service === undefined ? EVERY : first;
  const level = asked.level === undefined ? {} : { level: asked.level };
  const { entries } = await contentOf(await logs.recent.$get({ query: { stream, ...level } }));
  return [...entries];
}

/** What is unusual in the logs of the services that sent last, newest first. */
export async function sentAnomalies(
  logs: LogsApi,
  asked: Asked,
): Promise<{ readonly service: string; readonly anomaly: WatchedAnomaly }[]> {
  const services = (await sendingServices(logs, asked)).slice(0, MAX_SERVICES);
  const read = await Promise.all(
    services.map(async (service) => {
      const { anomalies } = await contentOf(await logs.watched[':service'].$get({ param: { service } }));
      return anomalies.map((anomaly) => ({ service, anomaly }));
    }),
  );
  return read.flat();
}
