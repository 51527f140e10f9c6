import { onDemand } from './on-demand.ts';

/* Clients of the services that an alarm watches, for functions that seldom use them: most incidents are runs. */
export const alarms = () =>
  onDemand(async () => (await import('#shared/adapters/aws/cloudwatch-alarm-reader.ts')).makeCloudWatchAlarmReader());
export const deployments = () =>
  onDemand(async () => (await import('#shared/adapters/aws/deployment-reader.ts')).makeDeploymentReader());
export const metrics = () =>
  onDemand(async () => (await import('#shared/adapters/aws/cloudwatch-metric-reader.ts')).makeCloudWatchMetricReader());
export const serviceLogs = () =>
  onDemand(async () => (await import('#shared/adapters/aws/cloudwatch-logs-reader.ts')).makeCloudWatchLogsReader());
export const builds = () =>
  onDemand(async () => (await import('#shared/adapters/aws/build-reader.ts')).makeBuildReader());
export const resources = () =>
  onDemand(async () => (await import('#shared/adapters/aws/all-resources.ts')).makeAllResourcesReader());
