import type { ExecutionSummary, StateMachine, StepFunctionsOptions } from './contract.ts';
import type { Header } from './entries.ts';
import { Execution } from './execution.ts';
import type { Journal } from './journal.ts';
import type { Machines } from './machines.ts';
import { newSnapshot, type Snapshot } from './position.ts';
import { replay } from './replay.ts';
import type { FoundJournal, Store } from './store.ts';

/** All executions: running ones in full, ended ones as summaries. */
export class Executions {
  readonly #options: StepFunctionsOptions;
  readonly #store: Store;
  readonly #machines: Machines;
  readonly #running = new Map<string, Execution>();
  readonly #ended = new Map<string, ExecutionSummary>();
  /** New executions whose first journal line is being written. */
  readonly #starting = new Map<string, Promise<void>>();

  constructor(options: StepFunctionsOptions, store: Store, machines: Machines) {
    this.#options = options;
    this.#store = store;
    this.#machines = machines;
    this.#load();
  }

  #load(): void {
    const { running, ended, corrupt } = this.#store.load();
    for (const summary of ended) this.#ended.set(summary.executionArn, summary);
    for (const found of running) this.#restore(found);
    for (const { header, file, reason } of corrupt) this.#giveUp(header, file, reason);
  }

  #restore(found: FoundJournal): void {
    const first = found.entries[0];
    try {
      const snapshot = replay(found.entries);
      const execution = this.#assemble(snapshot, found.journal);
      if (snapshot.ended) this.#finish(execution.summary());
      else this.#running.set(snapshot.header.executionArn, execution);
    } catch (error) {
      this.#giveUp(first?.type === 'started' ? first.header : null, found.journal.file, String(error));
    }
  }

  /** Marks an execution that cannot continue as failed, so that its watcher can start a new one. */
  #giveUp(header: Header | null, file: string, cause: string): void {
    this.#store.setAside(file);
    if (!header) return;
    const { executionArn, name, machineArn, machineName, startedAt } = header;
    const at = Date.now();
    const end = { type: 'ended', at, status: 'FAILED', error: 'States.Runtime', cause } as const;
    this.#store.create(header).append(end);
    const { status, error } = end;
    this.#finish({
      executionArn,
      name,
      stateMachineArn: machineArn,
      machineName,
      status,
      startedAt,
      stoppedAt: at,
      error,
    });
    this.#options.onEvent({ executionArn, name, machineName, type: 'ExecutionFailed', at, detail: { error, cause } });
  }

  #assemble(snapshot: Snapshot, journal: Journal): Execution {
    const { machineArn, machineName, roleArn, definition } = snapshot.header;
    const compiled = this.#machines.compiled(machineName, definition);
    const gone: StateMachine = {
      arn: machineArn,
      name: machineName,
      roleArn,
      definition: null,
      aliases: [],
      versions: [],
    };
    const machine = this.#machines.source(machineArn) ?? gone;
    const onEnd = (ended: Execution) => this.#finish(ended.summary());
    return new Execution({ snapshot, journal, machine, definition: compiled, options: this.#options, onEnd });
  }

  #finish(summary: ExecutionSummary): void {
    this.#running.delete(summary.executionArn);
    const isKnown = this.#ended.has(summary.executionArn);
    if (!isKnown) this.#ended.set(summary.executionArn, summary);
    try {
      if (!isKnown) this.#store.remember(summary);
      this.#store.archive(summary);
    } catch {
      // The end is in the journal, which stays where it is: the next start lists and archives it.
    }
  }

  /** Writes the first journal line of a new execution and runs it when the line is safely on disk. */
  async begin(header: Header): Promise<void> {
    const journal = this.#store.create(header);
    const execution = this.#assemble(newSnapshot(header), journal);
    this.#running.set(header.executionArn, execution);
    const written = journal.sync();
    this.#starting.set(header.executionArn, written);
    try {
      await written;
    } catch (error) {
      // No caller has heard of an execution whose first line could not be written, so it must not exist.
      this.#running.delete(header.executionArn);
      journal.discard();
      throw error;
    } finally {
      this.#starting.delete(header.executionArn);
    }
    execution.announce(true);
    execution.start();
  }

  /** Waits until the first journal line of a new execution is on disk. */
  async started(executionArn: string): Promise<void> {
    await this.#starting.get(executionArn);
  }

  resumeAll(): void {
    for (const [arn, execution] of this.#running) {
      if (this.#starting.has(arn) || execution.isStarted) continue;
      execution.announce(false);
      execution.start();
    }
  }

  running(executionArn: string): Execution | null {
    return this.#running.get(executionArn) ?? null;
  }

  summary(executionArn: string): ExecutionSummary | null {
    return this.#running.get(executionArn)?.summary() ?? this.#ended.get(executionArn) ?? null;
  }

  /** Newest first. */
  list(): ExecutionSummary[] {
    const all = [...this.#ended.values(), ...[...this.#running.values()].map((one) => one.summary())];
    return all.sort((a, b) => b.startedAt - a.startedAt || (a.executionArn < b.executionArn ? 1 : -1));
  }

  async stop(): Promise<void> {
    for (const execution of this.#running.values()) execution.halt();
    await this.#store.settle();
  }
}
