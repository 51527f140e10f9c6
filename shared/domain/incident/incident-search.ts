import type { Incident } from './incident.ts';

/** Whether the incident has every word of a search, in any case and order: in its id, title, diagnosis, place, class, status, people or outcome. */
export function isFoundBy(search: string, incident: Incident): boolean {
  const { id, status, target, tainted, summary, classification, outcomeReason, annotations, request } = incident;
  const place =
    target.kind === 'run'
      ? [target.repository, target.runId, target.pullRequest === null ? 'push' : `#${target.pullRequest}`]
      : target.kind === 'alarm'
        ? [target.alarmArn, target.region]
        : target.kind === 'alert'
          ? [target.provider, target.connection, target.service, target.severity]
          : target.kind === 'report'
            ? [target.service, target.repository, target.reportedBy]
            : ['storm'];
  const said = [annotations?.title, annotations?.assignee, annotations?.notes, annotations?.resolution?.solution];
  const text = [
    id,
    status,
    tainted.title,
    summary,
    classification?.class,
    outcomeReason,
    request?.by,
    ...place,
    ...said,
  ]
    .join('\n')
    .replaceAll('_', ' ')
    .toLowerCase();
  return search
    .toLowerCase()
    .replaceAll('_', ' ')
    .split(/\s+/)
    .every((word) => text.includes(word));
}
