/** What an incident is about, as the API says it. */
type Subject =
  | {
      readonly kind: 'run';
      readonly repository: string;
      readonly pullRequest: number | null;
      readonly runId: number;
    }
  | { readonly kind: 'alarm'; readonly alarm: string }
  | {
      readonly kind: 'alert';
      readonly provider: string;
      readonly connection: string;
      readonly service: string | null;
      readonly severity: string;
    }
  | {
      readonly kind: 'report';
      readonly service: string | null;
      readonly repository: string | null;
      readonly severity: string;
      readonly simulated?: boolean;
    }
  | { readonly kind: 'storm'; readonly of?: 'foreign-alarms' | null };

/** `acme/shop#7, run 123`. Untrusted text. */
export function subjectWords({ subject }: { readonly subject: Subject }): string {
  switch (subject.kind) {
    case 'run':
      return `${subject.repository}${subject.pullRequest === null ? '' : `#${subject.pullRequest}`}, run ${subject.runId}`;
    case 'alarm':
      return `alarm ${subject.alarm}`;
    case 'alert':
      return `alert of ${subject.connection} (${subject.provider}) about ${subject.service ?? 'no service'}, ${subject.severity}`;
    case 'report':
      return `report about ${subject.service ?? subject.repository ?? 'no service'}, ${subject.severity}${subject.simulated === true ? ' (simulated)' : ''}`;
    case 'storm':
      return subject.of === 'foreign-alarms' ? 'more alarms of other accounts and regions' : 'many failures at once';
    default:
      return subject satisfies never;
  }
}
