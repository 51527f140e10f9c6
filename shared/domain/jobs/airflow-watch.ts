import { digestOf } from '@selfheal/kernel/digest.ts';
import * as z from 'zod';
import type { ImportError, TaskInstance } from './airflow-wire.ts';
import { advanced, cursorFields, firstCursor, knownIncidents, ofLastDay } from './job-cursor.ts';

const Key = z.string().max(64);

/** What is known of one Airflow between two rounds; keys of `seen` are those of `failureKey`. */
export const AirflowWatch = z.strictObject({
  ...cursorFields(64),
  /** Incidents of a day, by `taskKey`: a task that fails again while its incident is open is part of it. */
  incidents: knownIncidents(64),
  /** Import errors that were reported and are still there, by `importErrorKey`. */
  importErrors: z.array(Key),
});
export type AirflowWatch = z.infer<typeof AirflowWatch>;

const MINUTE = 60_000;
/** Airflow's clock may differ, and a row may be committed later than its end: so much before the cursor is read again. */
export const AIRFLOW_OVERLAP_MS = 5 * MINUTE;

/** What is older than its first round reads is read by `selfheal airflow import`. */
export const firstWatch = (now: Date): AirflowWatch => ({ ...firstCursor(now), incidents: [], importErrors: [] });

/** One failure: another try, or another end, is another failure. */
export const failureKey = (one: TaskInstance): string =>
  digestOf(`${taskKey(one)} ${one.try_number} ${one.end_date}`, 24);
/** One task instance of a run, whatever its try. */
export const taskKey = ({ dag_id: dag, dag_run_id: run, task_id: task, map_index: index }: TaskInstance): string =>
  digestOf(JSON.stringify([dag, run, task, index]), 24);
/** Airflow keeps the id while the file is broken; another error in it is another one to people. */
export const importErrorKey = ({ import_error_id: id, stack_trace: trace }: ImportError): string =>
  digestOf(`${id} ${trace}`, 24);

/** The state after these failures were looked at. */
export function afterFailures(watch: AirflowWatch, failures: readonly TaskInstance[], now: Date): AirflowWatch {
  const looked = failures.map((one) => ({
    key: failureKey(one),
    endedAt: new Date(one.end_date ?? now).toISOString(),
  }));
  return { ...advanced(watch, looked, now, AIRFLOW_OVERLAP_MS), incidents: ofLastDay(watch.incidents, now) };
}
