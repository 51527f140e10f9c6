import { type IncidentStatus, STATUSES } from './words.ts';

export function Status({ status }: { readonly status: IncidentStatus }) {
  const { label, tone } = STATUSES[status];
  return (
    <span className="pill" data-tone={tone}>
      {label}
    </span>
  );
}
