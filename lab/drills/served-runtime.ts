import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedFault, RuntimeState } from '@selfheal/local-cloud/control-api.ts';
import type { RuntimeEvent } from '@selfheal/local-cloud/runtime-contract.ts';
import type { Served, Traced } from '#apps/local/serve-runtime.ts';

export interface ServedOptions {
  readonly assemblyDir: string;
  readonly dataDir: string;
  readonly githubApiUrl: string;
  readonly awsWorldUrl: string;
  readonly webhookSecret: string;
  onEvent?(event: RuntimeEvent): void;
}

/** A runtime in a separate process that can be killed and restarted with the same state and addresses. */
export interface ServedRuntime {
  readonly served: Served;
  /** Process ids of the runtime and of its store. */
  pids(): number[];
  /** Restarts the runtime. Throws if it is running. */
  start(): Promise<void>;
  /** Kills the runtime with SIGKILL; `withStore` also kills the store's process, which otherwise ends by itself. */
  kill(withStore?: boolean): Promise<void>;
  /** Puts an event on the default bus. Retries while the runtime is down, as EventBridge does. */
  putEvent(event: object): Promise<void>;
  trigger(functionName: string): Promise<void>;
  planFaults(faults: readonly PlannedFault[]): Promise<void>;
  state(): Promise<RuntimeState>;
  /** Stops the runtime with SIGTERM. */
  stop(): Promise<void>;
}

const SERVE = join(import.meta.dirname, '../../apps/local/serve.ts');
const START_TIMEOUT_MS = 120_000;

/** Starts `serve.ts`. Throws an error with its output if it does not start. */
export async function serveRuntime(options: ServedOptions): Promise<ServedRuntime> {
  let child = spawnServer(options, null);
  let served = await readyLine(child, options);
  let closing = false;
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(served.controlUrl + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  };
  return {
    get served() {
      return served;
    },
    pids: () => [served.pid, ...storePid(options.dataDir)],
    async start() {
      if (isAlive(child)) throw new Error('The runtime is already running. Kill it before you start it again.');
      child = spawnServer(options, served);
      served = await readyLine(child, options);
    },
    async kill(withStore = false) {
      const stores = withStore ? storePid(options.dataDir) : [];
      await endWith(child, 'SIGKILL');
      for (const pid of stores) killStore(pid);
    },
    async putEvent(event) {
      while (!closing) {
        const sent = await ask('POST', '/events', event).then(
          () => true,
          () => false,
        );
        if (sent) return;
        await sleep(100);
      }
    },
    trigger: async (functionName) => void (await ask('POST', `/schedules/${functionName}`)),
    planFaults: async (faults) => void (await ask('PUT', '/faults', faults)),
    state: async () => (await ask('GET', '/state')) as RuntimeState,
    async stop() {
      closing = true;
      await endWith(child, 'SIGTERM');
    },
  };
}

/** The options that `npm start` passes to Node. */
const NODE_OPTIONS = ['--max-semi-space-size=4'];

function spawnServer(options: ServedOptions, before: Served | null): ChildProcess {
  const port = (url: string | undefined) => (url === undefined ? '0' : new URL(url).port);
  const argv = Object.entries({
    assembly: options.assemblyDir,
    data: options.dataDir,
    port: port(before?.endpoint),
    'event-port': port(before?.controlUrl),
    'github-api-url': options.githubApiUrl,
    'aws-world-url': options.awsWorldUrl,
    'webhook-secret': options.webhookSecret,
  }).flatMap(([name, value]) => [`--${name}`, value]);
  const trace = options.onEvent === undefined ? [] : ['--trace'];
  return spawn(process.execPath, [...NODE_OPTIONS, SERVE, ...argv, ...trace], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function readyLine(child: ChildProcess, options: ServedOptions): Promise<Served> {
  return new Promise((resolve, reject) => {
    let errors = '';
    const fail = (what: string) => reject(new Error(`The runtime ${what}: ${errors.trim()}`));
    const timer = setTimeout(() => fail(`did not start within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-5000);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`exited with ${code ?? signal}`);
    });
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (text) => {
      // The last line of a killed process may be incomplete.
      if (!text.endsWith('}')) return;
      const line = JSON.parse(text) as Served | Traced;
      if ('traced' in line) return options.onEvent?.(line.traced);
      clearTimeout(timer);
      resolve(line);
    });
  });
}

const isAlive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;

async function endWith(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (!isAlive(child)) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** The process id of the store, from the file in which it writes it; empty when there is none. */
function storePid(dataDir: string): number[] {
  const file = join(dataDir, 'dynamodb', 'process');
  return existsSync(file) ? [Number(readFileSync(file, 'utf8'))] : [];
}

function killStore(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
