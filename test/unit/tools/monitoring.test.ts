import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CI_METRICS, JOB_METRIC } from '@selfheal/pull-request-quality/domain/ci-metrics/samples.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { actionMetricsOf, metricsOf } from '#shared/app/learning/read-operation.ts';
import { COUNTED_METRICS, countedFamilies } from '#shared/domain/answers/counted-metrics.ts';
import { MONITORING_FOLDER, monitoringFiles } from '../../../tools/write-monitoring.ts';
import { GrafanaDashboard } from './grafana-dashboard.ts';

const files = monitoringFiles();
const METRICS = [...Object.values(CI_METRICS), JOB_METRIC];

describe('the dashboards and alerts', () => {
  it('[B59] are in the repository as they are made (npm run monitoring)', () => {
    expect(readdirSync(MONITORING_FOLDER).sort()).toEqual(Object.keys(files).sort());
    for (const [name, text] of Object.entries(files))
      expect(readFileSync(join(MONITORING_FOLDER, name), 'utf8')).toBe(text);
  });

  it('[B59] show every metric, and ask for no other', () => {
    const names = new Set(METRICS.map(({ name }) => name));
    const dotted = new Set(METRICS.map(({ dotted: one }) => one));
    const grafana = JSON.parse(files['grafana-pull-requests.json'] ?? '') as {
      panels: { targets: { expr: string }[]; gridPos: { x: number; y: number } }[];
    };
    const asked = grafana.panels.flatMap(({ targets }) =>
      targets.map(({ expr }) => /^selfheal_ci_[a-z_]+/.exec(expr)?.[0] ?? expr),
    );
    expect(new Set(asked)).toEqual(names);
    expect(new Set(grafana.panels.map(({ gridPos }) => `${gridPos.x}/${gridPos.y}`)).size).toBe(grafana.panels.length);
    const datadog = JSON.parse(files['datadog-dashboard.json'] ?? '') as {
      widgets: { definition: { requests: { q: string }[] } }[];
    };
    const queried = datadog.widgets.flatMap(({ definition }) =>
      definition.requests.map(({ q }) => /selfheal\.ci\.[a-z_]+/.exec(q)?.[0] ?? q),
    );
    expect(new Set(queried)).toEqual(dotted);
    for (const text of Object.values(files))
      for (const [used] of text.matchAll(/selfheal[._]ci[._][a-z_]+/g)) expect([...names, ...dotted]).toContain(used);
  });

  it('[B59] alert on the flake rate and on drops of the coverage, with balanced expressions', () => {
    const { groups } = parse(files['prometheus-alerts.yml'] ?? '') as {
      groups: { rules: { alert: string; expr: string; for: string; annotations: object }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.map(({ alert }) => alert)).toEqual([
      'SelfhealFlakeRate',
      'SelfhealCoverageDrop',
      'SelfhealLowCoverage',
    ]);
    for (const { expr } of rules) {
      for (const [open, close] of ['()', '{}', '[]'])
        expect(expr.split(open ?? '').length).toBe(expr.split(close ?? '').length);
      expect(expr).toMatch(/[<>] -?\d/);
    }
    const monitors = JSON.parse(files['datadog-monitors.json'] ?? '') as {
      name: string;
      query: string;
      options: { thresholds: { critical: number } };
    }[];
    expect(monitors.map(({ name }) => name)).toEqual([
      'Selfheal CI: flake rate',
      'Selfheal CI: coverage drop',
      'Selfheal CI: low coverage',
    ]);
    for (const { query, options } of monitors) expect(query.endsWith(` ${options.thresholds.critical}`)).toBe(true);
  });
});

/** Names of everything that `/metrics` may serve. */
const served = (): Set<string> => {
  const quality = { model: 'm', accuracy: null, brier: null, calibrationError: null, degraded: false, judged: 0 };
  const operation = { open: { count: 0, more: false }, stalled: 0, approvalsPending: 0, lastHealed: null, lastDay: [] };
  const families = [
    ...metricsOf({ ...operation, quality: quality as never }, '1'),
    ...actionMetricsOf([]),
    ...countedFamilies([]),
  ];
  return new Set(families.map(({ name }) => name));
};

const ABOUT_DEPLOYMENTS = [
  'grafana-healing.json',
  'grafana-channels.json',
  'grafana-model-cost.json',
  'deployment-alerts.yml',
] as const;

describe('the dashboards and alerts about a deployment', () => {
  const ofSeries = (name: string): string => name.replace(/_seconds_(bucket|sum|count)$/, '_seconds');
  const asked = ABOUT_DEPLOYMENTS.flatMap((file) =>
    [...(files[file] ?? '').matchAll(/\bselfheal_[a-z_]+/g)].map(([name]) => ofSeries(name)),
  );

  it('ask only for what /metrics serves, and for everything that it counts', () => {
    const names = served();
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
    for (const name of Object.keys(COUNTED_METRICS)) expect(asked).toContain(`selfheal_${name}`);
  });

  it('have one alert for each fast and slow burn of a service level', () => {
    const { groups } = parse(files['deployment-alerts.yml'] ?? '') as { groups: { rules: { alert: string }[] }[] };
    expect(groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))).toEqual([
      'SelfhealStalled',
      'SelfhealApprovalsWait',
      'SelfhealModelDegraded',
      ...['SelfhealErrorBudgetBurns', 'SelfhealFirstWordLate', 'SelfhealIntakeLate', 'SelfhealMessagesFail'].flatMap(
        (name) => [`${name}Fast`, name],
      ),
    ]);
  });

  it('have an id and a place of their own for every panel of a dashboard', () => {
    const uids = ABOUT_DEPLOYMENTS.filter((file) => file.endsWith('.json')).map((file) => {
      const { uid, panels } = JSON.parse(files[file] ?? '') as {
        uid: string;
        panels: { id: number; gridPos: { x: number; y: number } }[];
      };
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      expect(new Set(panels.map(({ gridPos }) => `${gridPos.x}/${gridPos.y}`)).size).toBe(panels.length);
      return uid;
    });
    expect(new Set(uids).size).toBe(uids.length);
  });
});

