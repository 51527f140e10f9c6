import { resolve } from 'node:path';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import { InvalidInput, messageOf } from '@selfheal/kernel/errors.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { UnreadableReport } from '@selfheal/reports/normal-form/unreadable-report.ts';
import { resultFile } from '#apps/workbench/feedback/write-result.ts';
import { decidingFilesOf } from '#apps/workbench/input/base-files.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { writeOutputs } from '#shared/adapters/system/output-files.ts';
import { fileReaderOf } from './github.ts';
import { inWordsOfInputs } from './input-words.ts';
import { type ActionInputs, readInputs } from './inputs.ts';
import { readJobContext } from './job-context.ts';
import { type Environment, makeRunner, type Runner } from './runner.ts';
import { connectState } from './state.ts';
import type { Task, TaskInput, TaskOutcome } from './task.ts';
import { TASKS } from './tasks/registry.ts';

/** Length of a sentence in a job's result. */
const MAX_SUMMARY_LENGTH = 500;

type Tasks = Readonly<Record<string, () => Promise<{ readonly task: Task }>>>;

/**
 * Runs the tasks that the inputs name, one after the other, and returns the exit code of the step.
 *
 * A wrong input and a missing, unreadable or wrong report fail it, and so does bad news that `fail-on` names. What Selfheal itself cannot do (an error
 * of its own, a deployment or a GitHub that does not answer, a right that is missing) is a warning. `exit-code`, of the step whose reports are
 * read, is passed on in any case.
 */
export async function runAction(
  environment: Environment,
  write: (text: string) => void,
  tasks: Tasks = TASKS,
): Promise<number> {
  const runner = makeRunner(environment, write);
  let inputs: ActionInputs;
  try {
    inputs = readInputs(environment);
    for (const id of inputs.task) knownTask(tasks, id);
  } catch (error) {
    runner.annotate({ level: 'error', title: 'Selfheal', message: messageOf(error) });
    return 1;
  }
  runner.mask(inputs.token);
  const job = readJobContext(environment);
  for (const message of job.problems) runner.annotate({ level: 'warning', title: 'Selfheal', message });
  const decidingFiles = decidingFilesOf(job.origin, job.workspace, fileReaderOf(inputs, job));
  const input: TaskInput = {
    inputs,
    job,
    environment,
    decidingFiles,
    state: connectState(inputs, { job, environment, runner, decidingFiles }),
    clock: systemClock,
    random: Math.random,
    say: runner.say,
  };
  let code = 0;
  for (const id of inputs.task) code = Math.max(code, await runTask(id, { tasks, input, runner }));
  if (inputs.exitCode !== 0) {
    runner.say(`The exit code ${inputs.exitCode} of the step before is passed on.`);
    return inputs.exitCode;
  }
  return code;
}

function knownTask(tasks: Tasks, id: string): Tasks[string] {
  const load = Object.hasOwn(tasks, id) ? tasks[id] : undefined;
  if (load !== undefined) return load;
  throw new InvalidInput(`task: "${id.slice(0, 100)}" is no task. Use ${Object.keys(tasks).join(', ')}.`);
}

interface Rig {
  readonly tasks: Tasks;
  readonly input: TaskInput;
  readonly runner: Runner;
}

async function runTask(id: string, { tasks, input, runner }: Rig): Promise<0 | 1> {
  const { outcome, keepsResult } = await outcomeOf(id, tasks, input);
  const { status, summary, annotations = [], outputs = {}, markdown, bad = [] } = outcome;
  for (const annotation of annotations) runner.annotate(annotation);
  const fails = status === 'broken' || bad.some((kind) => input.inputs.failOn.includes(kind));
  runner.say(`${id}: ${status}: ${summary}`);
  if (status === 'broken') runner.annotate({ level: 'error', title: `Selfheal: ${id}`, message: summary });
  if (status === 'unavailable')
    runner.annotate({
      level: 'warning',
      title: `Selfheal: ${id} was not done`,
      message: `${summary} This fails nothing.`,
    });
  try {
    for (const [name, value] of Object.entries({ ...outputs, status })) await runner.setOutput(name, value);
    if (markdown !== '') await runner.summarize(markdown ?? `**Selfheal ${id}: ${status}.** ${summary}`);
    if (keepsResult) await writeResult(id, outcome, input);
  } catch (error) {
    // The disk is full or a file of the runner is missing; the verdict does not change.
    runner.annotate({
      level: 'warning',
      title: `Selfheal: ${id}`,
      message: `The result was not written: ${messageOf(error)}`,
    });
  }
  return fails ? 1 : 0;
}

async function outcomeOf(
  id: string,
  tasks: Tasks,
  input: TaskInput,
): Promise<{ readonly outcome: TaskOutcome; readonly keepsResult: boolean }> {
  let keepsResult = true;
  try {
    const { task } = await knownTask(tasks, id)();
    keepsResult = task.keepsResult ?? true;
    return { outcome: await task.run(input), keepsResult };
  } catch (error) {
    const summary = redactName(inWordsOfInputs(messageOf(error)), MAX_SUMMARY_LENGTH);
    if (isAboutInput(error)) return { outcome: { status: 'broken', summary }, keepsResult };
    if (error instanceof Error && error.stack !== undefined && isBug(error)) input.say(error.stack);
    return { outcome: { status: 'unavailable', summary }, keepsResult };
  }
}

/** Wrong input, which whoever gave it can mend; not an outage. */
const isAboutInput = (error: unknown): boolean =>
  error instanceof InvalidInput || error instanceof UnreadableReport || error instanceof UsageError;

/** An error of JavaScript itself is a bug of ours: its place belongs in a report to us. */
const isBug = ({ name }: Error): boolean => /^(?:Type|Range|Reference|Syntax)?Error$/.test(name);

/** `<results>/<name>.json`, with `name` the input or else the task: what `feedback` reads. */
async function writeResult(id: string, { status, summary, facts = [] }: TaskOutcome, input: TaskInput): Promise<void> {
  const { inputs, job } = input;
  const name = inputs.name === '' ? id : inputs.task.length > 1 ? `${inputs.name} (${id})` : inputs.name;
  await writeOutputs(
    resolve(job.workspace, inputs.results),
    resultFile(name, name, { status, summary, facts }),
    'results',
  );
}
