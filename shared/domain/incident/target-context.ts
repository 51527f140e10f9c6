import { FORMER_RUN_KIND } from '@selfheal/log-reading/logs/telemetry.ts';
import * as z from 'zod';
import { AwsBuild } from './aws-build.ts';
import { Job } from './job.ts';

/** Id of a code host: the folder of its plug-in (`github`). */
export const HostId = z.string().regex(/^[a-z][a-z0-9-]{1,29}$/);

/** The host of every run that earlier versions stored. Names of its repositories name no host. */
export const FIRST_HOST = 'github';

/**
 * `owner/name` as GitHub allows it; accounts of managed users contain an underscore. A repository of another host is named
 * with the host, so that no two of different hosts are ever one: `gitlab:group/subgroup/project`. `.` and `..` are excluded
 * because they are path segments.
 */
export const RepositoryName = z
  .string()
  .max(300)
  .regex(
    /^(?:[A-Za-z0-9][A-Za-z0-9_-]{0,38}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}|(?!github:)[a-z][a-z0-9-]{1,29}:[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}){1,20})$/,
    'Must name a repository as owner/name, or as host:group/name on another host than GitHub',
  );

/** Id of the host of a repository. */
export function hostOfRepository(repository: string): string {
  const end = repository.indexOf(':');
  return end < 0 ? FIRST_HOST : repository.slice(0, end);
}

/** The name of a repository on its host: `group/subgroup/project`. */
export function pathOfRepository(repository: string): string {
  return repository.slice(repository.indexOf(':') + 1);
}

const Login = z.string().min(1).max(60);

/**
 * Logins of the people behind a run, as GitHub names them; none of them may approve an action on it alone. Null: GitHub
 * does not say.
 */
export const RunPeople = z.strictObject({
  /** Author of the pull request; without one, of the commit. */
  author: Login.nullable(),
  /** Who pushed the commit to the branch. */
  lastPusher: Login.nullable(),
  /** Whose push, pull request or click started the run. */
  requester: Login.nullable(),
  /** Who started this attempt of it. */
  triggeredBy: Login.nullable(),
  /** Numbers of their accounts, in any order: they stay when a login changes. Earlier records lack them. */
  accountIds: z.array(z.number().int().positive()).max(8).optional(),
});
export type RunPeople = z.infer<typeof RunPeople>;

const RunFields = z.strictObject({
  installationId: z.number().int().nonnegative().nullable(),
  repository: RepositoryName,
  repositoryId: z.number().int().nonnegative(),
  workflowId: z.number().int().nonnegative(),
  runId: z.number().int().nonnegative(),
  runAttempt: z.number().int().positive(),
  headSha: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  /** The event that started the run: `push`, `pull_request`, `schedule` ... */
  event: z.string().max(40),
  pullRequest: z.number().int().positive().nullable(),
  /** Whether the run's head branch is the repository's default branch. */
  onDefaultBranch: z.boolean(),
  /** Login of the account whose push or pull request started the run; never a display name. */
  actor: z.string().max(60).nullable(),
  /** Read from GitHub for a plan that needs an approval, and sealed into it. */
  people: RunPeople.optional(),
});

/** Authenticated identity of a failed run on a code host: only fields that the host sets, none that a person can word. */
export const RunTarget = z.strictObject({ kind: z.literal('run'), host: HostId, ...RunFields.shape });
export type RunTarget = z.infer<typeof RunTarget>;

/** Reads a run of format 4. */
const FormerRunTarget = z
  .strictObject({ kind: z.literal(FORMER_RUN_KIND), ...RunFields.shape })
  .transform((former): RunTarget => ({ ...former, kind: 'run', host: FIRST_HOST }));

/** Authenticated identity of an alarm that changed its state. */
export const AlarmTarget = z.strictObject({
  kind: z.literal('alarm'),
  /** The service that watches it. Records of format 4 knew one and do not name it. */
  provider: z.literal('cloudwatch').default('cloudwatch'),
  alarmArn: z.string().regex(/^arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.{1,255}$/s),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z0-9-]{5,25}$/),
  /** ISO 8601 instant of the state change that raised it. */
  changedAt: z.iso.datetime({ offset: true }),
});
export type AlarmTarget = z.infer<typeof AlarmTarget>;

/**
 * A parent incident for a storm: many failures within a minute, handled as one. Of `foreign-alarms`: counts the alarms of
 * other accounts and regions in an hour that became no incident of their own.
 */
