import { StateFailure } from './faults.ts';
import { checkPayload, copyAsJson } from './json.ts';
import type { TaskPhase } from './position.ts';
import { commit, type Step } from './step.ts';
import { alarmAt } from './timers.ts';

const CAUSE_LIMIT = 32_768;

/** Shortens the cause to the length that a history event holds. */
export function limitCause(cause: string): string {
  return cause.slice(0, CAUSE_LIMIT);
}

/**
 * Runs a scheduled task until its outcome is recorded: a result, an error, a timeout, or an answer to its token.
 * After a restart the task runs again, unless only the answer was missing.
 */
export async function performTask(step: Step, phase: TaskPhase): Promise<void> {
  const settled = Promise.withResolvers<void>();
  const abort = new AbortController();
  let calling = false;
  const isOpen = () => step.position.phase === phase;
  /** Records the first outcome and ignores later ones. If it cannot be recorded, this run ends. */
  const settle = (record: () => void) => {
    if (!isOpen()) return;
    try {
      record();
      if (!isOpen()) settled.resolve();
    } catch (error) {
      settled.reject(error);
    }
  };
  const forget = [
    step.cancellation.onCancel(() => settle(() => step.cancellation.check())),
    step.run.onAnswer(step.position.path, settled.resolve),
    armTimeout(step, phase, settle),
    armHeartbeat(step, phase, settle),
  ];
  if (!phase.submitted) {
    calling = true;
    callTask(step, phase, abort.signal)
      .finally(() => {
        calling = false;
      })
      .then(
        (output) => settle(() => recordOutput(step, phase, output)),
        (error) => settle(() => recordError(step, error)),
      );
  }
  try {
    await settled.promise;
  } finally {
    for (const undo of forget) undo();
    if (calling) abort.abort();
  }
}

async function callTask(step: Step, phase: TaskPhase, signal: AbortSignal): Promise<unknown> {
  const { run, position, state } = step;
  return run.callTask(phase.resource, structuredClone(phase.arguments), {
    executionArn: run.header.executionArn,
    executionName: run.header.name,
    state: state.name,
    attempt: position.attempt,
    attemptId: `${position.path}#${position.steps}.${position.attempt}`,
    taskToken: phase.token,
    signal,
  });
}

function recordOutput(step: Step, phase: TaskPhase, value: unknown): void {
  try {
    const output = checkPayload(copyAsJson(value), 'result of the task');
    commit(step, { type: phase.token === null ? 'succeeded' : 'submitted', scope: step.position.path, output });
  } catch (error) {
    if (error instanceof StateFailure || error instanceof TypeError) recordError(step, error);
    else throw error;
  }
}

function recordError(step: Step, thrown: unknown): void {
  const { error, cause } = readError(thrown);
  commit(step, { type: 'failed', scope: step.position.path, error, cause: limitCause(cause) });
}

/** Name and message of a thrown value, if it has them. */
function readError(thrown: unknown): { error: string; cause: string } {
  if (thrown instanceof StateFailure) return { error: thrown.error, cause: thrown.cause };
  if (typeof thrown !== 'object' || thrown === null) return { error: 'States.TaskFailed', cause: String(thrown) };
  const { name, message } = thrown as { name?: unknown; message?: unknown };
  return {
    error: typeof name === 'string' && name !== '' ? name : 'States.TaskFailed',
    cause: typeof message === 'string' ? message : '',
  };
}

type Settle = (record: () => void) => void;

function armTimeout(step: Step, phase: TaskPhase, settle: Settle): () => void {
  if (phase.timeoutAt === null) return () => {};
  const failure = new StateFailure('States.Timeout', '');
  return alarmAt(phase.timeoutAt, () => settle(() => recordError(step, failure)));
}

/** Checks for a heartbeat once per interval. */
function armHeartbeat(step: Step, phase: TaskPhase, settle: Settle): () => void {
  const interval = phase.heartbeatMs;
  if (interval === null) return () => {};
  const failure = new StateFailure('States.HeartbeatTimeout', '');
  let disarm = () => {};
  const arm = () => {
    disarm = alarmAt(phase.beatAt + interval, () => {
      if (phase.beatAt + interval > Date.now()) arm();
      else settle(() => recordError(step, failure));
    });
  };
  arm();
  return () => disarm();
}
