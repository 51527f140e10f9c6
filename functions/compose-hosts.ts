import { Refused } from '@selfheal/kernel/errors.ts';
import { FIRST_HOST, hostOfRepository } from '#shared/domain/incident/target-context.ts';
import type { ConnectedHost } from '#shared/plugins/hosts/contract.ts';
import { HOSTS } from '#shared/plugins/hosts/registry.ts';
import type { HostApi } from '#shared/ports/host-api.ts';

type Method = (repository: string, ...rest: readonly unknown[]) => Promise<unknown>;

/**
 * A port of all code hosts in one: each method goes to the host that the name of the repository says, which is its first argument. `own`:
 * GitHub's. `apiOf` gives the API of another host, and throws `Refused` where it is not configured. A method that a host lacks refuses, too.
 */
export function routeHost<T extends object>(
  own: T,
  port: keyof ConnectedHost,
  apiOf: (host: string) => Promise<HostApi>,
): T {
  const connected = new Map<string, Promise<ConnectedHost>>();
  const connect = async (id: string): Promise<ConnectedHost> => {
    const plugin = HOSTS.find((one) => one.id === id);
    if (plugin?.connect == null) throw new Refused(`This version has no plug-in for the code host ${id}.`);
    return await plugin.connect(await apiOf(id));
  };
  const hostNamed = (id: string): Promise<ConnectedHost> => {
    const host = connected.get(id) ?? connect(id);
    connected.set(id, host);
    host.catch(() => connected.delete(id));
    return host;
  };
  const methods = Object.entries(own as Record<string, Method>).map(([name, method]) => {
    const routed: Method = async (repository, ...rest) => {
      const host = hostOfRepository(repository);
      if (host === FIRST_HOST) return await method(repository, ...rest);
      const other = ((await hostNamed(host))[port] as Record<string, Method | undefined> | undefined)?.[name];
      if (other === undefined) throw new Refused(`The code host ${host} has no ${name}.`);
      return await other(repository, ...rest);
    };
    return [name, routed] as const;
  });
  return Object.fromEntries(methods) as T;
}
