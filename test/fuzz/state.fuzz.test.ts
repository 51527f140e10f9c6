import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IngestOutcome } from '#shared/app/ingest-signal.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { Retryable } from '#shared/domain/kernel/errors.ts';
import { fuzzOptions } from './seed.ts';
import {
  anIntake,
  ENDINGS,
  type Intake,
  type IntakePorts,
  isAbout,
  isAccountedFor,
  isCovered,
  isFailure,
  neglected,
  sharedPlaces,
  signal,
  stormSignal,
  unstarted,
} from './state/intake-world.ts';

type End = { pick: number; status: number; frees: boolean };
type Step = { kind: 'signal'; signal: Signal } | ({ kind: 'end' } & End) | { kind: 'wait'; seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: signal.map((sent) => ({ kind: 'signal', signal: sent }) as const) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('end' as const), pick: fc.nat(), status: fc.nat(2), frees: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.nat(400) }) },
);

/** Ends one of the open incidents; a record step that crashed half way leaves the place taken. */
async function endOne(intake: Intake, { pick, status, frees }: End, ports: IntakePorts = intake): Promise<void> {
  const open = await intake.open();
  const incident = open[pick % Math.max(1, open.length)];
  if (incident === undefined) return;
  if (frees) return void (await intake.end(incident, ENDINGS[status]!, ports));
  intake.endHalf(incident, ENDINGS[status]!);
  await ports.incidents.update(
    incident.id,
    { status: ENDINGS[status]! },
    { ifStatus: ['open'], at: intake.clock.now() },
  );
}

async function takeStep(intake: Intake, each: Step): Promise<void> {
  if (each.kind === 'wait') intake.clock.advance(each.seconds * 1000);
  else if (each.kind === 'end') await endOne(intake, each);
  else await intake.ingest(each.signal);
}

const signalsOf = (steps: readonly Step[]) => steps.flatMap((each) => (each.kind === 'signal' ? [each.signal] : []));

function expectMonotonic(before: readonly Incident[], after: readonly Incident[]): void {
  for (const { id, attempt, runAttempt, occurrences } of before) {
    const now = after.find((incident) => incident.id === id)!;
    expect(now.attempt).toBeGreaterThanOrEqual(attempt);
    expect(now.runAttempt).toBeGreaterThanOrEqual(runAttempt);
    expect(now.occurrences).toBeGreaterThanOrEqual(occurrences);
  }
}

/** What one signal may do, given the incidents as they were before, and how many workflows it started. */
function expectFitting(sent: Signal, outcome: IngestOutcome, before: readonly Incident[], started: number): void {
  const { incidentId } = identify(sent);
  const own = before.find(({ id }) => id === incidentId);
  expect(started).toBe(outcome === 'opened' || outcome === 'reopened' ? 1 : 0);
  if (!isFailure(sent)) expect(['noted', 'old-news', 'duplicate-delivery']).toContain(outcome);
  else if (outcome === 'old-news') {
    expect(own?.status).not.toBe('open');
    expect(before.some((incident) => isCovered(sent, incident))).toBe(true);
  }
  if (outcome === 'opened') expect(own).toBeUndefined();
  if (outcome === 'reopened') {
    expect(before.some((incident) => isAbout(sent, incident) && incident.status !== 'open')).toBe(true);
    expect(before.some((incident) => isCovered(sent, incident))).toBe(false);
  }
}

