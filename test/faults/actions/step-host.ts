import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SetTime } from '#test/fakes/set-time.ts';

/** How a step ended. A killed one tells nothing. */
type Ran =
  | { readonly kind: 'output'; readonly output: unknown }
  | { readonly kind: 'error'; readonly name: string; readonly message: string }
  | { readonly kind: 'killed' };

type Told = Ran | { readonly kind: 'sleep'; readonly id: number; readonly milliseconds: number };

/** Runs steps in a process of their own that can be killed. The next process is started before it is needed. */
export interface StepHost {
  /** `names`: the functions that the next processes load at once. */
  prepare(names: readonly string[]): void;
  run(name: string, input: unknown): Promise<Ran>;
  /** Resolves once the process is gone (SIGKILL). */
  kill(): Promise<void>;
  kills(): number;
  stop(): Promise<void>;
}

export interface StepHostOptions {
  /** A folder per function with its bundle. */
  readonly bundles: string;
  readonly cache: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: SetTime;
}

export function makeStepHost(options: StepHostOptions): StepHost {
  let names: readonly string[] = [];
  let current: ChildProcess | null = null;
  let standby: ChildProcess | null = null;
  let kills = 0;
  return {
    prepare(wanted) {
      if (wanted.join() === names.join()) return;
      names = wanted;
      for (const child of [current, standby]) child?.send({ kind: 'load', names });
    },
    async run(name, input) {
      current ??= standby ?? start(options, names);
      if (standby === current) standby = null;
      standby ??= start(options, names);
      return await runIn(current, options.clock, name, input);
    },
    async kill() {
      const child = current;
      current = null;
      kills += 1;
      await stopOne(child);
    },
    kills: () => kills,
    async stop() {
      await Promise.all([stopOne(current), stopOne(standby)]);
    },
  };
}

function start({ bundles, cache, environment }: StepHostOptions, names: readonly string[]): ChildProcess {
  const child = fork(join(import.meta.dirname, 'step-process.mjs'), [bundles, cache], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { PATH: process.env.PATH, ...environment },
    execArgv: ['--max-semi-space-size=4'],
  });
  child.send({ kind: 'load', names });
  return child;
}

async function stopOne(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function runIn(child: ChildProcess, clock: SetTime, name: string, input: unknown): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const end = (ran: Ran) => {
      child.off('message', heard);
      child.off('exit', exited);
      resolve(ran);
    };
    const heard = (message: unknown) => {
      const told = message as Told;
      if (told.kind === 'sleep') {
        clock.advance(told.milliseconds);
        if (child.connected) child.send({ kind: 'slept', id: told.id, now: clock.now() });
      }
      if (told.kind === 'output' || told.kind === 'error') end(told);
    };
    const exited = (code: number | null, signal: NodeJS.Signals | null) => {
      if (signal === 'SIGKILL') end({ kind: 'killed' });
      else reject(new Error(`The process of the step ${name} ended with ${code ?? signal}.`));
    };
    child.on('message', heard);
    child.once('exit', exited);
    child.send({ kind: 'run', name, input, now: clock.now() });
  });
}
