import type { AirflowWatch } from '../domain/jobs/airflow-watch.ts';

/** What is known of each job system between two rounds, by the name of its endpoint; null before the first. */
export interface JobWatchStore {
  airflowWatch(endpoint: string): Promise<AirflowWatch | null>;
  keepAirflowWatch(endpoint: string, watch: AirflowWatch): Promise<void>;
}
