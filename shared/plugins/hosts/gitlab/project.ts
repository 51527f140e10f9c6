import { pathOfRepository } from '#shared/domain/incident/target-context.ts';

/** Path of a project in the API: its name, encoded as one segment (GitLab docs, "Namespaced paths"). */
export function projectPath(repository: string): string {
  return `projects/${encodeURIComponent(pathOfRepository(repository))}`;
}
