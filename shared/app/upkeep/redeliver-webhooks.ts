import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';

export interface SweepDeps {
  readonly codeHost: Pick<CodeHost, 'listFailedDeliveries' | 'redeliver'>;
  readonly control: Pick<ControlStore, 'isProcessed' | 'markProcessed' | 'cursor' | 'setCursor'>;
  readonly configuration: Configuration;
  /** The webhook's own address, by which its hook is found. */
  readonly webhookUrl: string;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

/** GitHub keeps deliveries for three days; further back there is nothing to ask for. */
const FIRST_LOOK_BACK_MILLISECONDS = 24 * 60 * 60_000;
/** Deliveries that were on their way during the last sweep are seen again. */
const OVERLAP_MILLISECONDS = 15 * 60_000;

/** What failed so often is refused for a reason that a repeat does not mend. */
const MOST_ATTEMPTS = 6;

/**
 * Asks GitHub again, once for each failed attempt, for every delivery that did not get through: GitHub itself never repeats one. A repository that fails
 * keeps its cursor for the next sweep and does not keep the others from theirs. Only repositories of the configuration are swept, by
 * webhooks of their own: one that has none (an organisation's or an app's may speak for it) is counted.
 */
export async function sweep(deps: SweepDeps): Promise<{ redelivered: number; failedRepositories: number }> {
  let redelivered = 0;
  let failedRepositories = 0;
  for (const { name, mode } of deps.configuration.github.repositories) {
    if (mode === 'off') continue;
    try {
      redelivered += await sweepRepository(name, deps);
    } catch (error) {
      failedRepositories += 1;
      deps.log.warn('A repository could not be swept.', {
        repository: name,
        error: error instanceof Error ? error.name : 'unknown',
      });
    }
  }
  deps.meter.count('deliveries-asked-again', redelivered);
  deps.meter.count('sweep-failures', failedRepositories);
  return { redelivered, failedRepositories };
}

async function sweepRepository(repository: string, deps: SweepDeps): Promise<number> {
  const startedAt = deps.clock.now();
  const cursorName = `deliveries#${repository.toLowerCase()}`;
  const cursor = await deps.control.cursor(cursorName);
  const since = new Date(cursor ?? startedAt.getTime() - FIRST_LOOK_BACK_MILLISECONDS);
  const failed = await deps.codeHost.listFailedDeliveries(repository, deps.webhookUrl, since);
  if (failed === null) {
    deps.meter.count('sweep-without-hook');
    return 0;
  }
  let asked = 0;
  for (const delivery of failed.deliveries) {
    if (delivery.attempts >= MOST_ATTEMPTS) continue;
    const key = `asked-again#${delivery.id}`;
    if (await deps.control.isProcessed(key)) continue;
    await deps.codeHost.redeliver(repository, failed.hookId, delivery.id);
    await deps.control.markProcessed(key, deps.clock.now());
    asked += 1;
  }
  await deps.control.setCursor(cursorName, new Date(startedAt.getTime() - OVERLAP_MILLISECONDS).toISOString());
  return asked;
}
