import type { Clock } from '@selfheal/kernel/time.ts';
import { type AnswersReport, answersReportOf } from '#shared/domain/answers/answers-report.ts';
import { awsMicrodollarsOf } from '#shared/domain/answers/cost-series.ts';
import type { Prediction } from '#shared/domain/answers/prediction.ts';
import type { MetricFamily, MetricSample } from '#shared/domain/answers/prometheus.ts';
import type { IncidentStatus } from '#shared/domain/incident/incident.ts';
import type { ActionStats } from '#shared/domain/learning/action-stats.ts';
import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
import type { IncidentLists } from '#shared/ports/incident-lists.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { ModelRegistryStore, PredictionStore } from '#shared/ports/learning-stores.ts';
import { type WatchedModelDeps, watchedModel } from '../upkeep/watch-answers.ts';
import { MAX_PREDICTIONS } from './read-learning.ts';

export interface ReadOperationDeps {
  readonly lists: Pick<IncidentLists, 'list'>;
  readonly incidents: Pick<IncidentStore, 'listStalled'>;
  readonly approvals: Pick<ApprovalQueue, 'pending'>;
  readonly predictions: Pick<PredictionStore, 'recentPredictions'>;
  readonly registry: Pick<ModelRegistryStore, 'read' | 'getVersion'>;
  readonly shipped: () => Promise<WatchedModelDeps['shipped']>;
  readonly clock: Clock;
}

export interface Operation {
  readonly open: { readonly count: number; readonly more: boolean };
  /** Open incidents whose record has not changed for an hour, although their workflow should have moved on. */
  readonly stalled: number;
  readonly approvalsPending: number;
  readonly lastHealed: { readonly id: string; readonly class: string | null; readonly at: string } | null;
  readonly quality: AnswersReport;
  /** Attempts that ended within the last 24 hours. */
  readonly lastDay: readonly Prediction[];
}

/** Counted one by one; more are only said to be more. */
const MAX_COUNTED = 300;
const PAGE = 100;
const MAX_PAGES = 5;
const STALLED_MS = 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** How Selfheal itself is doing now, from a bounded number of reads. */
async function readOperation(deps: ReadOperationDeps): Promise<Operation> {
  const now = deps.clock.now();
  const [open, stalled, pending, healed, predictions, shipped] = await Promise.all([
    countOpen(deps),
    deps.incidents.listStalled(new Date(now.getTime() - STALLED_MS), MAX_COUNTED),
    deps.approvals.pending(MAX_COUNTED),
    deps.lists.list({ statuses: HEALED }, { limit: 1, order: 'newest' }),
    deps.predictions.recentPredictions(MAX_PREDICTIONS),
    deps.shipped(),
  ]);
  const [last] = healed.incidents;
  const since = new Date(now.getTime() - DAY_MS).toISOString();
  return {
    open,
    stalled: stalled.length,
    approvalsPending: pending.length,
    lastHealed:
      last === undefined ? null : { id: last.id, class: last.classification?.class ?? null, at: last.updatedAt },
    quality: answersReportOf(predictions, await watchedModel({ registry: deps.registry, shipped })),
    lastDay: predictions.filter(({ ending }) => ending !== undefined && ending.at > since),
  };
}

const HEALED: readonly IncidentStatus[] = ['resolved', 'healed'];

async function countOpen({ lists }: Pick<ReadOperationDeps, 'lists'>): Promise<Operation['open']> {
  let count = 0;
  let cursor: string | null = null;
  // Pages may be short, so their number is limited, too.
  for (let pages = 0; pages < MAX_PAGES && count < MAX_COUNTED; pages++) {
    const page = await lists.list(
      { statuses: ['open'] },
      { limit: PAGE, order: 'newest', ...(cursor === null ? {} : { cursor }) },
    );
    count += page.incidents.length;
    cursor = page.next;
    if (cursor === null) break;
  }
  return { count, more: cursor !== null };
}

/** How long figures are served from memory: a scraper asks every few seconds. */
const KEPT_MS = 30_000;

/** The same, read at most every 30 seconds of a process. */
export const makeOperationReader = (deps: ReadOperationDeps): (() => Promise<Operation>) =>
  keptBriefly(() => readOperation(deps), deps);

/** What `read` gives, asked at most every 30 seconds of a process; a read that failed is tried again. */
export function keptBriefly<T>(read: () => Promise<T>, { clock }: { readonly clock: Clock }): () => Promise<T> {
  let kept: { readonly until: number; readonly value: Promise<T> } | null = null;
  return async () => {
    const now = clock.now().getTime();
    if (kept === null || now >= kept.until) kept = { until: now + KEPT_MS, value: read() };
    try {
      return await kept.value;
    } catch (error) {
      kept = null;
      throw error;
    }
  };
}

const gauge = (name: string, help: string, samples: readonly MetricSample[] | number | null): MetricFamily => ({
  name: `selfheal_${name}`,
  help,
  type: 'gauge',
  samples: samples === null ? [] : typeof samples === 'number' ? [{ value: samples }] : samples,
});

