import { describe, expect, it } from 'vitest';
import { noteRecurrence, type RecurrenceDeps } from '#shared/app/classify/recurrence.ts';
import { readStory } from '#shared/app/notify/report.ts';
import { record } from '#shared/app/record/record.ts';
import { settleHealed } from '#shared/app/record/recurrence-watch.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { renderMail } from '#shared/plugins/notifiers/common/mail/mail.ts';
import { renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import {
  aBoundAction,
  aClassification,
  aConfiguration,
  aGithubTarget,
  aHealingWatch,
  aLambdaDeployment,
  anActionRecord,
  anIncident,
  aPrediction,
  aTelemetry,
  someAlarmFacts,
} from '#test/builders/index.ts';
import { makeMemoryPorts } from '#test/fakes/index.ts';

const DAY = 24 * 3600 * 1000;
const classification = aClassification();
const first = anIncident({ classification });
const second = anIncident({
  id: `gh-${'2'.repeat(24)}`,
  target: aGithubTarget({ runId: 1002 }),
  classification,
});

/** The first incident was resolved by a re-run at noon; the second is open. */
async function resolvedOnce(configuration = aConfiguration()) {
  const deps = {
    ...makeMemoryPorts(),
    actions: ACTIONS,
    configuration,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  };
  const { clock } = deps;
  const plan = aBoundAction();
  await deps.incidents.create(first);
  await deps.incidents.create(second);
  await deps.incidents.putPlan(plan);
  await deps.incidents.intend(anActionRecord({ digest: plan.digest, state: 'done', verified: 'recovered' }));
  const end = () =>
    record({ incidentId: first.id, attempt: 1, outcome: 'resolved', reason: 'It passed.', parentId: null }, deps);
  await end();
  const status = async ({ id }: Incident) => (await deps.incidents.get(id))?.status;
  const events = async ({ id }: Incident) => (await deps.incidents.auditTrail(id)).map(({ event }) => event);
  const outcomes = async () =>
    (await deps.experience.actionOutcomes(classification.class, 10)).map(({ verified }) => verified);
  return { deps, clock, end, status, events, outcomes };
}

/** Dies at every call to a store in turn, before or after it took effect, and repeats the step; `check` must hold each time. */
async function dyingEverywhere(
  run: (deps: RecurrenceDeps & Rig['deps'], rig: Rig) => Promise<unknown>,
  check: (rig: Rig) => Promise<void>,
) {
  for (const after of [true, false]) {
    for (let diesAt = 0; ; diesAt += 1) {
      const rig = await resolvedOnce();
      const life = { calls: 0 };
      const mortal = <T extends object>(store: T): T =>
        new Proxy(store, {
          get:
            (target, name) =>
            async (...args: unknown[]) => {
              const dies = life.calls++ === diesAt;
              if (dies && !after) throw new Error('killed');
              const result: unknown = await Reflect.apply(Reflect.get(target, name) as () => unknown, target, args);
              if (dies) throw new Error('killed');
              return result;
            },
        });
      const { incidents, healing, experience } = rig.deps;
      const deps = {
        ...rig.deps,
        incidents: mortal(incidents),
        healing: mortal(healing),
        experience: mortal(experience),
      };
      await run(deps, rig).catch(() => undefined);
      await run(rig.deps, rig);
      await check(rig);
      if (life.calls <= diesAt) return;
    }
  }
}
type Rig = Awaited<ReturnType<typeof resolvedOnce>>;

describe('healed', () => {
  it('is what was resolved and stayed away for seven days, not earlier, and once', async () => {
    const { deps, clock, status, events } = await resolvedOnce();
    clock.advance(7 * DAY - 1);
    expect(await settleHealed(deps)).toBe(0);
    expect(await status(first)).toBe('resolved');
    clock.advance(1);
    expect(await settleHealed(deps)).toBe(1);
    expect(await settleHealed(deps)).toBe(0);
    expect(await status(first)).toBe('healed');
    expect((await events(first)).filter((event) => event === 'incident.healed')).toHaveLength(1);
  });

  it('does not begin anew when the end of the incident is recorded again, nor early when the clock steps back a day', async () => {
    const { deps, clock, end } = await resolvedOnce();
    clock.advance(3 * DAY);
    await end();
    clock.advance(4 * DAY);
    expect(await settleHealed(deps)).toBe(1);
    const other = await resolvedOnce();
    other.clock.advance(7 * DAY);
    other.clock.advance(-DAY);
    expect(await settleHealed(other.deps)).toBe(0);
  });

  it('is nothing that was reopened meanwhile, and what nobody can know: no fingerprint, or watching is off', async () => {
    const { deps, clock, status } = await resolvedOnce();
    await deps.incidents.update(first.id, { status: 'open', attempt: 2 });
    clock.advance(8 * DAY);
    expect(await settleHealed(deps)).toBe(0);
    expect(await status(first)).toBe('open');
    const off = await resolvedOnce(aConfiguration({ verification: { healedAfterDays: 0 } }));
    expect(off.deps.healing.watches()).toEqual([]);
  });

  it('is settled page after page, and one that cannot be settled does not hinder the others', async () => {
    const { deps, clock } = await resolvedOnce();
    for (let index = 0; index < 120; index += 1) {
      const id = `gh-${String(index).padStart(24, '9')}`;
      await deps.incidents.create(anIncident({ id, status: 'resolved', classification }));
      await deps.healing.watch(aHealingWatch({ key: `fp#${index}`, incidentId: id }));
    }
    clock.advance(8 * DAY);
    const update: typeof deps.incidents.update = (id, ...rest) =>
      id.endsWith('9100') ? Promise.reject(new Error('throttled')) : deps.incidents.update(id, ...rest);
    expect(await settleHealed({ ...deps, incidents: { ...deps.incidents, update } })).toBe(120);
    expect(await settleHealed(deps)).toBe(1);
  });

  it('is settled whole whenever it is killed', async () => {
    await dyingEverywhere(
      async (deps, { clock }) => {
        clock.set('2026-11-29T12:00:00.000Z');
        await settleHealed(deps);
      },
      async ({ status, events, deps }) => {
        expect(await status(first)).toBe('healed');
        expect((await events(first)).filter((event) => event === 'incident.healed')).toHaveLength(1);
        expect(deps.healing.watches()[0]?.state).toBe('healed');
      },
    );
  });
});

describe('a failure that comes back', () => {
  it('[D212] before it counts as healed makes what helped a failure, and goes on in the new incident', async () => {
    const { deps, clock, status, events, outcomes } = await resolvedOnce();
    expect(await outcomes()).toEqual(['recovered']);
    clock.advance(3 * DAY);
    const { id: incidentId, openedAt, attempt } = first;
    await deps.predictions.addPrediction(aPrediction({ incidentId, openedAt, attempt }));
    await noteRecurrence(second, classification, null, deps);
    expect((await deps.predictions.recentPredictions(1))[0]?.setback).toEqual({
      at: clock.now().toISOString(),
      kind: 'recurred',
    });
    expect(await outcomes()).toEqual(['failed']);
    expect(await deps.incidents.get(first.id)).toMatchObject({
      status: 'linked',
      parentId: second.id,
      outcomeReason: `It came back after 3 days and continues as incident ${second.id}.`,
    });
    expect(await events(first)).toContain('incident.recurred');
    clock.advance(5 * DAY);
    expect(await settleHealed(deps)).toBe(0);
    expect(await status(first)).toBe('linked');
  });

  it('is counted once, however many incidents see it and whenever one of them is killed', async () => {
    await dyingEverywhere(
      async (deps) => await noteRecurrence(second, classification, null, deps),
      async ({ deps, outcomes, events, status }) => {
        await noteRecurrence(anIncident({ id: `gh-${'3'.repeat(24)}`, classification }), classification, null, deps);
        expect(await outcomes()).toEqual(['failed']);
        expect((await events(first)).filter((event) => event === 'incident.recurred')).toHaveLength(1);
        expect((await events(second)).filter((event) => event === 'incident.came-back')).toHaveLength(1);
        expect(await status(first)).toBe('linked');
      },
    );
  });

  it('in the same incident, which was opened again, is told in the next notification', async () => {
    const { deps, clock } = await resolvedOnce();
    clock.advance(2 * DAY);
    await deps.incidents.update(first.id, { status: 'open', attempt: 2 });
    const again = { ...first, attempt: 2 };
    await noteRecurrence(again, classification, null, deps);
    const noted = await deps.incidents.get(first.id);
    const story = await readStory(noted ?? again, 'final', deps);
    const told = 'It came back after 2 days: it had been resolved.';
    expect(renderComment(story)).toContain('It came back after 2 days: it had been resolved.');
    expect(renderMail('Needs a human', null, story).message.replace(/\s+/g, ' ')).toContain(
      `${told} The action had helped then, and the failure came back all the same (Re-run the failed jobs).`,
    );
    const before = await readStory(first, 'final', deps);
    expect(before.cameBack).toBeNull();
  });

  it('counts against the action only when no deployment since then undid it', async () => {
    const HOUR = 3_600_000;
    const deployed = (at: Date) =>
      aTelemetry({ facts: someAlarmFacts({ deployment: aLambdaDeployment({ deployedAt: at.toISOString() }) }) });
    for (const [hours, counted] of [
      [-2, true],
      [2, false],
    ] as const) {
      const { deps, clock, outcomes } = await resolvedOnce();
      const telemetry = deployed(new Date(clock.now().getTime() + hours * HOUR));
      clock.advance(DAY);
      await noteRecurrence(second, classification, telemetry, deps);
      expect(await outcomes(), `deployed ${hours} hours after`).toEqual(counted ? ['failed'] : ['recovered']);
      const noted = await deps.incidents.get(second.id);
      const { cameBack } = await readStory(noted ?? second, 'final', deps);
      if (counted) expect(cameBack).toContain('the failure came back all the same');
      else expect(cameBack).toMatch(/a deployment on .* undid it \(Re-run the failed jobs\)\.$/);
    }
  });

  it('after it was healed, elsewhere or with another fingerprint is no recurrence', async () => {
    const { deps, clock, outcomes } = await resolvedOnce();
    const elsewhere = { ...second, target: aGithubTarget({ repository: 'acme/other', runId: 1003 }) };
    await noteRecurrence(elsewhere, classification, null, deps);
    await noteRecurrence(second, { fingerprint: 'fedcba9876543210' }, null, deps);
    await noteRecurrence(second, { fingerprint: null }, null, deps);
    clock.advance(7 * DAY);
    await noteRecurrence(second, classification, null, deps);
    expect(await outcomes()).toEqual(['recovered']);
  });
});
