import * as z from 'zod';
import { AirflowWatch } from '#shared/domain/jobs/airflow-watch.ts';
import { SparkWatch } from '#shared/domain/jobs/spark-watch.ts';
import type { JobWatchStore } from '#shared/ports/job-watch-store.ts';
import { openTable, type TableOptions, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const AirflowRecord = z.strictObject({ version: z.literal(1), state: AirflowWatch });
const SparkRecord = z.strictObject({ version: z.literal(1), state: SparkWatch });

/**
 * Stats table: `LOGWATCH`/`airflow <endpoint>` and `LOGWATCH`/`spark <endpoint>`, what is known of a job system between two rounds. No service's name has
 * a space.
 */
export function makeDynamoJobWatch(options: TableOptions): JobWatchStore {
  const table = openTable(options);
  return {
    airflowWatch: async (endpoint) => {
      const item = await table.get({ pk: 'LOGWATCH', sk: `airflow ${endpoint}` });
      if (item === null) return null;
      return parseRecord(AirflowRecord, withoutStorage(item), `Airflow ${endpoint}`).state;
    },
    keepAirflowWatch: async (endpoint, state) =>
      void (await table.put({ pk: 'LOGWATCH', sk: `airflow ${endpoint}`, version: 1, state })),
    sparkWatch: async (endpoint) => {
      const item = await table.get({ pk: 'LOGWATCH', sk: `spark ${endpoint}` });
      if (item === null) return null;
      return parseRecord(SparkRecord, withoutStorage(item), `Spark ${endpoint}`).state;
    },
    keepSparkWatch: async (endpoint, state) =>
      void (await table.put({ pk: 'LOGWATCH', sk: `spark ${endpoint}`, version: 1, state })),
  };
}
