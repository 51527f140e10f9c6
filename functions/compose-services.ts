import { makeAllResourcesReader } from '#shared/adapters/aws/all-resources.ts';
import { makeBuildReader } from '#shared/adapters/aws/build-reader.ts';
import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { makeCloudWatchMetricReader } from '#shared/adapters/aws/cloudwatch-metric-reader.ts';
import { makeDeploymentReader } from '#shared/adapters/aws/deployment-reader.ts';
import { makePlaybookPorts } from '#shared/adapters/aws/playbook-ports.ts';
import { type KindReaders, makeResourceReader } from '#shared/adapters/aws/resource-reader.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { actionPorts } from '#shared/app/remediate/ports.ts';
import { code, codeHost, configuration, proposals, type Token } from './compose.ts';

/*
 * Ports to services and their resources. They are apart from the other ports because their AWS clients are large, and a function that uses none of
 * them should not load them at its start. The function's role limits what each of them can reach.
 */
export const alarms = () => makeCloudWatchAlarmReader();
export const deployments = () => makeDeploymentReader();
export const metrics = () => makeCloudWatchMetricReader();
export const resources = () => makeAllResourcesReader();
export const resourcesOf = (reader: () => KindReaders) => () => makeResourceReader(reader());
export const playbookPorts = () => makePlaybookPorts(configuration().http, process.env);

/** Ports that observe the effects of actions of all families. */
export const observation = (environment: Token) =>
  actionPorts({
    codeHost: codeHost(environment),
    code: code(environment),
    proposals: proposals(environment),
    alarms: alarms(),
    deployments: deployments(),
    resources: resources(),
    builds: makeBuildReader(),
    ...playbookPorts(),
    clock: systemClock,
  });
