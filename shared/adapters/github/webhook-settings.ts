import * as z from 'zod';
import type { WebhookSettings } from '#shared/domain/configuration/webhook-setup.ts';
import { type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';

/** https://docs.github.com/en/rest/repos/webhooks#list-repository-webhooks */
const Hook = z.object({
  id: z.number(),
  active: z.boolean(),
  events: z.array(z.string()),
  config: z.object({ url: z.string().optional(), content_type: z.string().optional(), secret: z.string().optional() }),
  last_response: z.object({ code: z.number().nullable(), message: z.string().nullable() }).nullish(),
});

export interface RepositoryWebhook extends WebhookSettings {
  readonly id: number;
  readonly url: string;
  /** Status of the answer to its last delivery; null before the first. */
  readonly lastStatus: number | null;
}

const MAX_PAGES = 10;

/**
 * The webhooks of a repository, as GitHub reports them; of a secret only whether there is one. Throws like `CodeHost`.
 */
export async function readWebhooks(repository: string, options: GithubOptions): Promise<RepositoryWebhook[]> {
  const client = makeGithubClient(options);
  const found: RepositoryWebhook[] = [];
  const pages = client.pages('GET /repos/{owner}/{repo}/hooks', repositoryOf(repository), z.array(Hook), MAX_PAGES);
  for await (const page of pages) found.push(...page.map(settingsOf));
  return found;
}

function settingsOf({ id, active, events, config, last_response }: z.infer<typeof Hook>): RepositoryWebhook {
  return {
    id,
    active,
    events,
    url: config.url ?? '',
    contentType: config.content_type ?? null,
    hasSecret: config.secret !== undefined,
    lastStatus: last_response?.code || null,
  };
}
