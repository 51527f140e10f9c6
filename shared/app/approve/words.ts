import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** Where it is, in a few words. */
export function placeWords(target: TargetContext): string {
  switch (target.kind) {
    case 'run':
      return target.pullRequest === null ? target.repository : `${target.repository}#${target.pullRequest}`;
    case 'alarm':
      return `${cleanText(alarmNameOf(target), 255)}, ${target.region}`;
    case 'alert':
      return cleanText(target.service ?? `an alert of ${target.connection}`, 255);
    case 'report':
      return cleanText(target.service ?? target.repository ?? 'a report', 255);
    case 'storm':
      return 'many places';
    default:
      return target satisfies never;
  }
}

/** Facts about the target, from authenticated fields only. */
export function targetFacts(target: TargetContext): readonly Fact[] {
  switch (target.kind) {
    case 'run':
      return [
        { name: 'Repository', value: target.repository },
        { name: 'Run', value: `${target.runId}, attempt ${target.runAttempt}` },
        ...(target.pullRequest === null ? [] : [{ name: 'Pull request', value: `${target.pullRequest}` }]),
        { name: 'Started by', value: `${target.actor ?? 'nobody in particular'} (${target.event})` },
      ];
    case 'alarm':
      return [
        { name: 'Alarm', value: cleanText(alarmNameOf(target), 255) },
        { name: 'Account and region', value: `${target.account}, ${target.region}` },
        { name: 'Raised at', value: target.changedAt },
      ];
    case 'alert':
      return [
        { name: 'About', value: cleanText(target.service ?? 'no service', 255) },
        { name: 'Severity', value: target.severity },
        { name: 'Received from', value: `${target.provider}, connection ${target.connection}` },
        { name: 'Raised at', value: target.changedAt },
      ];
    case 'report':
      return [
        { name: 'About', value: target.service ?? target.repository ?? 'nothing in particular' },
        { name: 'Severity', value: target.severity },
        { name: 'Reported by', value: `${target.reportedBy} at ${target.reportedAt}` },
      ];
    case 'storm':
      return [{ name: 'Storm since', value: target.startedAt }];
    default:
      return target satisfies never;
  }
}
