import { setFlagsFromString } from 'node:v8';
import { providersOf } from '../cdn/bucket-deployment.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { Deployment } from '../template/deployment.ts';
import { AwsFault } from '../wire/request.ts';
import { environmentOf, type FunctionDefinition, readFunction } from './definition.ts';
import { makeLogFiles } from './log-files.ts';
import { type FunctionPool, type InvocationResult, makePool } from './pool.ts';

export interface Functions {
  /** Finds a function by name, ARN or partial ARN, with or without version or alias. */
  find(nameOrArn: string): FunctionDefinition | undefined;
  all(): readonly FunctionDefinition[];
  /**
   * Runs the function on JSON text. Throws `AwsFault` when it does not exist or its reserved concurrency is used up, and the signal's reason when it is
   * aborted before a worker is free: an answer that nobody waits for any more takes no worker from others.
   */
  invoke(nameOrArn: string, event: string, signal?: AbortSignal): Promise<InvocationResult>;
  /** What its workers get. Throws `AwsFault` when there is no such function. */
  environmentOf(nameOrArn: string): Record<string, string>;
  /** Starts a worker for each of these functions, one after another, as long as no other worker must end for it. */
  warm(names: readonly string[]): Promise<void>;
  /** Number of invocations running or waiting. */
  load(): number;
  stop(): Promise<void>;
}

export interface FunctionsOptions {
  readonly deployment: Deployment;
  readonly authorizer: Authorizer;
  readonly dataDir: string;
  readonly maxWorkersPerFunction: number;
  /** Folder of compiled bundles; created when missing. */
  readonly compileCacheDir: string;
  /** Every function keeps its workers, and their garbage is collected late: more memory, less work. */
  readonly ampleMemory: boolean;
  /** Environment variables that every function gets in addition to the template's. */
  readonly extraEnvironment: Readonly<Record<string, string>>;
  onInvoked(definition: FunctionDefinition, result: InvocationResult): void;
}

const IDLE_MS = 30_000;
/** Workers kept over all functions; beyond this number the longest idle one ends. Each costs 30 to 40 MB. */
const KEPT_WORKERS = 16;
/** The number kept where memory is ample. */
const KEPT_WHEN_AMPLE = 64;
/**
 * The number kept while many events are running and the process has grown beyond this resident memory. An incident passes through nine functions, one
 * after the other: with fewer workers than that, each evicts the one that is needed next.
 */
const KEPT_WHEN_CROWDED = 11;
const CROWDED_BYTES = 450_000_000;
const CROWDED_EVENTS = 4;
/** Above this number a function gets no second worker: other functions need the memory more. */
const GROWING_WORKERS = 6;
/** Functions of this memory handle much at a time, an API's lists for example; a small young generation is collected several times a request. */
const LARGE_MB = 1024;
const TRACE_ACTIONS = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];

