import { digestOf } from '@selfheal/kernel/digest.ts';
import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { isFixBranch } from '@selfheal/patch-guard/fix-branch.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { RunTarget } from '#shared/domain/incident/target-context.ts';
import { defineSource, firstProblem, type SourceResult } from '../../sources/contract.ts';
import { changeResult } from './changes.ts';
import { noteResult } from './note.ts';

const Project = z.object({ id: z.number(), path_with_namespace: z.string(), default_branch: z.string().nullish() });

/** Only the fields that are needed of a pipeline event (GitLab docs, "Webhook events"). */
const PipelineEvent = z.object({
  object_attributes: z.object({
    id: z.number(),
    ref: z.string().nullish(),
    tag: z.boolean().nullish(),
    sha: z.string(),
    source: z.string().nullish(),
    status: z.string(),
    created_at: z.string().nullish(),
    finished_at: z.string().nullish(),
  }),
  merge_request: z.object({ iid: z.number(), target_project_id: z.number().nullish() }).nullish(),
  user: z.object({ username: z.string().nullish() }).nullish(),
  project: Project,
  commit: z.object({ title: z.string().nullish(), message: z.string().nullish() }).nullish(),
});
type PipelineEvent = z.infer<typeof PipelineEvent>;

/** What starts a pipeline, by the names that GitHub gives the same; all others keep GitLab's. */
const EVENTS: Readonly<Record<string, string>> = {
  merge_request_event: 'pull_request',
  external_pull_request_event: 'pull_request',
  web: 'workflow_dispatch',
  api: 'repository_dispatch',
  trigger: 'repository_dispatch',
  pipeline: 'repository_dispatch',
};
/** The event of a pipeline's source: `push`, `pull_request`, `schedule` ... */
export const eventOf = (source: string | null | undefined): string => EVENTS[source ?? ''] ?? source ?? 'unknown';

/** Statuses of pipelines that need no reaction, listed so that counters get only known names. */
const QUIET = new Set([
  ...['created', 'waiting_for_resource', 'preparing', 'pending', 'running', 'canceling', 'canceled', 'skipped'],
  ...['manual', 'scheduled', 'waiting_for_callback'],
]);
const QUIET_EVENTS = new Set(['build', 'tag_push', 'merge_request', 'issue', 'release']);
const MAX_ACTOR = 60;

const ignored = (reason: string): SourceResult => ({ kind: 'ignored', reason });

/** Pipelines, from a project's or a group's webhook with "Pipeline events"; pushes, deployments and comments where it sends those as well. */
export const source = defineSource({
  kind: 'webhook',
  id: 'gitlab',
  title: 'GitLab pipelines, pushes, deployments and comments',
  scheme: {
    kind: 'one-of',
    schemes: [{ scheme: 'standard-webhooks' }, { scheme: 'token-header', header: 'x-gitlab-token' }],
  },
  /** A hook that was caused by another one has that one's UUID, so what it says is part of the id. */
  deliveryId({ headers, body }) {
    const known = headers['webhook-id'] ?? headers['idempotency-key'];
    if (known) return `gitlab:${known}`;
    const uuid = headers['x-gitlab-event-uuid'];
    return uuid
      ? `gitlab:${uuid}:${digestOf(JSON.stringify(body), 16)}`
      : { missing: 'x-gitlab-event-uuid: header is missing' };
  },
  eventName: ({ headers }) => headers['x-gitlab-event'] ?? null,
  repositoryOf(body) {
    const named = z.object({ project: Project.pick({ path_with_namespace: true }) }).safeParse(body);
    return named.success ? `gitlab:${named.data.project.path_with_namespace}` : null;
  },
  toSignal(envelope): SourceResult {
    const { body, deliveryId, receivedAt } = envelope;
    const kind = z.object({ object_kind: z.string() }).safeParse(body);
    if (!kind.success) return { kind: 'rejected', reason: firstProblem(kind.error) };
    const { object_kind: event } = kind.data;
    if (event === 'push' || event === 'deployment') return changeResult(event, envelope);
    if (event === 'note') return noteResult(body);
    if (event !== 'pipeline') return ignored(QUIET_EVENTS.has(event) ? `event-${event}` : 'event-other');
    const parsed = PipelineEvent.safeParse(body);
    if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
    const { ref, source, status } = parsed.data.object_attributes;
    if (isFixBranch(ref ?? '')) return ignored('branch-of-a-fix');
    // Its parent fails with it.
    if (source === 'parent_pipeline') return ignored('child-pipeline');
    if (status !== 'success' && status !== 'failed')
      return ignored(QUIET.has(status) ? `status-${status}` : 'status-other');
    return translate(parsed.data, deliveryId, receivedAt);
  },
});

function translate(event: PipelineEvent, deliveryId: string, receivedAt: Date): SourceResult {
  const { object_attributes: pipeline, commit } = event;
  const target = RunTarget.safeParse(targetOf(event));
  if (!target.success) return { kind: 'rejected', reason: firstProblem(target.error) };
  const title = redactName(commit?.title ?? commit?.message?.split('\n')[0] ?? '', 170);
  return {
    kind: 'signal',
    branch: pipeline.ref ? new RawRef(pipeline.ref) : null,
    signal: {
      version: 1,
      deliveryId,
      source: 'gitlab',
      kind: pipeline.status === 'success' ? 'run-succeeded' : 'run-failed',
      occurredAt: instantOf(pipeline.finished_at) ?? receivedAt.toISOString(),
      target: target.data,
      tainted: {
        title: title === '' ? phrase`Pipeline` : phrase`Pipeline: ${title}`,
        branch: pipeline.ref ? redactName(pipeline.ref, 300) : null,
        branchKey: null,
        reason: null,
      },
    },
  };
}

/** GitLab sets all fields; the branch is only compared. The attempt is asked for: see `HostPlugin.completes`. */
function targetOf({ object_attributes: pipeline, merge_request, project, user }: PipelineEvent): RunTarget {
  const event = eventOf(pipeline.source);
  const isOwn = merge_request != null && (merge_request.target_project_id ?? project.id) === project.id;
  const isBranch = pipeline.tag !== true && event !== 'pull_request' && merge_request == null;
  const actor = user?.username ?? '';
  return {
    kind: 'run',
    host: 'gitlab',
    installationId: null,
    repository: `gitlab:${project.path_with_namespace}`,
    repositoryId: project.id,
    // A project has one pipeline file.
    workflowId: 0,
    runId: pipeline.id,
    runAttempt: 1,
    headSha: pipeline.sha,
    event,
    pullRequest: isOwn ? merge_request.iid : null,
    onDefaultBranch: isBranch && pipeline.ref != null && pipeline.ref === project.default_branch,
    actor: actor === '' || actor.length > MAX_ACTOR ? null : actor,
  };
}

/** ISO 8601 of `2026-11-21 12:00:00 UTC` as webhooks write it, or of ISO 8601 itself. */
function instantOf(text: string | null | undefined): string | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
