import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';

/** Named by POWERTOOLS_SERVICE_NAME and LOG_LEVEL. */
export const logger = new Logger();
/** Named by POWERTOOLS_METRICS_NAMESPACE and POWERTOOLS_SERVICE_NAME. */
export const metrics = new Metrics();

/** Structured JSON lines in the function's log group, with the incident id where the edge knows it. */
export const lambdaLog: Log = {
  info: (message, fields = {}) => logger.info(message, { ...fields }),
  warn: (message, fields = {}) => logger.warn(message, { ...fields }),
  error: (message, fields = {}) => logger.error(message, { ...fields }),
};

/** Metric of requests to GitHub, which are also counted for each incident. */
const GITHUB_REQUESTS = 'github-requests';
let githubRequests = 0;

/** Requests to GitHub since the last call. A Lambda function runs one invocation at a time. */
export function takeGithubRequests(): number {
  const counted = githubRequests;
  githubRequests = 0;
  return counted;
}

/** CloudWatch metrics in the embedded metric format; written when the invocation ends. */
export const lambdaMeter: Meter = {
  count: (name, value = 1) => {
    if (name === GITHUB_REQUESTS) githubRequests += value;
    metrics.addMetric(name, MetricUnit.Count, value);
  },
  time: (name, milliseconds) => metrics.addMetric(name, MetricUnit.Milliseconds, milliseconds),
};
