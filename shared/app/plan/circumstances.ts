import { unlessRefused } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import { isOfSimulation } from '#shared/domain/knowledge/search/past-incident.ts';
import {
  type Circumstances,
  circumstancesOf,
  DAY_MILLISECONDS,
  type Load,
  type ServiceLoad,
  type Surroundings,
} from '#shared/domain/policy/circumstances/circumstances.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { MetricReader } from '#shared/ports/metric-reader.ts';

export interface CircumstanceDeps {
  readonly knowledge: Pick<KnowledgeStore, 'remembered'>;
  readonly metrics: MetricReader;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

/** Limit of incidents read per day, because their records may be large. */
const MAX_INCIDENTS = 25;
const PERIOD_SECONDS = 300;
/** A metric whose newest value is older than this says nothing about the current load. */
const STALE_MILLISECONDS = 15 * 60 * 1000;

/**
 * Reads the circumstances of an incident: the time, its service's load and deployments, and our own records. Throws the errors of the ports
 * that it reads.
 */
export async function gatherCircumstances(
  { id, target }: Pick<Incident, 'id' | 'target'>,
  { facts }: Telemetry,
  deps: CircumstanceDeps,
): Promise<Circumstances> {
  const now = deps.clock.now();
  const service = serviceOf(deps.configuration, target);
  const [load, incidentsInDay] = await Promise.all([
    readLoad(service?.load ?? null, now, deps.metrics),
    countIncidents(id, knowledgeScopeOf(target), now, deps.knowledge),
  ]);
  const deployment = deploymentTimes(facts);
  return circumstancesOf({ now, deployment, load, incidentsInDay }, deps.configuration.policy.circumstances);
}

function deploymentTimes(facts: Telemetry['facts']): Surroundings['deployment'] {
  if (facts.kind !== 'alarm' || facts.deployment === null || facts.deployment.deployedAt === null) return null;
  const { deployedAt: at, otherDeployments: others = [] } = facts.deployment;
  return { at, others };
}

/** `unknown` when no metric is named, it has no data, or it may not be read. */
async function readLoad(load: ServiceLoad | null, now: Date, metrics: MetricReader): Promise<Load> {
  if (load === null) return 'unknown';
  const value = await highestValue(load, now, metrics);
  if (value === null) return 'unknown';
  if (value >= load.high) return 'high';
  return value < load.low ? 'low' : 'normal';
}

/** The newest complete period; the current one would make a busy service look idle. */
async function highestValue({ metric }: ServiceLoad, now: Date, metrics: MetricReader): Promise<number | null> {
  const from = new Date(now.getTime() - STALE_MILLISECONDS);
  const read = () => metrics.read({ kind: 'named', ...metric }, from, now, PERIOD_SECONDS);
  const points = (await unlessRefused(read)) ?? [];
  return points.length === 0 ? null : Math.max(...points.map(({ value }) => value));
}

/** Counts incidents; one that ended more than once, because it was reopened, counts once. */
async function countIncidents(
  id: string,
  scope: string | null,
  now: Date,
  knowledge: CircumstanceDeps['knowledge'],
): Promise<number> {
  if (scope === null) return 0;
  const after = new Date(now.getTime() - DAY_MILLISECONDS).toISOString();
  const ended = await knowledge.remembered(scope, { after, limit: MAX_INCIDENTS });
  return new Set(ended.flatMap((past) => (past.id === id || isOfSimulation(past) ? [] : [past.id]))).size;
}
