import { defineCommand } from '@selfheal/cli-kit/command.ts';
import { collectMetrics, METRICS_OPTIONS } from '#apps/workbench/ci-metrics/collect-metrics.ts';
import { stateAt } from '#apps/workbench/input/state-place.ts';

export const ciMetrics = defineCommand({
  name: 'ci metrics',
  summary: 'collect duration, queue time, reruns, coverage, findings and job statuses of a run, and send them on',
  details:
    'Reads the run from GitHub (GITHUB_TOKEN with Actions: read; Pull requests: read for reactions), writes the JSON file for an artifact, keeps the run\n' +
    'for "selfheal ci insights", and sends it to Datadog (DATADOG_API_KEY, DD_SITE) and a Prometheus push gateway (PROMETHEUS_GATEWAY). Without\n' +
    'them it says so and goes on; a platform that cannot be reached breaks no build.\n' +
    'With --json: {timestamp, workflow_run_id, metrics: {coverage_pct, ai_fix_confidence, has_flaky_tests, rerun_count, ...}, job_statuses}.\n' +
    '\n' +
    'Example: selfheal ci metrics --coverage coverage/lcov.info --fix-confidence 0.93 --flaky false',
  options: METRICS_OPTIONS,
  async run({ options }, terminal) {
    await collectMetrics(options, async () => stateAt(options.state, terminal), terminal);
    return 0;
  },
});
