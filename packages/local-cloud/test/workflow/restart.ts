import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { anEngine, type Engine, type EngineOptions, TASK } from './harness.ts';

/** A task that never answers. */
export const never = () => new Promise<never>(() => {});
/** A task state that ends its machine. */
export const task = (more: object = {}) => ({ Type: 'Task', Resource: TASK, End: true, ...more });
/** Names of the files in a folder of the engine. */
export const files = (engine: Engine, folder: string) => readdirSync(join(engine.dataDir, folder));
/** The journal of the one execution that runs. */
export const journalOf = (engine: Engine) => join(engine.dataDir, 'running', files(engine, 'running')[0] ?? '');

/** Stops an engine the hard way, and lets another one go on from its folder. */
export async function restart(engine: Engine, options: EngineOptions): Promise<Engine> {
  await engine.step.stop();
  const next = await anEngine({ ...options, dataDir: engine.dataDir });
  await next.step.resume();
  return next;
}
