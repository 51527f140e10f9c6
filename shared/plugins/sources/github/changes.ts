import * as z from 'zod';
import { type Change, commitId, placeOfRepository } from '#shared/domain/changes/change.ts';
import type { RepositoryIdentity } from '#shared/domain/incident/repository-identity.ts';
import { sentLink } from '#shared/domain/incident/sent-link.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import { changeOf } from '../common/change-of.ts';
import { firstProblem, type SourceResult, type WebhookEnvelope } from '../contract.ts';

/** The connection that `POST /webhooks/github` stands for. */
const CONNECTION = 'default';
const Instant = z.iso.datetime({ offset: true }).transform((at) => new Date(at));
const Account = z.object({ login: z.string() }).nullish();
const Sha = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, 'Must be a commit');
const Repository = z.object({
  id: z.number().int().nonnegative(),
  full_name: RepositoryName,
  default_branch: z.string().default('main'),
});
type Repository = z.infer<typeof Repository>;

type Reader = (envelope: WebhookEnvelope) => SourceResult;

/** Events about what was changed, and checks of other tools (GitHub docs, "Webhook events and payloads"). */
export const CHANGE_EVENTS: Readonly<Record<string, Reader>> = {
  push: reader(
    z.object({
      ref: z.string(),
      after: z.string(),
      deleted: z.boolean().default(false),
      forced: z.boolean().default(false),
      compare: z.string().nullish(),
      head_commit: z.object({ message: z.string(), timestamp: Instant.nullish() }).nullish(),
      commits: z
        .array(
          z.object({
            added: z.array(z.string()).default([]),
            removed: z.array(z.string()).default([]),
            modified: z.array(z.string()).default([]),
          }),
        )
        .default([]),
      pusher: z.object({ name: z.string() }).nullish(),
      repository: Repository,
    }),
    (body, { receivedAt }) => {
      const branch = /^refs\/heads\/(.+)$/s.exec(body.ref)?.[1];
      if (branch === undefined) return ignored('push-of-a-tag');
      if (body.deleted || !Sha.safeParse(body.after).success) return ignored('push-that-deletes');
      // Other branches change nothing for anybody until they are merged; their own runs know their commit.
      if (branch !== body.repository.default_branch) return ignored('push-to-another-branch');
      const files = body.commits.flatMap(({ added, removed, modified }) => [...added, ...removed, ...modified]);
      return {
        id: commitId(body.repository.full_name, body.after),
        kind: 'commit',
        at: body.head_commit?.timestamp && !body.forced ? earliest(body.head_commit.timestamp, receivedAt) : receivedAt,
        title: `${body.forced ? 'Forced push' : 'Push'} of ${body.after.slice(0, 10)} to ${branch}: ${firstLine(body.head_commit?.message)}`,
        by: body.pusher?.name,
        url: body.compare,
        files,
      };
    },
  ),
  release: reader(
    z.object({
      action: z.string(),
      release: z.object({
        id: z.number(),
        tag_name: z.string(),
        name: z.string().nullish(),
        html_url: z.string().nullish(),
        published_at: Instant.nullish(),
        author: Account,
      }),
      repository: Repository,
    }),
    ({ action, release, repository }, { receivedAt }) =>
      action === 'published'
        ? {
            id: `release:${repository.full_name.toLowerCase()}@${release.id}`,
            kind: 'release',
            at: release.published_at ?? receivedAt,
            title: `Release ${release.tag_name}${release.name && release.name !== release.tag_name ? `: ${release.name}` : ''}`,
            by: release.author?.login,
            url: release.html_url,
          }
        : ignored('release-not-published'),
  ),
  deployment: reader(
    z.object({ action: z.string(), deployment: deploymentFields(), repository: Repository }),
    ({ action, deployment, repository }) =>
      action === 'created'
        ? { ...deploymentChange(deployment, repository), state: 'started' }
        : ignored('deployment-other'),
  ),
  deployment_status: reader(
    z.object({
      deployment: deploymentFields(),
      deployment_status: z.object({
        state: z.string(),
        description: z.string().nullish(),
        target_url: z.string().nullish(),
        log_url: z.string().nullish(),
        updated_at: Instant,
      }),
      workflow_run: z.object({ id: z.number() }).nullish(),
      repository: Repository,
    }),
    ({ deployment, deployment_status: status, workflow_run: run, repository }) => {
      if (!/^(?:success|failure|error)$/.test(status.state)) return ignored('deployment-on-the-way');
      const failed = status.state !== 'success';
      return {
        ...deploymentChange(deployment, repository),
        at: status.updated_at,
        state: failed ? 'failed' : 'done',
        url: status.log_url || status.target_url,
        // A run of GitHub Actions that deploys is an incident of its own when it fails.
        trouble: run
          ? null
          : {
              id: `deployment/${repository.full_name.toLowerCase()}/${deployment.environment}`,
              isFiring: failed,
              severity: 'high',
              title: `Deployment of ${repository.full_name} to ${deployment.environment} ${failed ? 'failed' : 'succeeded'}`,
              text: [
                status.description ?? '',
                `Commit ${deployment.sha}, deployment ${deployment.id}: ${status.state}`,
              ],
            },
      };
    },
  ),
  check_run: reader(
    z.object({
      action: z.string(),
      check_run: z.object({
        name: z.string(),
        conclusion: z.string().nullish(),
        head_sha: Sha,
        html_url: z.string().nullish(),
        details_url: z.string().nullish(),
        completed_at: Instant.nullish(),
        output: z.object({ title: z.string().nullish(), summary: z.string().nullish() }).nullish(),
        app: z.object({ slug: z.string().nullish() }).nullish(),
        check_suite: z.object({ head_branch: z.string().nullish() }).nullish(),
      }),
      repository: Repository,
    }),
    ({ action, check_run: check, repository }, { receivedAt }) => {
      if (action !== 'completed') return ignored('check-not-completed');
      if (check.app?.slug === 'github-actions') return ignored('check-of-a-workflow');
      if (check.check_suite?.head_branch !== repository.default_branch) return ignored('check-of-another-branch');
      const failed = /^(?:failure|timed_out|startup_failure)$/.test(check.conclusion ?? '');
      if (!failed && check.conclusion !== 'success') return ignored('check-without-a-verdict');
      return {
        at: check.completed_at ?? receivedAt,
        url: check.details_url || check.html_url,
        trouble: {
          id: `check/${repository.full_name.toLowerCase()}/${check.app?.slug ?? ''}/${check.name}`,
          isFiring: failed,
          severity: 'medium',
          title: `Check ${check.name} of ${repository.full_name} ${failed ? 'failed' : 'passed'} on ${repository.default_branch}`,
          text: [check.output?.title ?? '', check.output?.summary ?? '', `Commit ${check.head_sha}`],
        },
      };
    },
  ),
};