export const StormTarget = z.strictObject({
  kind: z.literal('storm'),
  /** ISO 8601 minute in which the storm began. */
  startedAt: z.iso.datetime({ offset: true }),
  of: z.literal('foreign-alarms').optional(),
});
export type StormTarget = z.infer<typeof StormTarget>;

export const Severity = z.enum(['low', 'medium', 'high', 'critical']);
export type Severity = z.infer<typeof Severity>;

/**
 * A failure that a person or a program reported through the API. What it is about is their word, so it binds no action:
 * see `changeableKeys`. Other than that, `job` is set by code: Selfheal itself reports what it read in a job system.
 */
export const ReportTarget = z.strictObject({
  kind: z.literal('report'),
  reportId: z.string().regex(/^[0-9a-f]{32}$/),
  /** A service as the reporter names it, usually one of the configuration. */
  service: z.string().min(1).max(100).nullable(),
  repository: RepositoryName.nullable(),
  severity: Severity,
  /** Who reported it, as the API authenticated them. */
  reportedBy: z.string().min(1).max(200),
  reportedAt: z.iso.datetime({ offset: true }),
  /** A rehearsal: nothing is executed, nobody is told, nothing is learned, and no list or figure contains it. */
  simulated: z.boolean(),
  /** What failed in Airflow or Spark; absent for everything else. */
  job: Job.optional(),
});
export type ReportTarget = z.infer<typeof ReportTarget>;

/** Id of a connection: `prometheus-eu`. Chosen by whoever makes it, and part of its address. */
export const ConnectionId = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'Must be 1 to 40 lower-case letters, digits and hyphens');

/**
 * An alarm that another tool raised (Alertmanager, Grafana, PagerDuty ...), received through a connection. Provider, connection and key are its
 * identity. Service, severity and link are the sender's word, so it binds no action but the retry of a `build` that AWS named: see `changeableKeys`. A kind of its own, apart from the
 * alarms of CloudWatch, so that no code that acts on those compiles for it.
 */
export const AlertTarget = z.strictObject({
  kind: z.literal('alert'),
  /** Id of the source plug-in or mapping that read it. */
  provider: z.string().regex(/^[a-z0-9-]{1,40}$/),
  connection: ConnectionId,
  /** Hash of what the sender identifies the alarm by; equal for every change of state of one alarm. */
  key: z.string().regex(/^[0-9a-f]{40}$/),
  /** A service as the sender names it, within what the connection may speak for; null: none. */
  service: z.string().min(1).max(100).nullable(),
  severity: Severity,
  /** Page of the sender about it, as the sender gives it: `https:` or `http:`, never followed by code. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(1000)
    .nullable(),
  /** ISO 8601 instant at which the alarm began, by the sender's clock. */
  changedAt: z.iso.datetime({ offset: true }),
  /** The build of AWS that failed; absent for everything else. The one part of an alert that may bind an action. */
  build: AwsBuild.optional(),
});
export type AlertTarget = z.infer<typeof AlertTarget>;

/** Whether an incident began with an alarm, of CloudWatch or of another tool. */
export function isAlarmOrAlert(target: TargetContext): target is AlarmTarget | AlertTarget {
  return target.kind === 'alarm' || target.kind === 'alert';
}

/** The severity that came with it; null where nobody gave one. */
export function severityOf(target: TargetContext): Severity | null {
  return target.kind === 'report' || target.kind === 'alert' ? target.severity : null;
}

/** Whether an incident is a rehearsal: see `ReportTarget`. */
export function isSimulated(target: TargetContext): boolean {
  return target.kind === 'report' && target.simulated;
}

/** What an incident is about. Created at intake, before any text is read, and never changed afterwards. */
export const TargetContext = z
  .discriminatedUnion('kind', [RunTarget, FormerRunTarget, AlarmTarget, AlertTarget, StormTarget, ReportTarget])
  .refine((target) => target.kind !== 'run' || target.host === hostOfRepository(target.repository), {
    path: ['host'],
    message: 'Must be the host that the name of the repository says',
  });
export type TargetContext = z.infer<typeof TargetContext>;

/** The target as format 4 stored it, over which the actions of that format are sealed. */
export function formerTargetOf(target: TargetContext): unknown {
  if (target.kind === 'run' && target.host === FIRST_HOST) {
    const { host: _host, ...fields } = target;
    return { ...fields, kind: FORMER_RUN_KIND };
  }
  if (target.kind !== 'alarm') return target;
  const { provider: _provider, ...fields } = target;
  return fields;
}
