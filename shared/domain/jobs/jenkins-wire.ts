import * as z from 'zod';
import { JenkinsJobName } from '../incident/job.ts';

/*
 * What is read of Jenkins' answers, by its remote access API: https://www.jenkins.io/doc/book/using/remote-access-api/
 * Times are milliseconds since the epoch. Which fields an answer has depends on the plug-ins, so that most of them may be absent.
 */

const Milliseconds = z.number().nonnegative();
const Result = z.string().max(40).nullable().default(null);
/** Entries that cannot be read do not hide the others. */
const readable = <T extends z.ZodType>(entry: T) =>
  z
    .array(entry.nullable().catch(null))
    .nullish()
    .transform((all) => (all ?? []).filter((one): one is NonNullable<typeof one> => one !== null));

/** One build as the list of its job shows it. */
export const BuildSummary = z.object({
  number: z.number().int().positive(),
  building: z.boolean(),
  /** `SUCCESS`, `UNSTABLE`, `FAILURE`, `NOT_BUILT` or `ABORTED`; null while it runs. */
  result: Result,
  /** When it began. */
  timestamp: Milliseconds,
  duration: Milliseconds,
});
export type BuildSummary = z.infer<typeof BuildSummary>;
export const SUMMARY_FIELDS = 'number,building,result,timestamp,duration';

/** A job with its latest builds, or a folder with what is in it. */
export interface JobNode {
  readonly fullName: string | null;
  readonly builds: readonly BuildSummary[];
  readonly jobs: readonly JobNode[];
}
export const JobNode: z.ZodType<JobNode> = z.object({
  // The root has no name.
  fullName: JenkinsJobName.nullable().catch(null).default(null),
  builds: readable(BuildSummary),
  jobs: z.lazy(() => readable(JobNode)),
}) as z.ZodType<JobNode>;

const Cause = z.object({
  _class: z.string().default(''),
  shortDescription: z.string().default(''),
  userId: z.string().nullish(),
});
const Parameter = z.object({
  _class: z.string().default(''),
  name: z.string(),
  /** Absent where Jenkins hides it, as of a password, or where it is no text, as of a file. */
  value: z.union([z.string(), z.number(), z.boolean()]).optional().catch(undefined),
});
export type JenkinsParameter = z.infer<typeof Parameter>;
const Action = z.object({ _class: z.string().default(''), causes: readable(Cause), parameters: readable(Parameter) });

const Commit = z.object({
  commitId: z.string(),
  msg: z.string().default(''),
  author: z.object({ fullName: z.string().default('') }).nullish(),
  timestamp: z.number().nullish(),
  affectedPaths: readable(z.string()),
});
export type JenkinsCommit = z.infer<typeof Commit>;
const ChangeSet = z.object({ items: readable(Commit) });

const INTERRUPTED = 'InterruptedBuildAction';

/** One build with why it began, what stopped it, its parameters and the commits that are new in it. */
export const BuildDetail = BuildSummary.extend({
  actions: readable(Action),
  /** Of pipelines. */
  changeSets: readable(ChangeSet),
  /** Of freestyle jobs. */
  changeSet: ChangeSet.nullish(),
}).transform(({ actions, changeSets, changeSet, ...summary }) => ({
  ...summary,
  causes: actions.flatMap(({ _class, causes }) => (_class.endsWith(INTERRUPTED) ? [] : causes)),
  interruptions: actions.flatMap(({ _class, causes }) => (_class.endsWith(INTERRUPTED) ? causes : [])),
  parameters: actions.flatMap(({ parameters }) => parameters),
  commits: [...changeSets, ...(changeSets.length > 0 || !changeSet ? [] : [changeSet])].flatMap(({ items }) => items),
}));
export type JenkinsBuildDetail = z.infer<typeof BuildDetail>;
export const ACTION_FIELDS = 'actions[causes[shortDescription,userId],parameters[name,value]]';
const COMMIT_FIELDS = 'items[commitId,msg,author[fullName],timestamp,affectedPaths]';
export const DETAIL_FIELDS = `${SUMMARY_FIELDS},${ACTION_FIELDS},changeSets[${COMMIT_FIELDS}],changeSet[${COMMIT_FIELDS}]`;
export const JobBuilds = z.object({ builds: readable(BuildDetail) });

/** What waits to be built. */
export const Queue = z.object({
  items: readable(
    z
      .object({
        id: z.number().int(),
        inQueueSince: Milliseconds,
        task: z.object({ fullName: z.string().optional() }),
        actions: readable(Action),
      })
      .transform(({ actions, ...item }) => ({
        ...item,
        causes: actions.flatMap(({ causes }) => causes),
        parameters: actions.flatMap(({ parameters }) => parameters),
      })),
  ),
});

/** Whose credentials were sent. */
export const WhoAmI = z.object({ name: z.string(), authenticated: z.boolean() });
