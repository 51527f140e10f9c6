import { Retryable } from '@selfheal/kernel/errors.ts';
import type * as fc from 'fast-check';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { Intake, IntakePorts } from './intake-world.ts';
import { type End, endOne } from './steps.ts';

/** Ports whose every call waits until the scheduler lets it pass, so that functions that run side by side interleave. */
function interleaved(intake: Intake, scheduler: fc.Scheduler): IntakePorts {
  const slow = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          await scheduler.schedule(Promise.resolve(), String(name));
          return Reflect.apply(method, target, args) as unknown;
        };
      },
    });
  return {
    ...intake,
    incidents: slow(intake.incidents),
    control: slow(intake.control),
    stats: slow(intake.stats),
    tests: slow(intake.tests),
    workflow: slow(intake.workflow),
    queue: slow(intake.queue),
  };
}

const MAX_RECEIVES = 5;

/** As the queue does it: what failed for now comes again, and at last when nothing else is going on. */
async function deliver(sent: Signal, intake: Intake, ports: IntakePorts, left: Signal[]): Promise<void> {
  for (let receive = 0; receive < MAX_RECEIVES; receive += 1) {
    try {
      return void (await intake.ingest(sent, ports));
    } catch (error) {
      if (!(error instanceof Retryable)) throw error;
    }
  }
  left.push(sent);
}

/** Takes the signals in and ends incidents, all at once; what is left over comes at last. */
export async function takeIn(
  intake: Intake,
  scheduler: fc.Scheduler,
  sent: readonly Signal[],
  endings: readonly End[],
): Promise<void> {
  const ports = interleaved(intake, scheduler);
  const left: Signal[] = [];
  const end = async (each: End) => {
    await scheduler.schedule(Promise.resolve(), 'an incident ends');
    await endOne(intake, each, ports);
  };
  const working = [...sent.map((one) => deliver(one, intake, ports, left)), ...endings.map(end)];
  await scheduler.waitFor(Promise.all(working));
  for (const one of left) await intake.ingest(one);
}
