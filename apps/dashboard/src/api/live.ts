import { QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { ApiError } from './client.ts';

/** Milliseconds between two looks at what is in view. */
const POLL = 2_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The browser's own idea of being online says nothing about the API.
      networkMode: 'always',
      retry: (failures, error) => failures < 1 && error instanceof ApiError && error.status >= 500,
      retryDelay: 500,
      staleTime: 1_000,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

/** Reads again and again while the page is visible, and at once when it becomes visible. The last answer stays while the API is silent. */
export function useLive<T>(key: readonly unknown[], read: () => Promise<T>): UseQueryResult<T, Error> {
  return useQuery({
    queryKey: key,
    queryFn: read,
    refetchInterval: ({ state }) => (isFinal(state.error) ? false : POLL),
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: 'always',
  });
}

/** What asking again does not change. */
function isFinal(error: Error | null): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 403 || error.status === 404);
}
