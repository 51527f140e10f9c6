import type { IncidentSummary } from '../api/answers.ts';

export type IncidentStatus = IncidentSummary['status'];
type Subject = IncidentSummary['subject'];

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'accent' | 'none';

export const STATUSES: Readonly<Record<IncidentStatus, { readonly label: string; readonly tone: Tone }>> = {
  open: { label: 'In progress', tone: 'warn' },
  resolved: { label: 'Resolved', tone: 'good' },
  healed: { label: 'Healed', tone: 'good' },
  suggested: { label: 'Suggested', tone: 'info' },
  escalated: { label: 'With a human', tone: 'bad' },
  linked: { label: 'Linked', tone: 'none' },
  grouped: { label: 'Part of a storm', tone: 'none' },
};

/** What an incident is about: a name, and what tells it from others of that name. */
export function subjectWords(subject: Subject): { readonly name: string; readonly detail: string } {
  switch (subject.kind) {
    case 'run': {
      const { repository, pullRequest, runId, runAttempt } = subject;
      const where = pullRequest === null ? 'push' : `#${pullRequest}`;
      return { name: repository, detail: `${where} · run ${runId}${runAttempt > 1 ? `, attempt ${runAttempt}` : ''}` };
    }
    case 'alarm':
      return { name: subject.alarm, detail: `${subject.account}, ${subject.region}` };
    case 'alert':
      return {
        name: subject.service ?? subject.connection,
        detail: `${subject.severity}, alert of ${subject.provider} (${subject.connection})`,
      };
    case 'report':
      return {
        name: subject.service ?? subject.repository ?? 'Report',
        detail: `${subject.severity}, by ${subject.reportedBy}`,
      };
    case 'storm':
      return subject.of === 'foreign-alarms'
        ? { name: 'Other accounts', detail: 'more alarms of other accounts and regions' }
        : { name: 'Storm', detail: 'many incidents at once' };
    default:
      return subject satisfies never;
  }
}

/** `dependency_conflicts` as `Dependency conflicts`. */
export function classWords(name: string | null): string {
  if (name === null) return 'Not classified yet';
  const words = name.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

export { percentText as percent } from '@selfheal/kernel/numbers/number-words.ts';
export { counted } from '@selfheal/kernel/time-words.ts';

/** How loudly a risk is shown. */
export const RISKS: Readonly<Record<string, Tone>> = { low: 'good', medium: 'warn', high: 'bad' };
