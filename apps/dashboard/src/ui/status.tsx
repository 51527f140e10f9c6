import { skipToken, useQuery } from '@tanstack/react-query';
import type { ListedApprovals } from '../api/answers.ts';
import { type IncidentStatus, STATUSES } from './words.ts';

/** How an incident stands: open ones by whether a person is asked, which the frame of the page reads for its navigation. */
export function Status({ status, id }: { readonly status: IncidentStatus; readonly id: string }) {
  const { data: isWaiting = false } = useQuery<ListedApprovals, Error, boolean>({
    queryKey: ['approvals'],
    queryFn: skipToken,
    select: ({ approvals }) => approvals.some(({ incidentId }) => incidentId === id),
  });
  const { label, tone } =
    status === 'open' && isWaiting ? ({ label: 'Asks a person', tone: 'accent' } as const) : STATUSES[status];
  return (
    <span className="pill" data-tone={tone}>
      {label}
    </span>
  );
}
