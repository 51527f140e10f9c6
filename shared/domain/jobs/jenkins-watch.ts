import { digestOf } from '@selfheal/kernel/digest.ts';
import * as z from 'zod';
import { parametersText } from './jenkins-failures.ts';
import type { JenkinsBuildDetail } from './jenkins-wire.ts';
import { cursorFields, firstCursor, knownIncidents } from './job-cursor.ts';

/** What is known of one Jenkins between two rounds; keys of `seen` are those of `buildKey`. */
export const JenkinsWatch = z.strictObject({
  ...cursorFields(64),
  /** By `workKey`. */
  incidents: knownIncidents(64),
  /** Listed jobs and folders that people were told are not there, by `missingKey`. */
  missing: z.array(z.string().max(64)),
});
export type JenkinsWatch = z.infer<typeof JenkinsWatch>;

/** Jenkins' clock may differ, and a build's record may be written later than it ended: so much before the cursor is read again. */
export const JENKINS_OVERLAP_MS = 5 * 60_000;

export const firstJenkinsWatch = (now: Date): JenkinsWatch => ({ ...firstCursor(now), incidents: [], missing: [] });

export const buildKey = ({ job, number }: { readonly job: string; readonly number: number }): string =>
  digestOf(JSON.stringify([job, number]), 24);
export const missingKey = (pattern: string): string => digestOf(pattern, 24);

/** What a build does: its job with the values of its parameters. */
export const workKey = (job: string, detail: Pick<JenkinsBuildDetail, 'parameters'>): string =>
  digestOf(JSON.stringify([job, parametersText(detail)]), 24);
