/** One metric with its samples, as Prometheus takes it. */
export interface MetricFamily {
  /** With its unit at the end: `selfheal_incident_duration_seconds`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter' | 'summary';
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  /** Only of a summary: `_sum` or `_count`. */
  readonly suffix?: '_sum' | '_count';
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');

/** The text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). Families without a sample are left out. */
export function renderMetrics(families: readonly MetricFamily[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) =>
      [
        `# HELP ${name} ${escapeHelp(help)}`,
        `# TYPE ${name} ${type}`,
        ...samples.map(({ suffix = '', labels = {}, value }) => {
          const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
          return `${name}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
        }),
        '',
      ].join('\n'),
    )
    .join('');
}
