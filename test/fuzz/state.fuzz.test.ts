import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identify } from '#shared/domain/incident/identity.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { fuzzOptions } from './seed.ts';
import {
  anIntake,
  isAccountedFor,
  isFailure,
  neglected,
  sharedPlaces,
  signal,
  stormSignal,
  unstarted,
} from './state/intake-world.ts';
import { takeIn } from './state/side-by-side.ts';
import { ending, endOne, expectFitting, expectMonotonic, signalsOf, step, takeStep } from './state/steps.ts';

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
              expect(looksAfter || outcome === 'stale' || outcome === 'duplicate-delivery').toBe(true);
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

describe('signals that are taken in side by side', () => {
  const together = fc.record({
    earlier: fc.array(step, { maxLength: 4 }),
    sent: fc.array(signal, { minLength: 2, maxLength: 5 }),
    endings: fc.array(ending, { maxLength: 2 }),
  });

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
