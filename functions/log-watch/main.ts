import { makeDynamoLogWatch } from '#shared/adapters/aws/dynamo-log-watch.ts';
import { makeHealthProbe } from '#shared/adapters/http/health-probe.ts';
import { type CheckHealthDeps, checkHealth } from '#shared/app/log-watch/check-health.ts';
import { type WatchLogsDeps, watchLogs } from '#shared/app/log-watch/watch-logs.ts';
import { configuration, defineScheduled, incidents, type Variables } from '../compose.ts';
import { evidence, signalQueue } from '../compose-cloud.ts';
import { config } from './config.ts';

export const handler = defineScheduled(
  config,
  {
    store: ({ logRecords: table }: Variables<'logRecords'>) => makeDynamoLogWatch({ table }),
    incidents,
    evidence,
    queue: signalQueue,
    configuration,
    probe: () => makeHealthProbe(),
  },
  async (deps: WatchLogsDeps & CheckHealthDeps) => {
    // First, so that the answers are judged in the same round.
    await checkHealth(deps);
    await watchLogs(deps);
  },
);