describe('signals in any order, while incidents end', () => {
  it('leave one open incident per place, lose no failure, and never count an attempt back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const intake = anIntake();
        for (const each of steps) {
          const before = await intake.all();
          if (each.kind === 'wait') intake.clock.advance(each.seconds * 1000);
          else if (each.kind === 'end') await endOne(intake, each);
          else {
            const running = intake.workflow.started.length;
            const outcome = await intake.ingest(each.signal);
            const { intakeKey } = identify(each.signal);
            const after = await intake.all();
            expectFitting(each.signal, outcome, before, intake.workflow.started.length - running);
            if (isFailure(each.signal)) {
              expect(isAccountedFor(each.signal, after)).toBe(true);
              const looksAfter = after.some(
                (incident) => incident.status === 'open' && incident.intakeKey === intakeKey,
              );
              expect(looksAfter || outcome === 'old-news' || outcome === 'duplicate-delivery').toBe(true);
            } else expect(after).toHaveLength(before.length);
          }
          const open = await intake.open();
          expect([sharedPlaces(open), unstarted(open, intake)]).toEqual([[], []]);
          expectMonotonic(before, await intake.all());
        }
        await intake.settle();
        expect(neglected(signalsOf(steps), await intake.all())).toEqual([]);
      }),
      fuzzOptions(200),
    );
  });

  it('do nothing when they are delivered again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), fc.nat(), async (steps, pick) => {
        const intake = anIntake();
        for (const each of steps) await takeStep(intake, each);
        const sent = signalsOf(steps);
        fc.pre(sent.length > 0);
        const before = await intake.snapshot();
        expect(await intake.ingest(sent[pick % sent.length]!)).toBe('duplicate-delivery');
        expect(await intake.snapshot()).toBe(before);
      }),
      fuzzOptions(100),
    );
  });

  it('end in the same incidents, whatever their order, when none has ended meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(signal, { maxLength: 8, selector: (one) => one.deliveryId }), async (sent) => {
        const places = async (order: readonly Signal[]) => {
          const intake = anIntake();
          for (const one of order) await intake.ingest(one);
          const open = await intake.open();
          return open.map(({ intakeKey, occurrences }) => [intakeKey, occurrences]).sort();
        };
        const failuresOf = (key: string) => sent.filter((one) => isFailure(one) && identify(one).intakeKey === key);
        const found = await places(sent);
        expect(found.map(([key]) => key)).toEqual((await places([...sent].reverse())).map(([key]) => key));
        expect(found.map(([key]) => key)).toEqual(
          [...new Set(sent.filter(isFailure).map((one) => identify(one).intakeKey))].sort(),
        );
        for (const [key, occurrences] of found) {
          expect(occurrences).toBeLessThanOrEqual(failuresOf(String(key)).length);
        }
      }),
      fuzzOptions(100),
    );
  });
});

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

const MOST_RECEIVES = 5;

/** As the queue does it: what failed for now comes again, and at last when nothing else is going on. */
async function deliver(sent: Signal, intake: Intake, ports: IntakePorts, left: Signal[]): Promise<void> {
  for (let receive = 0; receive < MOST_RECEIVES; receive += 1) {
    try {
      return void (await intake.ingest(sent, ports));
    } catch (error) {
      if (!(error instanceof Retryable)) throw error;
    }
  }
  left.push(sent);
}

describe('signals that are taken in side by side', () => {
  const ending = fc.record({ pick: fc.nat(), status: fc.nat(2), frees: fc.boolean() });
  const together = fc.record({
    earlier: fc.array(step, { maxLength: 4 }),
    sent: fc.array(signal, { minLength: 2, maxLength: 5 }),
    endings: fc.array(ending, { maxLength: 2 }),
  });

  /** Takes the signals in and ends incidents, all at once; what is left over comes at last. */
  async function takeIn(intake: Intake, scheduler: fc.Scheduler, sent: readonly Signal[], endings: readonly End[]) {
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

  it('leave one open incident per place with its workflow started, and lose no failure', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), together, async (scheduler, { earlier, sent, endings }) => {
        const intake = anIntake();
        for (const each of earlier) await takeStep(intake, each);
        const before = await intake.all();
        await takeIn(intake, scheduler, sent, endings);
        const open = await intake.open();
        expect(sharedPlaces(open)).toEqual([]);
        expect(unstarted(open, intake)).toEqual([]);
        const all = await intake.all();
        expectMonotonic(before, all);
        for (const one of sent.filter(isFailure)) expect(isAccountedFor(one, all)).toBe(true);
        await intake.settle();
        expectMonotonic(all, await intake.all());
        expect(neglected([...signalsOf(earlier), ...sent], await intake.all())).toEqual([]);
      }),
      fuzzOptions(300),
    );
  });
});

describe('a storm of signals', () => {
  it('has every failure worked on or grouped, and starts no more workflows than the limit and its own', async () => {
    const places = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(places, fc.integer({ min: 1, max: 6 }), async (numbers, limit) => {
        const intake = anIntake(limit);
        const sent = numbers.map((number) => stormSignal(number));
        for (const one of [...sent, ...sent]) await intake.ingest(one);
        const all = await intake.all();
        expect(all).toHaveLength(numbers.length);
        expect(all.filter(({ status }) => status === 'open')).toHaveLength(Math.min(limit, numbers.length));
        const grouped = all.filter(({ status }) => status === 'grouped');
        expect(grouped).toHaveLength(Math.max(0, numbers.length - limit));
        const parents = new Set(grouped.map(({ parentId }) => parentId));
        expect(parents.size).toBe(grouped.length > 0 ? 1 : 0);
        expect(intake.workflow.started).toHaveLength(Math.min(limit, numbers.length) + parents.size);
      }),
      fuzzOptions(60),
    );
  });
});
