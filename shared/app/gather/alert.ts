import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { REPORT_STATEMENT } from '@selfheal/log-reading/logs/evidence.ts';
import type { AlertFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { senderOf } from '#shared/domain/incident/aws-resource.ts';
import type { TaintedText } from '#shared/domain/incident/signal.ts';
import type { AlertTarget } from '#shared/domain/incident/target-context.ts';
import { type AlarmGatherDeps, readServiceLog } from './alarm.ts';
import { makeExcerpts } from './excerpts.ts';
import { makePartReader } from './part.ts';
import type { GatheredFacts } from './run.ts';

export type AlertGatherDeps = Pick<
  AlarmGatherDeps,
  'serviceLogs' | 'deployments' | 'lineRules' | 'configuration' | 'clock' | 'log'
>;

/** What the other tool said, and what is known about the service that it names: its deployment, and its log around the alert. */
export async function gatherAlert(
  target: AlertTarget,
  { title, reason }: TaintedText,
  acceptGaps: boolean,
  deps: AlertGatherDeps,
): Promise<GatheredFacts<AlertFacts>> {
  const notes: RedactedText[] = [];
  const part = makePartReader({ ...deps, acceptGaps, notes });
  const service = serviceOf(deps.configuration, target);
  const deployment = service?.deployment ?? null;
  const deployed =
    deployment === null
      ? null
      : await part(phrase`deployment of the service`, () => deps.deployments.read(deployment), null);
  const excerpts = makeExcerpts(2, deps.lineRules);
  const sender = phrase`Alert of ${redactName(senderOf(target), 120)}`;
  excerpts
    .open({ id: REPORT_STATEMENT, name: sender, url: null })
    .push(`${[title, reason].filter(Boolean).join('\n')}\n`);
  if (service !== null) await readServiceLog(service, target.changedAt, excerpts, { notes, part, deps });
  else if (target.service === null) notes.push(phrase`The alert names no service: no log was read.`);
  else notes.push(phrase`The configuration has no service ${redactName(target.service, 100)}: its log was not read.`);
  const { sources, notes: cuts } = excerpts.finish();
  return {
    facts: { kind: 'alert', serviceId: service?.id ?? null, deployment: deployed },
    sources,
    notes: [...notes, ...cuts],
  };
}