describe('a dashboard for Grafana', () => {
  const dashboards = Object.entries(files).flatMap(([name, text]) =>
    name.startsWith('grafana-') ? [[name, JSON.parse(text)] as const] : [],
  );

  it.each(dashboards)('%s is as the dashboard model says', (_name, dashboard) => {
    expect(GrafanaDashboard.safeParse(dashboard).error?.issues ?? []).toEqual([]);
  });

  it.each([
    ['a field that Grafana does not know', { panel: { heigth: 8 } }, /heigth/],
    ['a panel beyond the last column', { panel: { gridPos: { x: 13, y: 0, w: 12, h: 8 } } }, /last column/],
    ['a panel over another', { panel: { gridPos: { x: 6, y: 0, w: 12, h: 8 } } }, /lies over/],
    ['an unknown unit', { panel: { fieldConfig: { defaults: { unit: 'seconds' }, overrides: [] } } }, /percentunit/],
    ['a variable that nobody declares', { panel: { title: 'of $service' } }, /nobody declares \$service/],
    ['a version as text', { dashboard: { schemaVersion: '39' } }, /number/],
  ])('is refused with %s', (_title, { panel, dashboard }: { panel?: object; dashboard?: object }, words) => {
    const [[, sample] = ['', {}]] = dashboards;
    const { panels } = sample as { panels: object[] };
    const changed = { ...sample, ...dashboard, panels: [{ ...panels[0], ...panel }, ...panels.slice(1)] };
    expect(JSON.stringify(GrafanaDashboard.safeParse(changed).error?.issues)).toMatch(words);
  });
});
