import { pathOfRepository } from '#shared/domain/incident/target-context.ts';
import { defineHost } from '../contract.ts';

/**
 * GitLab, of gitlab.com or self-managed, by its REST API v4. A run is a pipeline. All jobs of a pipeline cannot be started again, only those that
 * failed: https://docs.gitlab.com/api/pipelines/#retry-jobs-in-a-pipeline
 */
export const gitlab = defineHost({
  id: 'gitlab',
  title: 'GitLab',
  changeRequest: { name: 'merge request', sign: '!' },
  capabilities: new Set(['rerun-failed-jobs', 'cancel-run', 'comments', 'comment-commands']),
  source: async () => (await import('./source.ts')).source,
  completes: true,
  links({ repository, runId, pullRequest }, apiUrl) {
    const base = `${apiUrl.replace(/\/api\/v4\/?$/, '')}/${pathOfRepository(repository)}/-`;
    return [
      { name: `pipeline ${runId}`, url: `${base}/pipelines/${runId}` },
      ...(pullRequest === null
        ? []
        : [{ name: `merge request !${pullRequest}`, url: `${base}/merge_requests/${pullRequest}` }]),
    ];
  },
  connect: async (api) => (await import('./connect.ts')).connect(api),
});
