import * as z from 'zod';
import { AirflowWatch } from '#shared/domain/jobs/airflow-watch.ts';
import { JenkinsWatch } from '#shared/domain/jobs/jenkins-watch.ts';
import { SparkWatch } from '#shared/domain/jobs/spark-watch.ts';
import type { JobWatchStore } from '#shared/ports/job-watch-store.ts';
import { openTable, type Table, type TableOptions, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const recordOf = <T extends z.ZodType>(state: T) => z.strictObject({ version: z.literal(1), state });

/**
 * Stats table: `LOGWATCH`/`airflow <endpoint>`, `LOGWATCH`/`spark <endpoint>` and `LOGWATCH`/`jenkins <endpoint>`, what is known of a job system between two rounds. No service's name has
 * a space.
 */
export function makeDynamoJobWatch(options: TableOptions): JobWatchStore {
  const table = openTable(options);
  const airflow = recordsOf(table, 'Airflow', recordOf(AirflowWatch));
  const spark = recordsOf(table, 'Spark', recordOf(SparkWatch));
  const jenkins = recordsOf(table, 'Jenkins', recordOf(JenkinsWatch));
  return {
    airflowWatch: airflow.read,
    keepAirflowWatch: airflow.keep,
    sparkWatch: spark.read,
    keepSparkWatch: spark.keep,
    jenkinsWatch: jenkins.read,
    keepJenkinsWatch: jenkins.keep,
  };
}

function recordsOf<S>(table: Table, title: string, record: z.ZodType<{ readonly version: 1; readonly state: S }>) {
  const keyOf = (endpoint: string) => ({ pk: 'LOGWATCH', sk: `${title.toLowerCase()} ${endpoint}` });
  return {
    read: async (endpoint: string): Promise<S | null> => {
      const item = await table.get(keyOf(endpoint));
      return item === null ? null : parseRecord(record, withoutStorage(item), `${title} ${endpoint}`).state;
    },
    keep: async (endpoint: string, state: S): Promise<void> =>
      void (await table.put({ ...keyOf(endpoint), version: 1, state })),
  };
}
