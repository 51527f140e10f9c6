import type { InferResponseType } from 'hono/client';
import { api, contentOf } from '../../api/client.ts';

export type WatchedLog = Extract<
  InferResponseType<(typeof api.logs.watched)[':service']['$get']>,
  { windows: unknown }
>;

export const readServices = async () => contentOf(await api.logs.watched.$get());

export const readLog = async (service: string) =>
  contentOf(await api.logs.watched[':service'].$get({ param: { service } }));

/** The last lines of a service, of a level and worse. */
export const readTail = async (service: string, levels: string) =>
  contentOf(await api.logs.recent.$get({ query: { stream: service, ...(levels === '' ? {} : { level: levels }) } }));
