import { Cancellation } from './cancellation.ts';
import type { ExecutionSummary, StateMachine, StepFunctionsOptions, TaskContext, WorkflowEvent } from './contract.ts';
import type { Machine } from './definition.ts';
import type { EndEntry, Entry, Header, NewEntry, ScopeEntry } from './entries.ts';
import { eventOf, shownError } from './events.ts';
import { ApiFault, Halted, ScopeFailure } from './faults.ts';
import type { Journal } from './journal.ts';
import type { Json } from './json.ts';
import type { Snapshot, TaskPhase } from './position.ts';
import { apply } from './replay.ts';
import { runScope } from './run-scope.ts';
import type { Run } from './step.ts';
import { alarmAt } from './timers.ts';

/** AWS's limit, against machines that loop forever. */
const HISTORY_LIMIT = 25_000;

export interface ExecutionParts {
  readonly snapshot: Snapshot;
  readonly journal: Journal;
  readonly machine: StateMachine;
  readonly definition: Machine;
  readonly options: StepFunctionsOptions;
  /** Called once, after the end is recorded. */
  readonly onEnd: (execution: Execution) => void;
}

/** One running execution: its position, its journal and the loop that advances it. */
export class Execution implements Run {
  readonly #parts: ExecutionParts;
  readonly #cancellation = new Cancellation();
  readonly #wakers = new Map<string, () => void>();
  #running = false;

  constructor(parts: ExecutionParts) {
    this.#parts = parts;
  }

  get header(): Header {
    return this.#parts.snapshot.header;
  }
  get machine(): StateMachine {
    return this.#parts.machine;
  }
  get journal(): Journal {
    return this.#parts.journal;
  }
  get ended(): Snapshot['ended'] {
    return this.#parts.snapshot.ended;
  }

  get isStarted(): boolean {
    return this.#running;
  }

  /** Starts, or continues from the recorded position. A second call does nothing. */
  start(): void {
    if (this.#running || this.ended) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    const { definition, snapshot } = this.#parts;
    const timeoutAt = this.header.timeoutAt;
    const disarm = timeoutAt === null ? () => {} : alarmAt(timeoutAt, () => this.#timeOut());
    try {
      const output = await runScope(this, definition, snapshot.root, this.#cancellation);
      this.end({ type: 'ended', status: 'SUCCEEDED', output });
    } catch (error) {
      if (error instanceof Halted) return;
      const { error: name, cause } = error instanceof ScopeFailure ? error : engineFault(error);
      this.end({ type: 'ended', status: 'FAILED', error: shownError(name), cause });
    } finally {
      disarm();
    }
  }

  #timeOut(): void {
    this.end({ type: 'ended', status: 'TIMED_OUT' });
  }

  /** Records the end, unless it is already recorded or the execution is halted. */
  end(entry: EndEntry): void {
    if (this.ended || this.#cancellation.cancelled) return;
    try {
      this.#record(entry);
    } catch (error) {
      if (error instanceof Halted) return;
      throw error;
    }
    this.#cancellation.cancel();
    this.#parts.onEnd(this);
  }

  /** Halts; the journal keeps the position for the next process. */
  halt(): void {
    this.#cancellation.cancel();
  }

  commit(entry: ScopeEntry): void {
    if (this.#parts.snapshot.events >= HISTORY_LIMIT) {
      throw new ScopeFailure(
        'States.Runtime',
        `The execution reached the maximum number of history events (${HISTORY_LIMIT}).`,
      );
    }
    this.#record(entry);
  }

  #record(entry: NewEntry): void {
    this.#cancellation.check();
    const { snapshot, journal } = this.#parts;
    const full: Entry = { ...entry, at: Date.now() };
    try {
      journal.append(full);
    } catch (error) {
      this.halt();
      this.#show({ ...this.#identity(), type: 'ExecutionHalted', at: full.at, detail: { cause: String(error) } });
      throw new Halted('the journal could not be written');
    }
    const position = 'scope' in entry ? (snapshot.positions.get(entry.scope) ?? null) : null;
    const before = position?.state ?? null;
    apply(snapshot, full);
    this.#show(eventOf(snapshot, full, position, before));
  }

  #identity() {
    const { executionArn, name, machineName } = this.header;
    return { executionArn, name, machineName };
  }

  /** Reports that the execution started (true) or continues after a restart (false). */
  announce(isNew: boolean): void {
    const type = isNew ? 'ExecutionStarted' : 'ExecutionResumed';
    const at = isNew ? this.header.startedAt : Date.now();
    this.#show({ ...this.#identity(), type, at, detail: { input: this.header.input } });
  }

  #show(event: WorkflowEvent | null): void {
    if (!event) return;
    try {
      this.#parts.options.onEvent(event);
    } catch {
      // Showing is not part of the work: a listener that fails must not stop an execution.
    }
  }

  async callTask(resource: string, args: Json, context: TaskContext): Promise<unknown> {
    return this.#parts.options.runTask(this.machine, resource, args, context);
  }

  onAnswer(scope: string, wake: () => void): () => void {
    this.#wakers.set(scope, wake);
    return () => this.#wakers.delete(scope);
  }

  toMs(seconds: number): number {
    return seconds * 1_000 * (this.#parts.options.timeScale ?? 1);
  }

  toWorkMs(seconds: number): number {
    const { timeScale = 1, workTimeScale = timeScale } = this.#parts.options;
    return seconds * 1_000 * workTimeScale;
  }

  /**
   * Records an answer to a task token. Only the first answer counts.
   * @throws ApiFault `TaskTimedOut` when the task no longer waits
   */
  answer(scope: string, token: string, entry: ScopeEntry): void {
    const phase = this.#parts.snapshot.positions.get(scope)?.phase;
    if (this.ended || phase?.kind !== 'task' || phase.token !== token || isOverdue(phase)) throw taskTimedOut();
    this.commit(entry);
    if (entry.type !== 'heartbeat') this.#wakers.get(scope)?.();
  }

  summary(): ExecutionSummary {
    const { header, ended } = this;
    return {
      executionArn: header.executionArn,
      name: header.name,
      stateMachineArn: header.machineArn,
      machineName: header.machineName,
      status: ended?.status ?? 'RUNNING',
      startedAt: header.startedAt,
      stoppedAt: ended?.at ?? null,
      error: ended?.error ?? null,
    };
  }
}

export function taskTimedOut(): ApiFault {
  return new ApiFault('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
}

function isOverdue(phase: TaskPhase): boolean {
  return phase.timeoutAt !== null && phase.timeoutAt <= Date.now();
}

function engineFault(error: unknown): { error: string; cause: string } {
  return { error: 'States.Runtime', cause: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}
