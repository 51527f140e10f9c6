import * as z from 'zod';
import { type Change, commitId, placeOfRepository } from '#shared/domain/changes/change.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { changeOf, type ToldChange } from '../../sources/common/change-of.ts';
import { firstProblem, type SourceResult, type WebhookEnvelope } from '../../sources/contract.ts';

const Project = z.object({
  id: z.number().int().nonnegative(),
  path_with_namespace: z
    .string()
    .refine((path) => RepositoryName.safeParse(`gitlab:${path}`).success, 'Must be the path of a project'),
  default_branch: z.string().nullish(),
});
const Paths = z.array(z.string()).default([]);

/** A push (GitLab docs, "Webhook events", push events). */
const Push = z.object({
  ref: z.string(),
  after: z.string(),
  user_username: z.string().nullish(),
  project: Project,
  commits: z
    .array(
      z.object({
        id: z.string(),
        title: z.string().nullish(),
        timestamp: z.string().nullish(),
        url: z.string().nullish(),
        added: Paths,
        modified: Paths,
        removed: Paths,
      }),
    )
    .default([]),
});

/** A deployment that began or ended (the same, deployment events). */
const Deployment = z.object({
  status: z.string(),
  status_changed_at: z.string().nullish(),
  deployment_id: z.number().int(),
  deployable_url: z.string().nullish(),
  environment: z.string().max(255),
  short_sha: z.string().max(64),
  user: z.object({ username: z.string().nullish() }).nullish(),
  project: Project,
});

const STATES: Readonly<Record<string, Change['state']>> = {
  running: 'started',
  success: 'done',
  failed: 'failed',
  canceled: 'failed',
};
const SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const NOTHING = /^0+$/;

const ignored = (reason: string): SourceResult => ({ kind: 'ignored', reason });

/** Changes that GitLab tells of. A deployment that fails is a job of a pipeline, which is an incident of its own. */
export function changeResult(event: 'push' | 'deployment', envelope: WebhookEnvelope): SourceResult {
  return event === 'push' ? pushResult(envelope) : deploymentResult(envelope);
}

function pushResult(envelope: WebhookEnvelope): SourceResult {
  const parsed = Push.safeParse(envelope.body);
  if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
  const { ref, after, commits, project, user_username: by } = parsed.data;
  const branch = /^refs\/heads\/(.+)$/s.exec(ref)?.[1];
  if (branch === undefined) return ignored('push-of-a-tag');
  if (NOTHING.test(after) || !SHA.test(after)) return ignored('push-that-deletes');
  if (branch !== project.default_branch) return ignored('push-to-another-branch');
  const head = commits.find(({ id }) => id === after) ?? commits.at(-1);
  const told = Date.parse(head?.timestamp ?? '');
  const received = envelope.receivedAt.getTime();
  return resultOf(envelope, project, {
    id: commitId(nameOf(project), after),
    kind: 'commit',
    at: new Date(Number.isNaN(told) ? received : Math.min(told, received)),
    title: `Push of ${after.slice(0, 10)} to ${branch}: ${head?.title ?? ''}`,
    by,
    url: head?.url,
    files: commits.flatMap(({ added, modified, removed }) => [...added, ...modified, ...removed]),
  });
}

function deploymentResult(envelope: WebhookEnvelope): SourceResult {
  const parsed = Deployment.safeParse(envelope.body);
  if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
  const { status, status_changed_at, deployment_id: id, environment, short_sha: sha, user, project } = parsed.data;
  const state = STATES[status];
  if (state === undefined) return ignored('deployment-on-the-way');
  const told = Date.parse(status_changed_at ?? '');
  return resultOf(envelope, project, {
    id: `deployment:${nameOf(project).toLowerCase()}@${id}`,
    kind: 'deployment',
    at: Number.isNaN(told) ? envelope.receivedAt : new Date(told),
    title: `Deployment of ${sha} to ${environment}`,
    by: user?.username,
    url: parsed.data.deployable_url,
    state,
  });
}

const nameOf = ({ path_with_namespace: path }: z.infer<typeof Project>): string => `gitlab:${path}`;

type Told = Pick<ToldChange, 'id' | 'kind' | 'at' | 'title' | 'by' | 'url' | 'files' | 'state'>;

function resultOf({ deliveryId, event }: WebhookEnvelope, project: z.infer<typeof Project>, told: Told): SourceResult {
  const repository = { id: project.id, name: nameOf(project) };
  const change = changeOf({
    ...told,
    place: placeOfRepository(repository.name),
    source: 'gitlab',
    reason: `GitLab sent the event ${event ?? 'without a name'}`,
  });
  return { kind: 'change', deliveryId, change, repository, signal: null };
}
