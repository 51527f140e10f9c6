/** One metric with its samples, as Prometheus takes it. */
export interface MetricFamily {
  /** With its unit at the end: `selfheal_incident_duration_seconds`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter' | 'summary' | 'histogram';
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  /** Only of a summary or histogram. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');

/** One sample as both formats write it. */
function lineOf(name: string, { suffix, labels = {}, value }: MetricSample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${suffix ?? ''}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

/** The text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). Families without a sample are left out. */
export function renderMetrics(families: readonly MetricFamily[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) =>
      [
        `# HELP ${name} ${escapeHelp(help)}`,
        `# TYPE ${name} ${type}`,
        ...samples.map((sample) => lineOf(name, sample)),
        '',
      ].join('\n'),
    )
    .join('');
}

export const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** OpenMetrics 1.0: a counter's family is named without `_total`, and the text ends with `# EOF`. */
export function renderOpenMetrics(families: readonly MetricFamily[]): string {
  const told = families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => {
      const family = type === 'counter' ? name.replace(/_total$/, '') : name;
      const lines = samples.map((sample) => lineOf(name, sample));
      return `# TYPE ${family} ${type}\n# HELP ${family} ${escapeLabel(help)}\n${lines.join('\n')}\n`;
    });
  return `${told.join('')}# EOF\n`;
}

/** Whether a client that sends this `Accept` prefers OpenMetrics to the text of Prometheus (RFC 9110, section 12.5.1). */
export function prefersOpenMetrics(accept: string | undefined): boolean {
  const ranges = (accept ?? '').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((one) => one.startsWith('q='))?.slice(2);
    const quality = weight === undefined ? 1 : Number(weight);
    return { type, quality: Number.isFinite(quality) ? quality : 0 };
  });
  const best = (type: string): number =>
    Math.max(0, ...ranges.filter((range) => range.type === type).map(({ quality }) => quality));
  const openMetrics = best('application/openmetrics-text');
  return openMetrics > 0 && openMetrics >= best('text/plain');
}