/** Names and units follow Prometheus: base units (seconds, ratio), gauges for what is of the last day. */
export function metricsOf(
  { open, stalled, approvalsPending, quality, lastDay }: Operation,
  version: string,
): MetricFamily[] {
  const spent = lastDay.flatMap(({ ending }) => ending?.spending ?? []);
  const sum = (part: (one: (typeof spent)[number]) => number): number => spent.reduce((all, one) => all + part(one), 0);
  return [
    gauge('build_info', 'The version that answers.', [{ labels: { version }, value: 1 }]),
    gauge('incidents_open', `Open incidents, counted up to ${MAX_COUNTED}.`, open.count),
    gauge('incidents_stalled', 'Open incidents that did not change for an hour.', stalled),
    gauge('approvals_pending', 'Plans that wait for a decision.', approvalsPending),
    gauge('incidents_ended_last_day', 'Incidents that ended within 24 hours, by outcome.', byStatus(lastDay)),
    durations(lastDay),
    gauge('model_info', 'The model in production.', [{ labels: { model: quality.model }, value: 1 }]),
    gauge(
      'model_accuracy_ratio',
      'Right answers among the last hundred with a known outcome.',
      quality.accuracy?.value ?? null,
    ),
    gauge('model_brier_score', 'Brier score of the answers with a known outcome.', quality.brier),
    gauge('model_calibration_error_ratio', 'Expected calibration error.', quality.calibrationError),
    gauge('model_degraded', 'Whether answers got worse than promised.', quality.degraded ? 1 : 0),
    gauge('predictions_judged', 'Answers with a known outcome among the latest.', quality.judged),
    gauge('llm_tokens_last_day', 'Tokens of language models within 24 hours.', [
      { labels: { kind: 'input' }, value: sum((one) => one.inputTokens) },
      { labels: { kind: 'cached_input' }, value: sum((one) => one.cachedInputTokens) },
      { labels: { kind: 'output' }, value: sum((one) => one.outputTokens) },
    ]),
    gauge(
      'llm_cost_dollars_last_day',
      'Cost of language models within 24 hours, where a price is configured.',
      sum((one) => one.microdollars ?? 0) / 1e6,
    ),
    gauge(
      'aws_cost_estimated_dollars_last_day',
      'Estimated cost of transitions, calls and requests within 24 hours.',
      awsMicrodollarsOf(lastDay) / 1e6,
    ),
  ];
}

function byStatus(lastDay: readonly Prediction[]): MetricSample[] {
  return (['resolved', 'suggested', 'escalated', 'linked'] as const).map((outcome) => ({
    labels: { outcome },
    value: lastDay.filter(({ ending }) => ending?.status === outcome).length,
  }));
}

/** How often actions helped and how long that took, of those that were tried within `ACTION_DAYS`. */
export function actionMetricsOf(actions: readonly ActionStats[]): MetricFamily[] {
  const of = (read: (one: ActionStats) => number | null): MetricSample[] =>
    actions.flatMap((one) => {
      const value = read(one);
      return value === null ? [] : [{ labels: { action: one.action }, value }];
    });
  return [
    gauge(
      'actions_judged',
      'Actions with a known outcome within 90 days, by outcome.',
      actions.flatMap(({ action, tries, helped, undone }) => {
        const good = Math.round((helped?.value ?? 0) * tries);
        const outcomes = { helped: good, undone, not_helped: Math.max(0, tries - good - undone) };
        return Object.entries(outcomes).map(([outcome, value]) => ({ labels: { action, outcome }, value }));
      }),
    ),
    gauge(
      'action_success_ratio',
      'Share of the actions with a known outcome that helped.',
      of(({ helped }) => helped?.value ?? null),
    ),
    gauge(
      'action_recovery_seconds_mean',
      'From the intent of an action to the end of the incident, where it helped.',
      of(({ meanSecondsToRecover }) => meanSecondsToRecover),
    ),
  ];
}
export const ACTION_DAYS = 90;

const QUANTILES = [0.5, 0.9, 0.99];

function durations(lastDay: readonly Prediction[]): MetricFamily {
  const seconds = lastDay
    .flatMap(({ openedAt, ending }) =>
      ending === undefined ? [] : (Date.parse(ending.at) - Date.parse(openedAt)) / 1000,
    )
    .sort((a, b) => a - b);
  const quantile = (share: number): number =>
    seconds[Math.min(seconds.length - 1, Math.floor(share * seconds.length))] ?? 0;
  return {
    name: 'selfheal_incident_duration_seconds',
    help: 'From opening to end, of incidents that ended within 24 hours.',
    type: 'summary',
    samples: [
      ...(seconds.length === 0 ? [] : QUANTILES).map((share) => ({
        labels: { quantile: String(share) },
        value: quantile(share),
      })),
      { suffix: '_sum', value: seconds.reduce((all, one) => all + one, 0) },
      { suffix: '_count', value: seconds.length },
    ],
  };
}
