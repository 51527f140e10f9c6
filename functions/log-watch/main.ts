import { makeDynamoJobWatch } from '#shared/adapters/aws/dynamo-job-watch.ts';
import { makeDynamoLogWatch } from '#shared/adapters/aws/dynamo-log-watch.ts';
import { endpointsOf } from '#shared/adapters/aws/playbook-ports.ts';
import { makeHealthProbe } from '#shared/adapters/http/health-probe.ts';
import { type WatchAirflowDeps, watchAirflow } from '#shared/app/jobs/watch-airflow.ts';
import { type WatchJenkinsDeps, watchJenkins } from '#shared/app/jobs/watch-jenkins.ts';
import { type WatchSparkDeps, watchSpark } from '#shared/app/jobs/watch-spark.ts';
import { type CheckHealthDeps, checkHealth } from '#shared/app/log-watch/check-health.ts';
import { type WatchLogsDeps, watchLogs } from '#shared/app/log-watch/watch-logs.ts';
import { configuration, defineScheduled, incidents, type Variables } from '../compose.ts';
import { changes, evidence, signalQueue } from '../compose-cloud.ts';
import { config } from './config.ts';

export const handler = defineScheduled(
  config,
  {
    store: ({ logRecords: table }: Variables<'logRecords'>) => makeDynamoLogWatch({ table }),
    jobs: ({ logRecords: table }: Variables<'logRecords'>) => makeDynamoJobWatch({ table }),
    endpoints: () => endpointsOf(configuration().http, process.env, { keepsCredentials: true }),
    incidents,
    evidence,
    changes,
    queue: signalQueue,
    configuration,
    probe: () => makeHealthProbe(),
  },
  async (deps: WatchLogsDeps & CheckHealthDeps & WatchAirflowDeps & WatchSparkDeps & WatchJenkinsDeps) => {
    // First, so that the answers are judged in the same round.
    await Promise.all([checkHealth(deps), watchAirflow(deps), watchSpark(deps), watchJenkins(deps)]);
    await watchLogs(deps);
  },
);
