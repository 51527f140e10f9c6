import { useQuery } from '@tanstack/react-query';
import type { Role } from '#shared/domain/access/caller.ts';
import { api, contentOf } from './client.ts';

/** Who is signed in, and their roles. */
export const useMe = () =>
  useQuery({
    queryKey: ['me'],
    queryFn: async () => contentOf(await api.auth.me.$get()),
    staleTime: 60_000,
  });

/** Whether the reader has one of these roles, or is an administrator; false until that is known. */
export function useHasRole(...wanted: readonly Role[]): boolean {
  const { data } = useMe();
  return data?.roles.some((role) => role === 'admin' || wanted.includes(role)) ?? false;
}
