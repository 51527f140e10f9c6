import { HOUR, type Reading } from '@selfheal/anomaly/reading.ts';
import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { type Capacity, capacityName, forecastCounter } from '#shared/domain/capacity/capacity-settings.ts';
import { type Forecast, forecastExhaustion } from '#shared/domain/capacity/forecast.ts';
import { preEmptiveActions } from '#shared/domain/capacity/pre-emptive-action.ts';
import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { Deduplication } from '#shared/ports/control-store.ts';
import type { MetricReader } from '#shared/ports/metric-reader.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { type AnnounceDeps, announce } from '../notify/announce.ts';
import { readStop, type StopDeps } from '../notify/stop-notice.ts';

export interface ForecastCapacityDeps extends AnnounceDeps {
  readonly actions: readonly ActionPlugin[];
  readonly configuration: Configuration;
  readonly metrics: MetricReader;
  readonly control: Deduplication & StopDeps['control'];
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

/** A week of data, so that the daily cycle is known. */
const LOOKED_AT_HOURS = 7 * 24;
const PERIOD_SECONDS = 300;
/** A metric whose newest value is older than this says nothing about the present. */
const STALE_HOURS = 1;

/**
 * Checks every capacity of the listed services. A capacity that will run out within its hours is counted for its alarm and mailed once a day.
 * An unreadable metric is counted and does not stop the others. It never means that all is well, so its alarm gets no value.
 */
export async function forecastCapacity(deps: ForecastCapacityDeps): Promise<void> {
  for (const service of deps.configuration.services) {
    if (service.mode === 'off') continue;
    for (const capacity of service.capacity) await forecastOne(service, capacity, deps);
  }
}

async function forecastOne(service: Service, capacity: Capacity, deps: ForecastCapacityDeps): Promise<void> {
  const now = deps.clock.now();
  const readings = await readingsOf(capacity, now, deps);
  if (readings === null) return;
  const forecast = forecastExhaustion(readings, { value: capacity.limit, side: capacity.side });
  const soon = isSoon(forecast, now.getTime() + capacity.withinHours * HOUR);
  if (capacity.alarm !== null) deps.meter.count(forecastCounter(capacity.alarm), soon ? 1 : 0);
  if (!soon || forecast.kind === 'none') return;
  deps.meter.count('exhaustion-expected');
  if (service.mode !== 'observe') await mailOnce(service, capacity, forecast, now, deps);
}

/** Null when the metric cannot be read or has no data. */
export async function readingsOf(
  capacity: Capacity,
  now: Date,
  deps: Pick<ForecastCapacityDeps, 'metrics' | 'meter' | 'log'>,
): Promise<Reading[] | null> {
  const from = new Date(now.getTime() - LOOKED_AT_HOURS * HOUR);
  try {
    const points = await deps.metrics.read({ kind: 'named', ...capacity.metric }, from, now, PERIOD_SECONDS);
    const readings = points.map(({ at, value }) => ({ at: Date.parse(at), value }));
    const last = readings.at(-1)?.at ?? 0;
    if (last > now.getTime() - STALE_HOURS * HOUR) return readings;
    deps.meter.count('forecast-silent');
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Retryable)) throw error;
    deps.log.warn('The metric of a capacity could not be read.', { metric: capacityName(capacity), error: error.name });
    deps.meter.count('forecast-unreadable');
  }
  return null;
}

function isSoon(forecast: Forecast, until: number): boolean {
  return forecast.kind === 'reached' || (forecast.kind === 'expected' && forecast.likely <= until);
}

/**
 * Mails once per service, metric and day (UTC). Recorded after the mail, so that a crash in between repeats the mail instead of losing it.
 */
async function mailOnce(
  service: Service,
  capacity: Capacity,
  forecast: Exclude<Forecast, { kind: 'none' }>,
  now: Date,
  deps: ForecastCapacityDeps,
): Promise<void> {
  const key = `forecast#${service.id}#${capacityName(capacity)}#${now.toISOString().slice(0, 10)}`;
  if (await deps.control.isProcessed(key)) return;
  const makers = deps.actions.flatMap(({ remedy }) => remedy ?? []);
  const actions = preEmptiveActions(capacity, service, makers);
  const stopped = await readStop(deps);
  await announce({ kind: 'capacity-forecast', service, capacity, forecast, actions, stopped }, deps);
  await deps.control.markProcessed(key, now);
  deps.meter.count('forecast-mailed');
}
