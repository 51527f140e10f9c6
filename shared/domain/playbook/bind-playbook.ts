import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { type Job, type PlaybookJob, playbookJobOf } from '../incident/job.ts';
import type { ManagedService } from '../plan/managed-service.ts';
import { isJobFact, type JobFact, type ParameterSpec, type Scalar, valueSchema } from './parameter.ts';
import type { Playbook } from './playbook.ts';
import type { Values } from './template.ts';

export type BoundPlaybook =
  | { readonly kind: 'bound'; readonly values: Values }
  | { readonly kind: 'unfit'; readonly reasons: readonly string[] };

/** A service with its allowed playbooks and the values for them. */
type PlayedService = Omit<ManagedService, 'playbooks'> & {
  readonly playbooks: readonly { readonly id: string; readonly with: Values }[];
};

/**
 * The values of a playbook's parameters for a service: constants of the playbook, facts about the service and the failed job, and the
 * service's `with`. No outside text is among them. Fails when a value is missing, unknown or does not match its schema, and for a job of a kind that the
 * playbook is not for. `job`: null for an alarm.
 */
export function bindPlaybook(playbook: Playbook, service: PlayedService, job: Job | null = null): BoundPlaybook {
  const otherwise = problemOfJob(playbook, job);
  if (otherwise !== null) return { kind: 'unfit', reasons: [otherwise] };
  const allowed = service.playbooks.find(({ id }) => id === playbook.id);
  if (allowed === undefined)
    return { kind: 'unfit', reasons: [`the service ${service.id} does not allow ${playbook.id}`] };
  const given: Values = allowed.with;
  const values: Record<string, Scalar> = {};
  const reasons = Object.keys(given)
    .filter((name) => !isGivenByService(playbook.parameters[name]))
    .map((name) => `${name} is not a parameter that a service sets for ${playbook.id}: leave it out`);
  for (const [name, spec] of Object.entries(playbook.parameters)) {
    const value = spec.value ?? (spec.from === undefined ? given[name] : factOf(service, spec.from, job));
    const parsed = value === undefined || value === null ? null : valueSchema(spec).safeParse(value);
    if (parsed?.success === true) values[name] = parsed.data;
    else
      reasons.push(
        parsed === null ? missing(name, spec, service) : `${name}: ${parsed.error.issues[0]?.message ?? 'unfit'}`,
      );
  }
  return reasons.length === 0 ? { kind: 'bound', values } : { kind: 'unfit', reasons };
}

const isGivenByService = (spec: ParameterSpec | undefined): boolean =>
  spec !== undefined && spec.value === undefined && spec.from === undefined;

const missing = (name: string, spec: ParameterSpec, { id }: PlayedService): string =>
  spec.from === undefined
    ? `${name} has no value: add it to "with" of the service ${id}`
    : `${name} is taken from ${spec.from}, which the service ${id} does not have`;

/** Why a playbook is not for this job, or needs one; else null. The job decides which Airflow is called, so the playbook must name the same. */
function problemOfJob(playbook: Playbook, job: Job | null): string | null {
  const { jobs } = playbook.when;
  const kind = job === null ? null : playbookJobOf(job);
  if (jobs === undefined) return job === null ? null : `${playbook.id} is for alarms`;
  if (job === null || kind === null || !jobs.includes(kind)) return `${playbook.id} is for ${jobs.join(', ')}`;
  const others = endpointsOf(playbook).filter((text) => !text.startsWith(`${job.endpoint}:/`));
  return others.length === 0
    ? null
    : `${playbook.id} calls ${others[0]}, and the job is one of the endpoint ${job.endpoint}`;
}

const endpointsOf = (playbook: Playbook): string[] =>
  playbook.kind === 'api_call'
    ? [playbook, playbook.observe, playbook.verify, playbook.undo].flatMap((call) => call?.endpoint ?? [])
    : [];

/** A job that a playbook may be for, to check a configuration by; null for a playbook that is for alarms. */
export function sampleJobOf(playbook: Playbook): Job | null {
  const [kind] = playbook.when.jobs ?? [];
  if (kind === undefined) return null;
  const [endpoint = ''] = endpointsOf(playbook)[0]?.split(':') ?? [];
  return SAMPLE_JOBS[kind](endpoint);
}

const SAMPLE_TASK = { kind: 'airflow-task', dag: 'nightly', run: 'manual__1', task: 'load' } as const;
const SAMPLE_JOBS: Readonly<Record<PlaybookJob, (endpoint: string) => Job>> = {
  'airflow-task': (endpoint) => ({ ...SAMPLE_TASK, endpoint, mapIndex: -1 }),
  'airflow-blocking-task': (endpoint) => ({ ...SAMPLE_TASK, endpoint, mapIndex: -1, isBlocking: true }),
  'airflow-mapped-task': (endpoint) => ({ ...SAMPLE_TASK, endpoint, mapIndex: 0 }),
};

function jobFactOf(job: Job | null, fact: JobFact): string | null {
  if (job?.kind !== 'airflow-task') return null;
  switch (fact) {
    case 'job.dag':
      return job.dag;
    case 'job.run':
      return job.run;
    case 'job.task':
      return job.task;
    default:
      return fact satisfies never;
  }
}

function factOf(
  { id, logGroup, deployment }: PlayedService,
  fact: NonNullable<ParameterSpec['from']>,
  job: Job | null,
): string | null {
  if (isJobFact(fact)) return jobFactOf(job, fact);
  const isLambda = deployment?.kind === 'lambda-alias';
  const isEcs = deployment?.kind === 'ecs-service';
  switch (fact) {
    case 'service':
      return id;
    case 'logGroup':
      return logGroup;
    case 'functionName':
      return isLambda ? deployment.functionName : null;
    case 'alias':
      return isLambda ? deployment.alias : null;
    case 'cluster':
      return isEcs ? deployment.cluster : null;
    case 'ecsService':
      return isEcs ? deployment.service : null;
    default:
      return fact satisfies never;
  }
}

/**
 * 32 hexadecimal digits: equal for the same playbook, service, values and alarm, and new for the next alarm. Prevents
 * repeats.
 */
export function keyOf(parts: { playbook: string; service: string; since: string; values: Values }): string {
  return digestOf(canonicalJson(parts), 32);
}
