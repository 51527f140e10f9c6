import { QueryClient, type UseQueryResult, useInfiniteQuery, useQuery } from '@tanstack/react-query';
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

/**
 * The same of a list that comes in pages: `read` gets a page's cursor, '' for the first. All that was loaded is read again, each page from
 * where the one before it ends now, so that nothing is lost or shown twice; the more pages, the less often.
 */
export function useLivePages<T extends { readonly next: string | null }>(
  key: readonly unknown[],
  read: (cursor: string) => Promise<T>,
) {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) => (isFinal(state.error) ? false : POLL * (state.data?.pages.length ?? 1)),
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: 'always',
  });
}

/** What asking again does not change. */
function isFinal(error: Error | null): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 403 || error.status === 404);
}
