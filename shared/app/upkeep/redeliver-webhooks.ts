import { Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { DeadLetters } from '#shared/ports/cloud.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { ControlSettings, Deduplication } from '#shared/ports/control-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';

export interface RedeliverDeps {
  readonly codeHost: Pick<CodeHost, 'listFailedDeliveries' | 'redeliver'>;
  readonly control: Deduplication & Pick<ControlSettings, 'cursor' | 'setCursor'>;
  readonly configuration: Configuration;
  readonly deadLetters: DeadLetters;
  /** Address of the webhook, which identifies its hook. */
  readonly webhookUrl: string;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

/** GitHub keeps deliveries for three days. */
const FIRST_LOOK_BACK_MILLISECONDS = 24 * 60 * 60_000;
/** Overlap between rounds, to find deliveries that were in flight during the last one. */
const OVERLAP_MILLISECONDS = 15 * 60_000;

/** After this many attempts, repeating a failed delivery does not help. */
const MAX_ATTEMPTS = 6;

/**
 * Requests a redelivery of every failed delivery, once per failed attempt, because GitHub does not repeat deliveries by itself. A repository
 * that fails keeps its cursor for the next round and does not stop the others. Covers only configured repositories with webhooks of their own;
 * those without one (a webhook of the organisation or the App may cover them) are counted.
 */
export async function redeliverWebhooks(
  deps: RedeliverDeps,
): Promise<{ redelivered: number; failedRepositories: number }> {
  let redelivered = 0;
  let failedRepositories = 0;
  const reached = { answered: false, away: false };
  for (const { name, mode } of deps.configuration.github.repositories) {
    if (mode === 'off') continue;
    try {
      redelivered += await redeliverToRepository(name, deps);
      reached.answered = true;
    } catch (error) {
      failedRepositories += 1;
      reached.away ||= error instanceof Retryable;
      deps.log.warn('Failed deliveries of a repository could not be requested again.', {
        repository: name,
        error: error instanceof Error ? error.name : 'unknown',
      });
    }
  }
  await takeUpWaiting(reached, deps);
  deps.meter.count('deliveries-requested-again', redelivered);
  deps.meter.count('redelivery-failures', failedRepositories);
  return { redelivered, failedRepositories };
}

const AWAY = 'github-away';
/** A signal is tried five times within a quarter of an hour, so the last ones are given up on after GitHub has answered again. */
const TAKEN_UP_FOR_MILLISECONDS = 20 * 60_000;

/**
 * Sends what the intake gave up on while GitHub did not answer through the queue again, from the first round in which GitHub answers. Later rounds
 * leave the dead letters alone: what fails for another reason would come back for ever.
 */
async function takeUpWaiting(
  { answered, away }: { readonly answered: boolean; readonly away: boolean },
  { control, clock, deadLetters, meter, log }: RedeliverDeps,
): Promise<void> {
  const now = clock.now();
  if (away) return await control.setCursor(AWAY, now.toISOString());
  const lastAway = await control.cursor(AWAY);
  if (!answered || lastAway === null || now.getTime() - Date.parse(lastAway) > TAKEN_UP_FOR_MILLISECONDS) return;
  try {
    await deadLetters.takeBack();
    meter.count('dead-letters-taken-up');
  } catch (error) {
    log.warn('Signals that waited for GitHub could not be taken up; the next round tries again.', {
      error: error instanceof Error ? error.name : 'unknown',
    });
  }
}

async function redeliverToRepository(repository: string, deps: RedeliverDeps): Promise<number> {
  const startedAt = deps.clock.now();
  const cursorName = `deliveries#${repository.toLowerCase()}`;
  const cursor = await deps.control.cursor(cursorName);
  const since = new Date(cursor ?? startedAt.getTime() - FIRST_LOOK_BACK_MILLISECONDS);
  const failed = await deps.codeHost.listFailedDeliveries(repository, deps.webhookUrl, since);
  if (failed === null) {
    deps.meter.count('redelivery-without-hook');
    return 0;
  }
  let asked = 0;
  for (const delivery of failed.deliveries) {
    if (delivery.attempts >= MAX_ATTEMPTS) continue;
    const key = `asked-again#${delivery.id}`;
    if (await deps.control.isProcessed(key)) continue;
    await deps.codeHost.redeliver(repository, failed.hookId, delivery.id);
    await deps.control.markProcessed(key, deps.clock.now());
    asked += 1;
  }
  await deps.control.setCursor(cursorName, new Date(startedAt.getTime() - OVERLAP_MILLISECONDS).toISOString());
  return asked;
}
