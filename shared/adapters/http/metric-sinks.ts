import { InvalidInput, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import {
  datadogSeries,
  prometheusText,
  type Sample,
} from '@selfheal/pull-request-quality/domain/ci-metrics/samples.ts';
import type { MetricSink } from '@selfheal/pull-request-quality/ports/ci-metrics.ts';

const TIMEOUT_MS = 10_000;
const ATTEMPTS = 2;
const MAX_WORDS = 200;

interface Request {
  readonly sink: string;
  readonly url: string;
  readonly method: 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Both take the same values twice without harm, so a lost answer is tried again. No redirect is followed: the key goes nowhere else. */
async function sent({ sink, url, ...init }: Request): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt >= ATTEMPTS;
    let response: Response;
    try {
      response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (cause) {
      if (isLast) throw new Retryable(`${sink} cannot be reached: ${reasonOf(cause)}.`, { cause });
      continue;
    }
    const words = (await response.text().catch(() => '')).slice(0, MAX_WORDS);
    if (response.ok) return;
    if (response.status !== 429 && response.status < 500)
      throw new Refused(`${sink} refused the metrics: status ${response.status} ${words}`.trim());
    if (isLast) throw new Retryable(`${sink} answered with status ${response.status}.`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

/** Datadog's API. `site`: `datadoghq.com`, `datadoghq.eu`, ..., or an address for tests and proxies. */
export function makeDatadogSink({ apiKey, site }: { readonly apiKey: string; readonly site: string }): MetricSink {
  const address = /^https?:\/\//.test(site) ? site : `https://api.${site}`;
  const url = URL.parse('/api/v2/series', address);
  if (url === null || url.username !== '')
    throw new InvalidInput(`DD_SITE is ${site}: expected a site such as datadoghq.eu.`);
  return {
    name: 'Datadog',
    send: async (samples, at) => {
      await sent({
        ...{ sink: 'Datadog', url: url.href, method: 'POST' },
        headers: { 'content-type': 'application/json', 'dd-api-key': apiKey },
        body: JSON.stringify(datadogSeries(samples, at)),
      });
    },
  };
}

/** Labels by which the gateway keeps groups apart: a push replaces what the same workflow pushed for the same kind of branch. */
const GROUP = ['repository', 'workflow', 'branch'] as const;

/** A push gateway of Prometheus (https://github.com/prometheus/pushgateway#url). */
export function makePushGatewaySink(gateway: string): MetricSink {
  const base = URL.parse(gateway.includes('://') ? gateway : `http://${gateway}`);
  if (base === null || !/^https?:$/.test(base.protocol))
    throw new InvalidInput(`PROMETHEUS_GATEWAY is ${gateway}: expected an address such as http://pushgateway:9091.`);
  const { username, password, origin, pathname } = base;
  const credentials = username === '' ? null : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const group = ({ labels }: Sample): string =>
    // Values with a slash have to go in base64; an empty one is a single `=`.
    GROUP.map((key) => `/${key}@base64/${Buffer.from(labels[key] ?? '').toString('base64url') || '='}`).join('');
  return {
    name: 'Prometheus push gateway',
    send: async (samples) => {
      for (const [path, members] of Map.groupBy(samples, group))
        await sent({
          ...{ sink: 'The Prometheus push gateway', method: 'PUT' },
          url: `${origin}${pathname.replace(/\/+$/, '')}/metrics/job/selfheal_ci${path}`,
          headers: {
            'content-type': 'text/plain; version=0.0.4; charset=utf-8',
            ...(credentials === null ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
          },
          body: prometheusText(members.map(withoutGroup)),
        });
    },
  };
}

/** The gateway adds the labels of the group itself. */
function withoutGroup(sample: Sample): Sample {
  const labels = Object.entries(sample.labels).filter(([key]) => !(GROUP as readonly string[]).includes(key));
  return { ...sample, labels: Object.fromEntries(labels) };
}
