import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { FunctionDefinition } from './definition.ts';

interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type InvocationResult = {
  readonly requestId: string;
  readonly milliseconds: number;
  /** A worker was started for this invocation. */
  readonly cold: boolean;
} & ({ readonly ok: true; readonly payload: string } | { readonly ok: false; readonly error: FunctionError });

type Answer = { ok: true; payload: string } | { ok: false; error: FunctionError };
interface Slot {
  readonly worker: Worker;
  used: boolean;
  idleSince: number;
}

export interface PoolOptions {
  readonly maxWorkers: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Folder of compiled bundles; created when missing. */
  readonly compileCacheDir: string;
  /** Megabytes of a worker's young generation; a small one keeps uncollected garbage small. */
  readonly youngGenerationMb: number;
  onOutput(text: string): void;
  /** Called before the first worker starts; frees memory when there are too many workers. */
  makeRoom(): void;
  /** Called when a worker becomes idle. */
  onIdle(): void;
  /** Whether another worker may start beside busy ones. */
  mayGrow(): boolean;
}

export interface FunctionPool {
  /** Runs the event (JSON text), waiting for a worker when all are busy. Rejects only with the reason of a signal that was aborted while it waited. */
  run(event: string, arn: string, signal?: AbortSignal): Promise<InvocationResult>;
  /** Starts the first worker if there is none; resolves when it has loaded the code. Never rejects. */
  warm(): Promise<void>;
  /** Number of events running or waiting. */
  load(): number;
  workers(): number;
  /** When the longest idle worker became idle (epoch milliseconds); null when none is idle. */
  idleSince(): number | null;
  /** Ends the longest idle worker. */
  reap(): void;
  stop(): Promise<void>;
}

/** How long an event waits for a busy worker before another one starts: starting takes longer than most waits. */
const PATIENCE_MS = 30;

/** The execution environments (workers) of one function. */
export function makePool(definition: FunctionDefinition, options: PoolOptions): FunctionPool {
  const idle: Slot[] = [];
  const waiting: ((slot: Slot) => void)[] = [];
  const alive = new Set<Worker>();
  let running = 0;
  let stopped = false;

  const start = (): Slot => {
    const worker = startWorker(definition, options);
    alive.add(worker);
    worker.once('exit', () => {
      alive.delete(worker);
      const at = idle.findIndex((slot) => slot.worker === worker);
      if (at !== -1) idle.splice(at, 1);
    });
    return { worker, used: false, idleSince: 0 };
  };
  const acquire = (): Promise<Slot> => {
    const free = idle.pop();
    if (free !== undefined) return Promise.resolve(free);
    if (alive.size === 0) {
      options.makeRoom();
      return Promise.resolve(start());
    }
    return new Promise((resolve) => {
      waiting.push(resolve);
      if (alive.size < options.maxWorkers) setTimeout(() => growFor(resolve), PATIENCE_MS);
    });
  };
  const growFor = (waiter: (slot: Slot) => void) => {
    const at = waiting.indexOf(waiter);
    if (at === -1 || alive.size >= options.maxWorkers || !options.mayGrow()) return;
    waiting.splice(at, 1);
    waiter(start());
  };
  const release = (slot: Slot | null) => {
    // After the end no event that still waits may start a worker: it would keep the process alive.
    const next = stopped ? undefined : waiting.shift();
    if (next !== undefined) next(slot ?? start());
    else if (slot !== null && !stopped) {
      idle.push(Object.assign(slot, { idleSince: Date.now() }));
      options.onIdle();
    }
  };

  return {
    async run(event, arn, signal) {
      running += 1;
      const slot = await acquire();
      if (signal?.aborted) {
        running -= 1;
        release(slot);
        throw signal.reason;
      }
      const cold = !slot.used;
      slot.used = true;
      const requestId = randomUUID();
      const began = performance.now();
      const answer = await invoke(slot.worker, definition, { event, arn, requestId });
      running -= 1;
      if (!answer.reusable) alive.delete(slot.worker);
      release(answer.reusable ? slot : null);
      return { ...answer.answer, requestId, cold, milliseconds: performance.now() - began };
    },
    async warm() {
      if (alive.size > 0) return;
      const slot = start();
      // Events may be sent at once: the worker takes them after loading.
      release(slot);
      slot.worker.postMessage({ load: true });
      await new Promise((resolve) => slot.worker.once('message', resolve).once('exit', resolve));
    },
    load: () => running,
    workers: () => alive.size,
    idleSince: () => idle[0]?.idleSince ?? null,
    reap() {
      const slot = idle.shift();
      if (slot === undefined) return;
      alive.delete(slot.worker);
      void slot.worker.terminate();
    },
    async stop() {
      stopped = true;
      await Promise.all([...alive].map((worker) => worker.terminate()));
    },
  };
}

function startWorker(definition: FunctionDefinition, options: PoolOptions): Worker {
  const { directory, handler, name, memoryMb, logGroup } = definition;
  const context = {
    functionName: name,
    functionVersion: '$LATEST',
    memoryLimitInMB: String(memoryMb),
    logGroupName: logGroup,
    logStreamName: 'local',
  };
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
    name,
    env: { ...options.environment },
    workerData: { directory, handler, context, compileCacheDir: options.compileCacheDir },
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: options.youngGenerationMb },
    execArgv: ['--no-warnings'],
    stdout: true,
    stderr: true,
  });
  // An error outside an invocation ends the worker; the 'exit' handler removes it from the pool.
  worker.on('error', () => undefined);
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => options.onOutput(text));
  }
  worker.unref();
  return worker;
}

interface Call {
  readonly event: string;
  readonly arn: string;
  readonly requestId: string;
}

function invoke(
  worker: Worker,
  definition: FunctionDefinition,
  call: Call,
): Promise<{ answer: Answer; reusable: boolean }> {
  const limitMs = definition.timeoutSeconds * 1000;
  return new Promise((resolve) => {
    const finish = (answer: Answer, reusable: boolean) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      if (!reusable) void worker.terminate();
      resolve({ answer, reusable });
    };
    const fail = (errorType: string, what: string) =>
      finish({ ok: false, error: { errorType, errorMessage: `RequestId: ${call.requestId} Error: ${what}` } }, false);
    const onMessage = (answer: Answer | { loaded: true }) => {
      if ('ok' in answer) finish(answer, true);
    };
    const onError = (error: NodeJS.ErrnoException) =>
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? fail('Runtime.OutOfMemory', 'Runtime exited with error: signal: killed')
        : finish({ ok: false, error: { errorType: error.name, errorMessage: error.message } }, false);
    const onExit = (code: number) => fail('Runtime.ExitError', `Runtime exited with error: exit status ${code}`);
    const timer = setTimeout(
      () => fail('Sandbox.Timedout', `Task timed out after ${definition.timeoutSeconds.toFixed(2)} seconds`),
      limitMs,
    );
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    const traceId = `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${call.requestId.replaceAll('-', '').slice(0, 24)};Sampled=0`;
    worker.postMessage({ ...call, deadlineMs: Date.now() + limitMs, traceId });
  });
}