/** The deployment's Lambda functions, each in its own worker threads. */
export function makeFunctions(options: FunctionsOptions): Functions {
  const { deployment, authorizer } = options;
  // Idle workers return unused memory after half a second instead of eight: a third of their heap.
  if (!options.ampleMemory) setFlagsFromString('--gc-memory-reducer-start-delay-ms=500');
  const logs = makeLogFiles(options.dataDir, authorizer, deployment);
  const providers = providersOf(deployment);
  const definitions = deployment
    .ofType('AWS::Lambda::Function')
    .filter(({ arn }) => !providers.has(arn ?? ''))
    .map((resource) => readFunction(resource, deployment, authorizer));
  const pools = new Map<string, FunctionPool>();
  const workers = () => [...pools.values()].reduce((sum, pool) => sum + pool.workers(), 0);
  const load = () => [...pools.values()].reduce((sum, pool) => sum + pool.load(), 0);
  const isCrowded = () => load() >= CROWDED_EVENTS && process.memoryUsage.rss() > CROWDED_BYTES;
  const kept = () => (options.ampleMemory ? KEPT_WHEN_AMPLE : isCrowded() ? KEPT_WHEN_CROWDED : KEPT_WORKERS);
  const makeRoom = () => {
    if (workers() >= kept()) maxIdle(pools.values())?.reap();
  };
  /** The limit may be exceeded while all workers are busy; an idle worker ends as soon as it is. */
  const onIdle = () => {
    if (workers() > kept()) maxIdle(pools.values())?.reap();
  };
  const mayGrow = () => workers() < GROWING_WORKERS;
  for (const definition of definitions) {
    pools.set(definition.name, poolOf(definition, options, { write: logs.write, makeRoom, onIdle, mayGrow }));
  }
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const reaper = setInterval(() => {
    for (const pool of pools.values()) {
      const since = pool.idleSince();
      if (pool.workers() > 1 && since !== null && Date.now() - since >= IDLE_MS) pool.reap();
    }
  }, IDLE_MS / 3);
  reaper.unref();

  let stopped = false;
  const find = (nameOrArn: string) => byName.get(functionName(nameOrArn));
  return {
    find,
    all: () => definitions,
    async invoke(nameOrArn, event, signal) {
      const definition = find(nameOrArn);
      const pool = definition && pools.get(definition.name);
      if (definition === undefined || pool === undefined) {
        throw new AwsFault('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
      }
      if (definition.reservedConcurrency !== null && pool.load() >= definition.reservedConcurrency) {
        const details = { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' };
        throw new AwsFault('TooManyRequestsException', 'Rate Exceeded.', 429, '', details);
      }
      if (definition.traced) {
        authorizer.refusedFor(
          definition.role,
          TRACE_ACTIONS.map((action) => ({ action, resource: '*' })),
        );
      }
      const result = await pool.run(event, nameOrArn.startsWith('arn:') ? nameOrArn : definition.arn, signal);
      options.onInvoked(definition, result);
      return result;
    },
    environmentOf(nameOrArn) {
      const definition = find(nameOrArn);
      if (definition === undefined)
        throw new AwsFault('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
      return environmentOf(definition, deployment, options.extraEnvironment);
    },
    async warm(names) {
      for (const name of names) {
        if (stopped || workers() >= KEPT_WORKERS) return;
        await pools.get(name)?.warm();
      }
    },
    load,
    async stop() {
      stopped = true;
      clearInterval(reaper);
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
      await logs.stop();
    },
  };
}

interface PoolSurroundings {
  write(definition: FunctionDefinition, text: string): void;
  makeRoom(): void;
  onIdle(): void;
  mayGrow(): boolean;
}

function poolOf(definition: FunctionDefinition, options: FunctionsOptions, around: PoolSurroundings): FunctionPool {
  return makePool(definition, {
    maxWorkers: Math.max(
      1,
      Math.min(options.maxWorkersPerFunction, definition.reservedConcurrency ?? Number.MAX_VALUE),
    ),
    environment: environmentOf(definition, options.deployment, options.extraEnvironment),
    compileCacheDir: options.compileCacheDir,
    youngGenerationMb: options.ampleMemory || definition.memoryMb >= LARGE_MB ? 16 : 4,
    onOutput: (text) => around.write(definition, text),
    makeRoom: around.makeRoom,
    onIdle: around.onIdle,
    mayGrow: around.mayGrow,
  });
}

function maxIdle(pools: Iterable<FunctionPool>): FunctionPool | undefined {
  const idle = [...pools].flatMap((pool) => {
    const since = pool.idleSince();
    return since === null ? [] : [{ pool, since }];
  });
  return idle.sort((left, right) => left.since - right.since)[0]?.pool;
}

/** The name in `name`, `name:alias`, `123:function:name` or an ARN with or without qualifier. */
export function functionName(nameOrArn: string): string {
  const afterMarker = /(?:^|:)function:([^:/]+)/.exec(nameOrArn)?.[1];
  return afterMarker ?? nameOrArn.split(':')[0] ?? nameOrArn;
}
