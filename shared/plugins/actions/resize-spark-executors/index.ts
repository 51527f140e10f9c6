import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { ExecutorSize, hasSize, sizeWords, withSize } from '#shared/domain/incident/executor-size.ts';
import { jobKey, SparkApplication } from '#shared/domain/incident/job.ts';
import { type SparkSource, sparkSourceOf } from '#shared/domain/jobs/job-settings.ts';
import { CHANGES_SETTINGS } from '#shared/domain/plan/candidates.ts';
import { alarmSchedule } from '../common/alarm-verification.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import { type ActionPlugin, type ActionPorts, defineAction, type Grant, type ProposalContext } from '../contract.ts';

const Parameters = z.strictObject({
  service: z.string().regex(/^[a-z0-9-]{1,60}$/),
  job: SparkApplication,
  /** Name of the SSM parameter with the settings. */
  parameter: z.string().min(1).max(1000),
  size: ExecutorSize,
});
type Parameters = z.infer<typeof Parameters>;

export const RESIZE_SPARK_EXECUTORS = 'resize-spark-executors';

const SAMPLE: Parameters = {
  service: 'reports',
  job: { kind: 'spark-application', endpoint: 'spark-history', application: 'nightly-report' },
  parameter: '/reports/spark',
  size: { memoryMb: 8192, cores: 2 },
};
const NEXT_SUBMIT = 'It counts from the next submit: a running application keeps its executors.';

/** The action, where an entry of `jobs.spark` says in which parameter the settings live; otherwise nothing. */
export function sparkActions({ jobs }: Pick<Configuration, 'jobs'>): ActionPlugin<Parameters>[] {
  return jobs.spark.some(({ executors }) => executors !== undefined) ? [resizeSparkExecutors] : [];
}

/**
 * Writes memory and cores of the executors of a Spark application into the SSM parameter from which its owner's submit script reads them. Only on request, within the
 * owner's bounds, and always approved by a person. https://spark.apache.org/docs/latest/configuration.html#application-properties
 */
const resizeSparkExecutors = defineAction<Parameters>({
  id: RESIZE_SPARK_EXECUTORS,
  title: 'Resize the executors of a Spark application',
  family: 'ssm',
  risk: 'medium',
  impact: CHANGES_SETTINGS,
  forJobs: true,
  repeat: { kind: 'harmless', because: 'writing the same settings again changes nothing' },
  parameters: Parameters,
  sample: SAMPLE,
  propose,
  describe: ({ job, parameter, size }) =>
    `Sets the executors of the Spark application ${job.application} to ${sizeWords(size)} in the SSM parameter ${parameter}. ${NEXT_SUBMIT}`,
  describeUndo: ({ parameter }) => `Selfheal writes what ${parameter} held before.`,
  approvalReason: () => 'The size of executors costs money, so a person approves it.',
  targetKey: ({ job }) => jobKey(job),
  grants: ({ jobs }) => {
    const names = jobs.spark.flatMap(({ executors }) => executors?.parameter ?? []);
    const on = (action: string): Grant[] =>
      names.map((name) => ({
        actions: [action],
        resources: [`arn:\${Partition}:ssm:\${Region}:\${Account}:parameter/${name.replace(/^\//, '')}`],
      }));
    const [read, write] = [on('ssm:GetParameter'), on('ssm:PutParameter')];
    return { execute: [...read, ...write], observe: read, undo: [...read, ...write] };
  },
  schedule: alarmSchedule,
  observe: async ({ parameter, size }, { parameters, clock }) => {
    const text = await parameters.read(parameter);
    if (text === null) return { kind: 'superseded', reason: `There is no SSM parameter ${parameter}.` };
    if (withSize(text, size) === null) return { kind: 'superseded', reason: notSettings(parameter) };
    if (!hasSize(text, size)) return { kind: 'not-started' };
    return { kind: 'happened', receipt: makeReceipt(`${parameter} says ${sizeWords(size)}.`, clock.now(), {}) };
  },
  execute: async ({ job, parameter, size }, ports) => {
    const before = await settingsIn(parameter, ports);
    const after = withSize(before, size);
    if (after === null) throw new Refused(notSettings(parameter));
    await ports.parameters.write(parameter, after);
    const summary = `Set the executors of ${job.application} to ${sizeWords(size)} in ${parameter}. ${NEXT_SUBMIT}`;
    return makeReceipt(summary, ports.clock.now(), { before });
  },
  verify: async ({ parameter, size }, _receipt, { ports }) =>
    hasSize(await settingsIn(parameter, ports), size)
      ? { state: 'recovered', summary: `${parameter} says ${sizeWords(size)}. ${NEXT_SUBMIT}` }
      : { state: 'failed', summary: `Somebody else changed ${parameter}.`, inconclusive: true },
  undo: async ({ parameter, size }, { facts: { before } }, ports) => {
    if (typeof before !== 'string')
      throw new Refused(`What ${parameter} held before is not known; it was left as it is.`);
    const now = await settingsIn(parameter, ports);
    if (now === before) return `${parameter} already holds again what it held before.`;
    if (!hasSize(now, size)) throw new Refused(`Somebody else changed ${parameter}, so it was left as it is.`);
    await ports.parameters.write(parameter, before);
    return `${parameter} holds again what it held before.`;
  },
});

/** Only what somebody asked for, within the bounds of the application's owner. */
function propose({ target, requested, service, configuration }: ProposalContext) {
  const job = target.kind === 'report' ? target.job : undefined;
  if (job?.kind !== 'spark-application' || requested?.actionId !== RESIZE_SPARK_EXECUTORS || service === null)
    return [];
  const { executors: size } = requested;
  const source = sparkSourceOf(configuration.jobs, job.application, job.endpoint);
  if (size === undefined || source?.executors === undefined || source.service !== service.id) return [];
  if (boundObjection(size, source.executors) !== null) return [];
  const parameters = { service: service.id, job, parameter: source.executors.parameter, size };
  return [{ parameters, confidence: 1, reason: `The owner allows it for ${job.application}.` }];
}

/** Why a size is above what the owner allows, or null. */
export function boundObjection(
  { memoryMb, cores }: ExecutorSize,
  { maxMemoryMb, maxCores }: NonNullable<SparkSource['executors']>,
): string | null {
  if (memoryMb !== null && memoryMb > maxMemoryMb)
    return `${memoryMb} MB are more than the ${maxMemoryMb} MB that its owner allows`;
  return cores !== null && cores > maxCores
    ? `${cores} cores are more than the ${maxCores} that its owner allows`
    : null;
}

async function settingsIn(parameter: string, { parameters }: Pick<ActionPorts, 'parameters'>): Promise<string> {
  const text = await parameters.read(parameter);
  if (text === null) throw new Refused(`There is no SSM parameter ${parameter}.`);
  return text;
}

const notSettings = (parameter: string): string =>
  `The SSM parameter ${parameter} holds no JSON object of Spark settings such as {"spark.executor.memory": "4g"}.`;
