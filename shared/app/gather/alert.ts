import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { REPORT_STATEMENT } from '@selfheal/log-reading/logs/evidence.ts';
import type { AlertFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { senderOf } from '#shared/domain/incident/aws-resource.ts';
import type { TaintedText } from '#shared/domain/incident/signal.ts';
import type { AlertTarget } from '#shared/domain/incident/target-context.ts';
import type { BuildReader } from '#shared/ports/builds.ts';
import { type AlarmGatherDeps, readServiceLog } from './alarm.ts';
import { readBuild } from './build.ts';
import { makeExcerpts } from './excerpts.ts';
import { makePartReader } from './part.ts';
import type { GatheredFacts } from './run.ts';

export interface AlertGatherDeps
  extends Pick<AlarmGatherDeps, 'serviceLogs' | 'deployments' | 'lineRules' | 'configuration' | 'clock' | 'log'> {
  readonly builds: BuildReader;
}

/** What the other tool said, the build that it names with its log, and what is known about its service: its deployment, and its log around the alert. */
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
  const { build } = target;
  const excerpts = makeExcerpts(build === undefined ? 2 : 3, deps.lineRules);
  const sender = phrase`Alert of ${redactName(senderOf(target), 120)}`;
  excerpts
    .open({ id: REPORT_STATEMENT, name: sender, url: null })
    .push(`${[title, reason].filter(Boolean).join('\n')}\n`);
  const failedStage =
    build === undefined || service === null
      ? null
      : await readBuild(build, service, { builds: deps.builds, notes, part, excerpts });
  if (service !== null) await readServiceLog(service, target.changedAt, excerpts, { notes, part, deps });
  else if (target.service === null) notes.push(phrase`The alert names no service: no log was read.`);
  else notes.push(phrase`The configuration has no service ${redactName(target.service, 100)}: its log was not read.`);
  const { sources, notes: cuts } = excerpts.finish();
  return {
    facts: {
      kind: 'alert',
      serviceId: service?.id ?? null,
      deployment: deployed,
      ...(failedStage === null ? {} : { failedStage }),
    },
    sources,
    notes: [...notes, ...cuts],
  };
}
