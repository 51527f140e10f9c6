import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { IngestOutcome } from '#shared/app/intake/ingest-signal.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { ENDINGS, type Intake, type IntakePorts, isAbout, isCovered, isFailure, signal } from './intake-world.ts';

/** One of the open incidents ends; where it frees nothing, its place stays taken. */
export type End = { pick: number; status: number; frees: boolean };
/** What happens to an intake. */
export type Step = { kind: 'signal'; signal: Signal } | ({ kind: 'end' } & End) | { kind: 'wait'; seconds: number };

export const ending: fc.Arbitrary<End> = fc.record({ pick: fc.nat(), status: fc.nat(2), frees: fc.boolean() });

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: signal.map((sent) => ({ kind: 'signal', signal: sent }) as const) },
  {
    weight: 2,
    arbitrary: ending.map((end) => ({ kind: 'end', ...end }) as const),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.nat(400) }) },
);

/** Ends one of the open incidents; a record step that crashed half way leaves the place taken. */
export async function endOne(intake: Intake, { pick, status, frees }: End, ports: IntakePorts = intake): Promise<void> {
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

/** Lets one step happen. */
export async function takeStep(intake: Intake, each: Step): Promise<void> {
  if (each.kind === 'wait') intake.clock.advance(each.seconds * 1000);
  else if (each.kind === 'end') await endOne(intake, each);
  else await intake.ingest(each.signal);
}

/** The signals among some steps. */
export const signalsOf = (steps: readonly Step[]) =>
  steps.flatMap((each) => (each.kind === 'signal' ? [each.signal] : []));

/** No incident lost an attempt or a count. */
export function expectMonotonic(before: readonly Incident[], after: readonly Incident[]): void {
  for (const { id, attempt, runAttempt, occurrences } of before) {
    const now = after.find((incident) => incident.id === id)!;
    expect(now.attempt).toBeGreaterThanOrEqual(attempt);
    expect(now.runAttempt).toBeGreaterThanOrEqual(runAttempt);
    expect(now.occurrences).toBeGreaterThanOrEqual(occurrences);
  }
}

/** What one signal may do, given the incidents as they were before, and how many workflows it started. */
export function expectFitting(
  sent: Signal,
  outcome: IngestOutcome,
  before: readonly Incident[],
  started: number,
): void {
  const { incidentId } = identify(sent);
  const own = before.find(({ id }) => id === incidentId);
  expect(started).toBe(outcome === 'opened' || outcome === 'reopened' ? 1 : 0);
  if (!isFailure(sent)) expect(['noted', 'stale', 'duplicate-delivery']).toContain(outcome);
  else if (outcome === 'stale') {
    expect(own?.status).not.toBe('open');
    expect(before.some((incident) => isCovered(sent, incident))).toBe(true);
  }
  if (outcome === 'opened') expect(own).toBeUndefined();
  if (outcome === 'reopened') {
    expect(before.some((incident) => isAbout(sent, incident) && incident.status !== 'open')).toBe(true);
    expect(before.some((incident) => isCovered(sent, incident))).toBe(false);
  }
}