interface Told {
  readonly at: Date;
  readonly url?: string | null | undefined;
  /** Absent where nothing was changed. */
  readonly id?: string;
  readonly kind?: Change['kind'];
  readonly title?: string;
  readonly by?: string | null | undefined;
  readonly files?: readonly string[];
  readonly state?: Change['state'];
  readonly edges?: Change['edges'];
  readonly trouble?: {
    readonly id: string;
    readonly isFiring: boolean;
    readonly severity: 'medium' | 'high';
    readonly title: string;
    readonly text: readonly string[];
  } | null;
}
interface Ignored {
  readonly ignored: string;
}
const ignored = (reason: string): Ignored => ({ ignored: reason });

function reader<Schema extends z.ZodType<{ repository: Repository }>>(
  schema: Schema,
  tell: (body: z.infer<Schema>, envelope: WebhookEnvelope) => Told | Ignored,
): Reader {
  return (envelope) => {
    const parsed = schema.safeParse(envelope.body);
    if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
    const told = tell(parsed.data, envelope);
    if ('ignored' in told) return { kind: 'ignored', reason: told.ignored };
    const { id, full_name: name } = parsed.data.repository;
    return resultOf(told, { id, name }, envelope);
  };
}

function resultOf(told: Told, repository: RepositoryIdentity, { event, deliveryId }: WebhookEnvelope): SourceResult {
  const { id, kind, at, trouble } = told;
  const url = sentLink(told.url);
  const change =
    id === undefined || kind === undefined
      ? null
      : changeOf({
          ...{ id, kind, at, by: told.by, url, state: told.state, files: told.files, edges: told.edges },
          title: told.title ?? '',
          place: placeOfRepository(repository.name),
          source: 'github',
          reason: `GitHub sent the event ${event}`,
        });
  const signal = trouble
    ? signalOfAlert(
        {
          id: trouble.id,
          state: trouble.isFiring ? 'firing' : 'resolved',
          severity: trouble.severity,
          service: repository.name,
          title: trouble.title,
          text: trouble.text.filter(Boolean).join('\n'),
          url,
          startedAt: at,
          changedAt: at,
        },
        { provider: 'github', connection: CONNECTION },
      )
    : null;
  return { kind: 'change', deliveryId, change, repository, signal };
}

function deploymentFields() {
  return z.object({
    id: z.number(),
    sha: Sha,
    environment: z.string().max(255),
    task: z.string().default('deploy'),
    created_at: Instant,
    creator: Account,
  });
}

function deploymentChange(
  deployment: z.infer<ReturnType<typeof deploymentFields>>,
  { full_name: name }: Repository,
): Told {
  const { id, sha, environment, creator, created_at: at } = deployment;
  return {
    id: `deployment:${name.toLowerCase()}@${id}`,
    kind: 'deployment',
    at,
    title: `Deployment of ${sha.slice(0, 10)} to ${environment}`,
    by: creator?.login,
    edges: [{ kind: 'built-from', to: commitId(name, sha), reason: `GitHub names the commit of deployment ${id}` }],
  };
}

const earliest = (a: Date, b: Date): Date => (a.getTime() < b.getTime() ? a : b);
const firstLine = (text = ''): string => text.split('\n')[0] ?? '';
