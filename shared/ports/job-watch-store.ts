import type { AirflowWatch } from '../domain/jobs/airflow-watch.ts';
import type { JenkinsWatch } from '../domain/jobs/jenkins-watch.ts';
import type { SparkWatch } from '../domain/jobs/spark-watch.ts';

/** What is known of each job system between two rounds, by the name of its endpoint; null before the first. */
export interface JobWatchStore {
  airflowWatch(endpoint: string): Promise<AirflowWatch | null>;
  keepAirflowWatch(endpoint: string, watch: AirflowWatch): Promise<void>;
  sparkWatch(endpoint: string): Promise<SparkWatch | null>;
  keepSparkWatch(endpoint: string, watch: SparkWatch): Promise<void>;
  jenkinsWatch(endpoint: string): Promise<JenkinsWatch | null>;
  keepJenkinsWatch(endpoint: string, watch: JenkinsWatch): Promise<void>;
}
