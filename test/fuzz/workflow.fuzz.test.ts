import type { StepFunctionsOptions, TaskContext } from '@selfheal/local-cloud/workflow/index.ts';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  aFolder,
  anEngine,
  type Engine,
  failing,
  removeFolders,
} from '../../packages/local-cloud/test/workflow/harness.ts';
import { fuzzOptions } from './seed.ts';
import { attemptsIn, readJournals, writeCrashed } from './workflow/journals.ts';
import { expectedTrail, machineSpec, renderMachine, type StepSpec, taskOutcome } from './workflow/machines.ts';

afterEach(removeFolders);

/** Answers a token as the task's arguments say. */
async function answer(engine: Engine, taskToken: string, args: unknown): Promise<void> {
  const outcome = taskOutcome(args);
  if ('error' in outcome) await engine.step.handle('SendTaskFailure', { taskToken, error: outcome.error });
  else await engine.step.handle('SendTaskSuccess', { taskToken, output: JSON.stringify(outcome.result) });
}

interface Runner {
  readonly engine: Engine;
  /** Every attempt that ran: execution name and attempt. */
  readonly ran: string[];
}

async function aRunner(definition: object, dataDir: string): Promise<Runner> {
  const ran: string[] = [];
  const runTask: StepFunctionsOptions['runTask'] = async (_machine, _resource, args, context: TaskContext) => {
    ran.push(`${context.executionName} ${context.attemptId}`);
    const outcome = taskOutcome(args);
    if (context.taskToken !== null) {
      const token = context.taskToken;
      setImmediate(() => void answer(engine, token, args).catch(() => {}));
      return 'handed over';
    }
    if ('error' in outcome) throw failing(outcome.error);
    return outcome.result;
  };
  const engine: Engine = await anEngine({ definition, dataDir, runTask });
  return { engine, ran };
}

async function runStraight(definition: object, dataDir: string) {
  const { engine } = await aRunner(definition, dataDir);
  const { status, output } = await engine.ended(await engine.start({ trail: [] }, 'straight'));
  await engine.step.stop();
  return { status, output };
}

function wanted(spec: StepSpec[]) {
  const trail = expectedTrail(spec);
  return trail ? { status: 'SUCCEEDED', output: JSON.stringify({ trail }) } : { status: 'FAILED' };
}

/** A long journal is crashed at so many lines, evenly spread: all its crashes go on at the same time. */
const MAX_CRASHES = 150;

/** Indexes of the lines to crash after: every one but the last, or an even sample of them. */
function crashPoints(count: number): number[] {
  const all = count - 1;
  const points = Math.min(all, MAX_CRASHES);
  return Array.from({ length: points }, (_, at) => Math.floor((at * all) / points));
}

/** Crashes after lines of a finished run (with a torn line after them), and lets every one of them go on. */
async function resumeEverywhere(definition: object, lines: readonly string[]) {
  const dataDir = aFolder();
  const crashes = crashPoints(lines.length).map((index) => {
    const torn = index % 2 === 0 ? (lines[index + 1] ?? '').slice(0, 5 + index) : '';
    const kept = lines.slice(0, index + 1);
    return {
      name: `crash-${index}`,
      ...attemptsIn([...kept.slice(0, 1), ...writeCrashed(dataDir, kept, `crash-${index}`, torn)]),
    };
  });
  const { engine, ran } = await aRunner(definition, dataDir);
  await engine.step.resume();
  for (const { waiting } of crashes) {
    for (const task of waiting) await answer(engine, task.token, task.arguments).catch(ignoreLate);
  }
  const results = await Promise.all(engine.step.list().map((one) => engine.ended(one.executionArn)));
  await engine.step.stop();
  return { crashes, ran: new Set(ran), results };
}

/** A branch that failed meanwhile takes its siblings' tokens with it. */
function ignoreLate(error: unknown): void {
  expect(error).toMatchObject({ name: 'TaskTimedOut' });
}

describe('random machines', () => {
  it('do what their specification says, straight and after a crash at any line of the journal', async () => {
    await fc.assert(
      fc.asyncProperty(machineSpec, async (spec) => {
        const definition = renderMachine(spec);
        const dataDir = aFolder();
        expect(await runStraight(definition, dataDir)).toMatchObject(wanted(spec));
        const [lines = []] = readJournals(dataDir);
        const { crashes, ran, results } = await resumeEverywhere(definition, lines);
        expect(results).toHaveLength(crashes.length);
        for (const result of results) expect(result).toMatchObject(wanted(spec));
        for (const { name, settled } of crashes) {
          for (const attempt of settled) expect(ran).not.toContain(`${name} ${attempt}`);
        }
        removeFolders();
      }),
      fuzzOptions(12, 0.05),
    );
  }, 3_600_000);

  it('end alike when they are stopped and resumed again and again', async () => {
    await fc.assert(
      fc.asyncProperty(
        machineSpec,
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 }),
        async (spec, stops) => {
          const definition = renderMachine(spec);
          const dataDir = aFolder();
          let started = false;
          for (const events of stops) {
            const { engine } = await aRunner(definition, dataDir);
            await resumeOrStart(engine, dataDir, started);
            started = true;
            await seenEvents(engine, events);
            await engine.step.stop();
          }
          const { engine } = await aRunner(definition, dataDir);
          await resumeOrStart(engine, dataDir, started);
          const [only] = engine.step.list();
          expect(await engine.ended(only!.executionArn)).toMatchObject(wanted(spec));
          await engine.step.stop();
          removeFolders();
        },
      ),
      fuzzOptions(12, 0.25),
    );
  }, 3_600_000);
});

async function resumeOrStart(engine: Engine, dataDir: string, started: boolean): Promise<void> {
  if (!started) await engine.start({ trail: [] }, 'stopped');
  const waiting = readJournals(dataDir).flatMap((lines) => attemptsIn(lines).waiting);
  await engine.step.resume();
  for (const task of waiting) await answer(engine, task.token, task.arguments).catch(ignoreLate);
}

/** Resolves after so many events, or when the execution has ended. */
async function seenEvents(engine: Engine, count: number): Promise<void> {
  if (engine.step.list().every((one) => one.status !== 'RUNNING')) return;
  await engine.seen((event) => engine.events.length >= count || /^Execution(Succ|Fail)/.test(event.type));
}
