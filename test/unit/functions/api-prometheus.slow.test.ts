import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CI_METRICS, JOB_METRIC } from '@selfheal/pull-request-quality/domain/ci-metrics/samples.ts';
import { afterAll, expect, it } from 'vitest';
import { makePushGatewaySink } from '#shared/adapters/http/metric-sinks.ts';
import { type Count, observation } from '#shared/domain/answers/counted-metrics.ts';
import { SIGNATURES_ALONE } from '#shared/domain/answers/prediction.ts';
import { anEnding, aPrediction } from '#test/builders/index.ts';
import {
  expressionsOf,
  MONITORING,
  missingPrograms,
  queried,
  startPrometheus,
  startPushGateway,
  stopPrograms,
} from '#test/e2e/support/prometheus.ts';
import { until } from '#test/e2e/support/until.ts';
import { makeMemoryCounters } from '#test/fakes/index.ts';
import { aServedApi } from '../cli/served-api.ts';

/** Prometheus' own checker: PROMTOOL names it where it is not on the PATH. */
const PROMTOOL = process.env.PROMTOOL ?? 'promtool';
const isThere = spawnSync(PROMTOOL, ['--version']).status === 0;
const missing = missingPrograms();

const check = (args: readonly string[], input = ''): { readonly status: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync(PROMTOOL, args, { input });
  return { status, said: `${stdout}${stderr}` };
};

/** A log in which one line is unlike the others. */
const LOG = Array.from({ length: 300 }, (_, at) => `2026-11-21T11:00:00Z INFO request ${at} served in ${at % 7} ms`)
  .concat('2026-11-21T12:00:01Z ERROR could not connect: connect ECONNREFUSED 10.0.0.5:5432')
  .join('\n');
const model = { provider: 'anthropic', model: 'claude' };
const one = (name: string, labels: Record<string, string>, value = 1): Count => ({ name, labels, value });
/** What workflows count in a deployment. */
const COUNTED = [
  ...['resolved', 'suggested', 'escalated', 'linked'].map((outcome) => one('incidents_total', { outcome })),
  ...[1, 40, 90_000].flatMap((seconds) => observation('time_to_heal_seconds', {}, seconds)),
  ...observation('time_to_comment_seconds', { channel: 'github-comment' }, 12),
  ...['helped', 'undone'].map((outcome) => one('actions_total', { action: 'rerun-failed-jobs', outcome })),
  ...observation('action_duration_seconds', { action: 'rerun-failed-jobs' }, 200),
  ...['sent', 'failed'].map((outcome) => one('notifications_total', { channel: 'slack', outcome })),
  ...observation('queue_wait_seconds', { queue: 'intake' }, 0.25),
  one('llm_answers_total', model),
  ...['input', 'cached_input', 'output'].map((kind) => one('llm_tokens_total', { ...model, kind }, 900)),
  one('llm_cost_dollars_total', model, 0.0123),
];

/** The API of a deployment that did everything that is counted. */
async function aBusyApi() {
  const at = new Date().toISOString();
  const predictions = Array.from({ length: 3 }, (_, number) =>
    aPrediction({
      incidentId: `gh-00000000000${number}`,
      openedAt: at,
      model: SIGNATURES_ALONE,
      ending: anEnding({ at, shown: 'transient', by: 'rerun-failed-jobs' }),
    }),
  );
  const counters = makeMemoryCounters();
  await counters.add(COUNTED);
  const api = await aServedApi({ predictions, counters });
  api.deps.experience.actionOutcomes = async (failureClass: string) =>
    failureClass === 'flaky_tests'
      ? ([
          {
            ...{ actionId: 'rerun-failed-jobs', scope: 'repository#501:acme/shop', incidentId: 'gh-1', at },
            ...{ verified: 'recovered', secondsToRecover: 60 },
          },
        ] as never)
      : [];
  const headers = { 'content-type': 'application/json' };
  for (const [path, body] of [
    ['/api/analyze', { logs: LOG }],
    ['/api/logs/analyze', { logs: LOG }],
    ['/api/search', { query: 'disk full' }],
    ['/api/recommend', { class: 'storage_issues', cause: 'disk full' }],
    ['/api/nothing', {}],
  ] as const)
    await api.call(path, { as: 'viewer', method: 'POST', headers, body });
  return api;
}

it.skipIf(!isThere)('has nothing that promtool objects to in a scrape (PROMTOOL names the program)', async () => {
  const { call } = await aBusyApi();
  const { body = '' } = await call('/metrics', { as: 'viewer' });
  expect(body).toContain('selfheal_requests_total{');
  expect(body).toContain('selfheal_time_to_heal_seconds_bucket{le="+Inf"} 3\n');
  expect(check(['check', 'metrics'], body)).toEqual({ status: 0, said: '' });
});

it.skipIf(!isThere)('ships only alert rules that promtool takes', () => {
  const rules = readdirSync(MONITORING).filter(
    (name) => name.endsWith('.yml') && readFileSync(join(MONITORING, name), 'utf8').includes('groups:'),
  );
  expect(rules.length).toBeGreaterThan(0);
  for (const name of rules) expect(check(['check', 'rules', join(MONITORING, name)])).toMatchObject({ status: 0 });
});

afterAll(stopPrograms);

it.skipIf(missing.length > 0)(
  `[B59] [E46] a real Prometheus scrapes it and a push gateway, and answers every query of dashboards and rules${missing.length === 0 ? '' : ` (skipped: this machine has no ${missing.join(', ')})`}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-prometheus-'));
    const { url } = await aBusyApi();
    const gateway = await startPushGateway(folder);
    const labels = { repository: 'acme/shop', workflow: 'checks', branch: 'default' };
    const samples = [...Object.values(CI_METRICS), JOB_METRIC].map((definition) => ({ definition, value: 1, labels }));
    await makePushGatewaySink(gateway).send(samples, new Date());
    const prometheus = await startPrometheus(folder, { api: url, key: 'viewer', gateway });
    await until('two scrapes of both', async () => {
      const [scraped] = await queried(prometheus, 'min(count_over_time(up[1m]) * on (job) group_left up)');
      return Number(scraped?.value[1] ?? 0) >= 3;
    });
    const [healed] = await queried(prometheus, 'selfheal_time_to_heal_seconds_count');
    expect(healed?.value[1]).toBe('3');
    const [coverage] = await queried(prometheus, 'selfheal_ci_coverage_percent{repository="acme/shop"}');
    expect(coverage?.metric).toMatchObject({ job: 'selfheal_ci', branch: 'default' });
    const unanswered: string[] = [];
    let asked = 0;
    for (const name of readdirSync(MONITORING).filter((file) => /^grafana-|-alerts\.yml$/.test(file)))
      for (const expr of expressionsOf(name)) {
        asked += 1;
        const result = await queried(prometheus, expr);
        if (name.startsWith('grafana-') && result.length === 0) unanswered.push(`${name}: ${expr}`);
      }
    expect(asked).toBeGreaterThan(45);
    expect(unanswered).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  },
);
