import * as z from 'zod';
import type { CodeHost, FailedDelivery } from '#shared/ports/code-host.ts';
import { type GithubClient, repositoryOf } from './github-client.ts';

const MAX_PAGES = 50;
const Hook = z.object({ id: z.number(), config: z.object({ url: z.string().optional() }) });
const Delivery = z.object({ id: z.number(), guid: z.string(), delivered_at: z.string(), status_code: z.number() });
type Delivery = z.infer<typeof Delivery>;

/** Deliveries of a repository's webhook, for redelivering failed ones. */
export function deliveries(client: GithubClient): Pick<CodeHost, 'listFailedDeliveries' | 'redeliver'> {
  return {
    listFailedDeliveries: async (repository, url, since) => {
      const hookId = await findHook(client, repository, url);
      return hookId === null
        ? null
        : { hookId, deliveries: failedOf(await readSince(client, repository, hookId, since)) };
    },
    redeliver: async (repository, hookId, deliveryId) => {
      const route = 'POST /repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts';
      const parameters = { ...repositoryOf(repository), hook_id: hookId, delivery_id: deliveryId };
      await client.effect(route, parameters, z.unknown());
    },
  };
}

async function findHook(client: GithubClient, repository: string, url: string): Promise<number | null> {
  const pages = client.pages('GET /repos/{owner}/{repo}/hooks', repositoryOf(repository), z.array(Hook), MAX_PAGES);
  for await (const page of pages) {
    const hook = page.find(({ config }) => config.url === url);
    if (hook) return hook.id;
  }
  return null;
}

/** GitHub lists the newest first, so reading ends at the first delivery that is old enough. */
async function readSince(client: GithubClient, repository: string, hookId: number, since: Date): Promise<Delivery[]> {
  const route = 'GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries';
  const parameters = { ...repositoryOf(repository), hook_id: hookId };
  const isNew = ({ delivered_at }: Delivery): boolean => Date.parse(delivered_at) > since.getTime();
  const found: Delivery[] = [];
  for await (const page of client.pages(route, parameters, z.array(Delivery), MAX_PAGES)) {
    found.push(...page.filter(isNew));
    if (!page.every(isNew)) break;
  }
  return found;
}

/** One per GUID (re-deliveries share it), its latest attempt, unless one of them succeeded; oldest first. */
function failedOf(found: readonly Delivery[]): FailedDelivery[] {
  return [...Map.groupBy(found, ({ guid }) => guid).values()]
    .filter((attempts) => !attempts.some(({ status_code }) => status_code >= 200 && status_code < 300))
    .map((attempts) => {
      const latest = attempts.reduce((a, b) => (Date.parse(b.delivered_at) > Date.parse(a.delivered_at) ? b : a));
      return { id: latest.id, guid: latest.guid, deliveredAt: latest.delivered_at, attempts: attempts.length };
    })
    .sort((a, b) => Date.parse(a.deliveredAt) - Date.parse(b.deliveredAt));
}
