import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { InferResponseType } from 'hono/client';
import { api, contentOf } from '../../api/client.ts';

const { learning } = api;
export type Status = InferResponseType<typeof learning.$get, 200>;
export type Health = InferResponseType<typeof learning.health.$get, 200>;
export type Report = InferResponseType<typeof learning.report.$get, 200>;
export type Quality = InferResponseType<typeof learning.quality.$get, 200>;
export type Accuracy = InferResponseType<typeof learning.accuracy.$get, 200>;
export type Model = InferResponseType<typeof api.models.$get, 200>['models'][number];

/** What is looked at: one scope or all of the latest incidents, and how far back. */
export interface Period {
  readonly scope: string;
  readonly days: string;
}

/** These figures change slowly, and reading them costs more than a list. Milliseconds. */
const FRESH = 30_000;

function useFigures<T>(key: readonly unknown[], read: () => Promise<T>) {
  return useQuery({
    queryKey: ['learning', ...key],
    queryFn: read,
    staleTime: FRESH,
    refetchInterval: FRESH,
    placeholderData: keepPreviousData,
  });
}

const scopeOf = ({ scope }: Period) => (scope === '' ? {} : { scope });

export const useStatus = (period: Period) =>
  useFigures(['status', period.scope], async () => contentOf(await learning.$get({ query: scopeOf(period) })));

export const useHealth = (period: Period) =>
  useFigures(['health', period], async () =>
    contentOf(await learning.health.$get({ query: { ...scopeOf(period), days: period.days } })),
  );

export const useReport = (period: Period) =>
  useFigures(['report', period], async () =>
    contentOf(await learning.report.$get({ query: { ...scopeOf(period), days: period.days } })),
  );

export const useQuality = () =>
  useFigures(['quality'], async () => contentOf(await learning.quality.$get({ query: {} })));

export const useAccuracy = ({ days }: Period) =>
  useFigures(['accuracy', days], async () =>
    contentOf(await learning.accuracy.$get({ query: { days, step: Number(days) > 45 ? 'week' : 'day' } })),
  );

export const useModels = () => useFigures(['models'], async () => contentOf(await api.models.$get({ query: {} })));

export const useCosts = ({ days }: Period) =>
  useFigures(['costs', days], async () => contentOf(await api.costs.$get({ query: { days } })));

export const useServiceLevels = ({ days }: Period) =>
  useFigures(['levels', days], async () => contentOf(await api['service-levels'].$get({ query: { days } })));
