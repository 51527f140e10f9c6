import * as z from 'zod';
import { cursorFields } from './job-cursor.ts';

/** What is known of one History Server between two rounds; keys of `seen` are those of `attemptKey`. */
export const SparkWatch = z.strictObject(cursorFields(300));
export type SparkWatch = z.infer<typeof SparkWatch>;

/** A History Server reads event logs some time after an application has ended (`spark.history.fs.update.interval`): so much is read again. */
export const SPARK_OVERLAP_MS = 30 * 60_000;

/** One attempt of one application: id, and the attempt's. */
export const attemptKey = ({ id, attempt }: { readonly id: string; readonly attempt: string | null }): string =>
  `${id} ${attempt ?? ''}`;
