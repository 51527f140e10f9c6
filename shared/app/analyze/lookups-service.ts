import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { cleanLine } from '@selfheal/redaction/clean-line.ts';
import { makeRedactor, redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import type { AlarmTarget } from '#shared/domain/incident/target-context.ts';
import type { ServiceLogReader } from '#shared/ports/cloud.ts';
import type { Lookup } from '#shared/ports/diagnosis-model.ts';
import type { MetricReader, MetricRef } from '#shared/ports/metric-reader.ts';
import { defineLookup } from './lookup.ts';

export interface ServiceLookupDeps {
  readonly serviceLogs: ServiceLogReader;
  readonly metrics: MetricReader;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

const MINUTE = 60_000;
const MAX_EVENTS = 2000;
const MAX_HITS = 40;
const POINTS = 60;
const MAX_LINE_LENGTH = 100;
const LAMBDA_METRICS = ['Errors', 'Invocations', 'Duration', 'Throttles', 'ConcurrentExecutions'] as const;
const ECS_METRICS = ['CPUUtilization', 'MemoryUtilization'] as const;

/** Lookups in the log and metrics of the alarm's service; none when no service of the catalogue lists the alarm. */
export function serviceLookups(target: AlarmTarget, deps: ServiceLookupDeps): Lookup[] {
  const service = serviceOf(deps.configuration, target);
  if (service === null) return [];
  const { logGroup, deployment } = service;
  return [
    ...(logGroup === null ? [] : [searchServiceLog(logGroup, target, deps)]),
    ...(deployment === null ? [] : [readMetric(deployment, target, deps)]),
  ];
}

/** Time range from some minutes before the alarm until now. */
function windowOf({ changedAt }: AlarmTarget, minutesBefore: number, clock: Clock) {
  return { from: new Date(new Date(changedAt).getTime() - minutesBefore * MINUTE), to: clock.now() };
}

function searchServiceLog(logGroup: string, target: AlarmTarget, deps: ServiceLookupDeps): Lookup {
  return defineLookup({
    name: 'search_log',
    description: phrase`The newest ${MAX_HITS} lines of the service's log that contain a text, from some minutes before the alarm until now, ignoring case.`,
    input: z.strictObject({
      contains: z.string().min(2).max(120),
      minutesBefore: z.int().min(1).max(120).default(30),
    }),
    async read({ contains, minutesBefore }) {
      const { from, to } = windowOf(target, minutesBefore, deps.clock);
      const events = await deps.serviceLogs.recent(logGroup, from, to, MAX_EVENTS);
      const wanted = contains.toLowerCase();
      const hits = redactedEvents(events)
        .filter((lines) => lines.some((line) => line.toLowerCase().includes(wanted)))
        .slice(-MAX_HITS);
      const none = phrase`None of the last ${events.length} lines contains it.`;
      if (hits.length === 0) return { kind: 'nothing', reason: none };
      return { kind: 'found', origin: phrase`Lines of the service's log`, lines: hits.flat() };
    },
  });
}

/** The lines of each event, with its time first. The whole log is redacted in order before it is searched. */
function redactedEvents(events: Awaited<ReturnType<ServiceLogReader['recent']>>): RedactedText[][] {
  const redactor = makeRedactor();
  return events.map(({ at, text }) => {
    const [first = phrase``, ...more] = text
      .trimEnd()
      .split('\n')
      .map((line) => redactor.line(cleanLine(line)));
    return [phrase`${redactName(at, MAX_LINE_LENGTH)} ${first}`, ...more];
  });
}

function readMetric(
  deployment: NonNullable<Service['deployment']>,
  target: AlarmTarget,
  deps: ServiceLookupDeps,
): Lookup {
  const names = deployment.kind === 'lambda-alias' ? LAMBDA_METRICS : ECS_METRICS;
  return defineLookup({
    name: 'read_metric',
    description: phrase`A CloudWatch metric of the service from some minutes before the alarm until now: sums for counts, averages for other metrics.`,
    input: z.strictObject({ metric: z.enum(names), minutesBefore: z.int().min(5).max(1440).default(60) }),
    async read({ metric, minutesBefore }) {
      const { from, to } = windowOf(target, minutesBefore, deps.clock);
      const seconds = (to.getTime() - from.getTime()) / 1000;
      const periodSeconds = Math.max(60, Math.ceil(seconds / POINTS / 60) * 60);
      // The enumeration of names matches the kind by construction.
      const points = await deps.metrics.read({ ...deployment, metric } as MetricRef, from, to, periodSeconds);
      if (points.length === 0) return { kind: 'nothing', reason: phrase`The metric has no points in that time.` };
      const lines = points.map(({ at, value }) =>
        redactName(`${at} ${Math.round(value * 1000) / 1000}`, MAX_LINE_LENGTH),
      );
      const origin = phrase`${redactName(metric, MAX_LINE_LENGTH)} of the service, one value for each ${periodSeconds} seconds`;
      return { kind: 'found', origin, lines };
    },
  });
}
