import * as z from 'zod';
import type { HostApi } from '#shared/ports/host-api.ts';

const User = z.object({ id: z.number().int().positive(), username: z.string() });

/** The account that has a user name now, in any case; null when none has. https://docs.gitlab.com/api/users/#list-users */
export const accountOf =
  (api: HostApi) =>
  async (login: string): Promise<{ readonly id: number } | null> => {
    const found = await api.list('users', User, { username: login }, 1);
    return found.find(({ username }) => username.toLowerCase() === login.toLowerCase()) ?? null;
  };
