import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { SuiteAnswer, SuiteRequest } from './suite-worker.ts';

/** A suite of a checkout. */
export interface Suite {
  /** Its files of tests. */
  readonly tests: readonly string[];
  /**
   * Null when the tests took more seconds of processor time than allowed, a loop without end however busy the machine is, or twice as many by the
   * clock, because they wait for something that never comes.
   */
  run(request: SuiteRequest, maxProcessorSeconds: number): Promise<SuiteAnswer | null>;
  end(): void;
}

/**
 * Clones a commit into a folder of its own, with the dependencies that are installed in `root` and the clone's own packages. What an earlier run left
 * there is thrown away: a run that is killed leaves a mutant in the folder.
 */
export function copyRepository(root: string, commit: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  execFileSync('git', ['clone', '--quiet', '--shared', '--no-checkout', root, folder]);
  execFileSync('git', ['-C', folder, '-c', 'advice.detachedHead=false', 'checkout', '--quiet', commit]);
  const installed = join(root, 'node_modules');
  const own = join(folder, 'node_modules');
  mkdirSync(join(own, '@selfheal'), { recursive: true });
  for (const name of readdirSync(installed))
    if (name !== '@selfheal') symlinkSync(join(installed, name), join(own, name));
  for (const name of readdirSync(join(folder, 'packages')))
    symlinkSync(join(folder, 'packages', name), join(own, '@selfheal', name));
}

/**
 * Starts Vitest in a checkout. It is started again after a run that hung. `probe`: the folder for what each file of tests ran and read; `project`: the
 * suite of the same name.
 */
export async function startSuite(
  folder: string,
  probe: string | null,
  project: 'fast' | 'slow' = 'fast',
): Promise<Suite> {
  let { child, tests } = await started(folder, probe, project);
  return {
    tests,
    async run(request, maxProcessorSeconds) {
      const ended = Promise.withResolvers<SuiteAnswer | null>();
      const before = processorSeconds(child);
      const latest = performance.now() + 2000 * maxProcessorSeconds;
      const timer = setInterval(() => {
        if (processorSeconds(child) - before > maxProcessorSeconds || performance.now() > latest) ended.resolve(null);
      }, 10_000);
      child.once('message', (answer) => ended.resolve(answer as SuiteAnswer));
      child.once('exit', () => ended.resolve(null));
      child.send(request);
      const answer = await ended.promise;
      clearInterval(timer);
      child.removeAllListeners();
      if (answer === null) {
        kill(child);
        ({ child, tests } = await started(folder, probe, project));
      }
      return answer;
    },
    end: () => kill(child),
  };
}

async function started(
  folder: string,
  probe: string | null,
  project: 'fast' | 'slow',
): Promise<{ child: ChildProcess; tests: readonly string[] }> {
  const { VITEST: _, ...env } = process.env;
  const child = fork(join(import.meta.dirname, 'suite-worker.ts'), [project], {
    cwd: folder,
    env: probe === null ? env : { ...env, SELFHEAL_PROBE: probe },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // A group of its own, so that it ends with the workers that it started.
    detached: true,
  });
  const [tests] = (await once(child, 'message')) as [readonly string[]];
  return { child, tests };
}

/** Processor time of a process and of those of its group that are still running. */
function processorSeconds({ pid }: ChildProcess): number {
  const listed = execFileSync('ps', ['-A', '-o', 'pgid=,time='], { encoding: 'utf8' });
  const own = listed.split('\n').flatMap((line) => {
    const [group, time = ''] = line.trim().split(/\s+/);
    return Number(group) === pid ? [time] : [];
  });
  const seconds = (time: string): number => {
    const [days, clock] = time.includes('-') ? time.split('-') : ['0', time];
    return (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
  };
  return own.reduce((sum, time) => sum + seconds(time), 0);
}

function kill({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
