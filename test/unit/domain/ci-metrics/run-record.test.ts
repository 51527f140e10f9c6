import {
  MetricsArtifact,
  metricsArtifact,
  RUN_RECORDS,
  RunRecords,
  withRunRecord,
} from '@selfheal/pull-request-quality/domain/ci-metrics/run-record.ts';
import { datadogSeries, prometheusText, samplesOf } from '@selfheal/pull-request-quality/domain/ci-metrics/samples.ts';
import { describe, expect, it } from 'vitest';
import { aRunRecord } from './a-run-record.ts';

const AT = '2026-11-20T12:30:00.000Z';

describe('the metrics of a run', () => {
  const record = aRunRecord({
    run: 77,
    attempt: 3,
    coverage: 91.5,
    fixConfidence: 0.93,
    hasFlakyTests: true,
    vulnerabilities: { critical: 0, high: 2 },
    jobs: [
      { name: 'Lint', status: 'success', seconds: 30, queueSeconds: 1 },
      { name: 'unit tests (20)', status: 'success', seconds: 300, queueSeconds: 2 },
      { name: 'unit tests (22)', status: 'failure', seconds: 310, queueSeconds: 5 },
      { name: 'deploy', status: 'skipped', seconds: null, queueSeconds: null },
    ],
  });

  it('[B43] [B44] [B45] [B46] [B47] [B48] [B49] [B52] [B53] are an artifact in the schema of the documents', () => {
    const artifact = metricsArtifact(record, AT);
    expect(MetricsArtifact.parse(JSON.parse(JSON.stringify(artifact)))).toEqual(artifact);
    expect(artifact).toEqual({
      timestamp: AT,
      workflow_run_id: 77,
      metrics: {
        coverage_pct: 91.5,
        ai_fix_confidence: 0.93,
        has_flaky_tests: true,
        rerun_count: 2,
        build_duration_seconds: 600,
        queue_time_seconds: 5,
        vulnerabilities_critical: 0,
        vulnerabilities_high: 2,
      },
      job_statuses: { lint: 'success', test: 'failure', coverage: 'unknown', deploy: 'skipped' },
    });
  });

  it('[B51] are text that Prometheus reads: families together, labels escaped, every line ended', () => {
    const strange = aRunRecord({ ...record, workflow: 'a "quoted"\\ name\nof two lines' });
    const text = prometheusText(samplesOf(strange, 'acme/shop'));
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    const LINE = /^selfheal_ci_[a-z_]+\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\} (?:-?\d+(?:\.\d+)?)$/;
    for (const line of lines)
      expect(line).toMatch(line.startsWith('#') ? /^# (?:HELP|TYPE) selfheal_ci_[a-z_]+ .+$/ : LINE);
    expect(text).toContain('workflow="a \\"quoted\\"\\\\ name\\nof two lines"');
    expect(text).toContain('# TYPE selfheal_ci_coverage_percent gauge\nselfheal_ci_coverage_percent{');
    const names = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]);
    expect(new Set(names).size).toBe(names.length);
    expect(text).not.toMatch(/NaN|null|undefined/);
  });

  it('[B50] are gauges of Datadog with their tags', () => {
    const { series } = datadogSeries(samplesOf(record, 'acme/shop'), new Date(AT));
    expect(series).toContainEqual({
      metric: 'selfheal.ci.coverage_percent',
      type: 3,
      points: [{ timestamp: 1795177800, value: 91.5 }],
      tags: ['repository:acme/shop', 'workflow:CI', 'branch:default'],
      unit: 'percent',
    });
    expect(series.filter(({ metric }) => metric === 'selfheal.ci.job_success')).toHaveLength(3);
  });

  it('are not sent where nothing was measured', () => {
    const names = samplesOf(aRunRecord(), 'acme/shop').map(({ definition }) => definition.name);
    expect(names).not.toContain('selfheal_ci_coverage_percent');
    expect(names).toContain('selfheal_ci_rerun_count');
  });
});

describe('the runs that are kept', () => {
  it('are in order by id, each once, the newest 500', () => {
    let records: RunRecords = RUN_RECORDS.empty;
    for (let run = 520; run >= 1; run -= 1) records = withRunRecord(records, aRunRecord({ run })) ?? records;
    expect(records.runs).toHaveLength(500);
    expect(records.runs[0]?.run).toBe(21);
    expect(RunRecords.safeParse(records).success).toBe(true);
    expect(withRunRecord(records, aRunRecord({ run: 99 }))).toBeNull();
  });

  it('take the later attempt, and keep what only the earlier look measured', () => {
    const first = withRunRecord(RUN_RECORDS.empty, aRunRecord({ coverage: 90 })) ?? RUN_RECORDS.empty;
    const second = withRunRecord(first, aRunRecord({ attempt: 2, durationSeconds: 700 })) ?? first;
    expect(second.runs).toEqual([aRunRecord({ attempt: 2, durationSeconds: 700, coverage: 90 })]);
    expect(withRunRecord(second, aRunRecord({ attempt: 1 }))).toBeNull();
  });
});
