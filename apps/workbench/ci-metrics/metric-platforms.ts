import type { MetricSink } from '@selfheal/pull-request-quality/ports/ci-metrics.ts';

type Variables = Readonly<Record<string, string | undefined>>;

interface MetricPlatform {
  readonly id: string;
  readonly title: string;
  /** The variable that switches it on. */
  readonly variable: string;
  /** `value`: of its variable, which is not empty. Throws `InvalidInput` for an address that is none. */
  connect(value: string, environment: Variables): Promise<MetricSink>;
}

const sinks = () => import('#shared/adapters/http/metric-sinks.ts');

/** Every platform that takes the metrics of runs. To add one: its sink, and an entry here. */
export const METRIC_PLATFORMS: readonly MetricPlatform[] = [
  {
    id: 'datadog',
    title: 'Datadog',
    variable: 'DATADOG_API_KEY',
    connect: async (apiKey, { DD_SITE }) =>
      (await sinks()).makeDatadogSink({ apiKey, site: DD_SITE || 'datadoghq.com' }),
  },
  {
    id: 'prometheus',
    title: 'Prometheus push gateway',
    variable: 'PROMETHEUS_GATEWAY',
    connect: async (gateway) => (await sinks()).makePushGatewaySink(gateway),
  },
];

/** The platforms that the environment switches on. */
export async function connectPlatforms(environment: Variables): Promise<MetricSink[]> {
  const found: MetricSink[] = [];
  for (const { variable, connect } of METRIC_PLATFORMS) {
    const value = environment[variable];
    if (value !== undefined && value !== '') found.push(await connect(value, environment));
  }
  return found;
}
