import type { Clock } from '@selfheal/kernel/time.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { type HealthCheck, judgeAnswer, type ProbeAnswer, targetOf } from '#shared/domain/health/health-check.ts';
import type { LogWatchStore } from '#shared/ports/log-watch-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { type ReportIncidentDeps, reportIncident } from '../incidents/report-incident.ts';
import { receiveLines } from './receive-lines.ts';

export interface CheckHealthDeps extends ReportIncidentDeps {
  readonly configuration: Configuration;
  readonly store: Pick<LogWatchStore, 'addDigests' | 'checkState' | 'keepCheckState'>;
  /** Asks an address; never throws. */
  readonly probe: (check: HealthCheck) => Promise<ProbeAnswer>;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

/** Who reports, in the words of the incident's page. */
const REPORTER = 'Selfheal, checking health';

/**
 * Asks every configured address. The answer becomes a line of the service's log, so that it is shown and judged with the others; after so many failures in
 * a row an incident is reported at once, whatever is usual. One that cannot be judged does not stop the others.
 */
export async function checkHealth(deps: CheckHealthDeps): Promise<void> {
  await Promise.all(deps.configuration.healthChecks.map(async (check) => await checkSafely(check, deps)));
}

async function checkSafely(check: HealthCheck, deps: CheckHealthDeps): Promise<void> {
  try {
    await checkOne(check, deps);
  } catch (error) {
    deps.meter.count('health-check-failed');
    deps.log.error('A health check could not be judged; the next round tries again.', {
      service: check.service,
      error: error instanceof Error ? error.name : 'unknown',
    });
  }
}

async function checkOne(check: HealthCheck, deps: CheckHealthDeps): Promise<void> {
  const target = targetOf(check);
  const [answer, before] = await Promise.all([deps.probe(check), deps.store.checkState(target)]);
  const at = deps.clock.now();
  const { isWell, isDown, state, line } = judgeAnswer(check, answer, before, at);
  const sent = { service: check.service, at: at.getTime(), level: isWell ? 'info' : 'error', text: line } as const;
  const batch = { lines: [{ ...sent, status: answer.status }], rejected: 0, problem: null };
  await receiveLines(batch, Buffer.from(`${target} ${at.toISOString()}`), deps);
  deps.meter.count(isWell ? 'health-check-well' : 'health-check-not-well');
  // Reported before the state is kept: a crash in between reports the same again, which opens nothing twice.
  if (isDown) await report(check, line, state.since ?? at.toISOString(), deps);
  await deps.store.keepCheckState(target, state);
}

async function report(check: HealthCheck, line: string, since: string, deps: CheckHealthDeps): Promise<void> {
  const target = targetOf(check);
  const { service, failures } = check;
  const outcome = await reportIncident(
    {
      requestId: `health#${target}#${since}`,
      service,
      repository: null,
      severity: 'high',
      simulated: false,
      title: `${service}: ${target} fails its health check`,
      description: `${counted(failures, 'check')} in a row failed, the first at ${since}. The last: ${line}`,
      lines: [line],
    },
    REPORTER,
    deps,
  );
  deps.meter.count(outcome.kind === 'opened' ? 'log-incident-opened' : 'log-incident-refused');
}
