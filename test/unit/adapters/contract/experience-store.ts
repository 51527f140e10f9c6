import { beforeEach, describe, expect, it } from 'vitest';
import { StartedExperiment } from '#shared/domain/experiment/started-experiment.ts';
import type { ExperienceStore } from '#shared/ports/learning-stores.ts';
import { anActionOutcome, anExperimentOutcome, someCircumstances } from '#test/builders/index.ts';

/** What every experience store does, whatever it is made of. */
export function experienceStoreContract(name: string, open: () => Promise<ExperienceStore>): void {
  let store: ExperienceStore;
  beforeEach(async () => {
    store = await open();
  });

  describe(name, () => {
    it('[D212] keeps what came of an action once, by class and newest first', async () => {
      const at = (hour: number) => anActionOutcome({ at: `2026-11-21T${hour}:00:00.000Z`, incidentId: `gh-${hour}` });
      for (const hour of [13, 11, 14, 12, 13]) await store.addActionOutcome(at(hour));
      await store.addActionOutcome(anActionOutcome({ class: 'unknown' }));
      expect(await store.addActionOutcome({ ...at(14), verified: 'failed' })).toBe('exists');
      expect(await store.addActionOutcome(anActionOutcome({ class: 'unknown', incidentId: 'gh-other' }))).toBe('added');
      expect(await store.actionOutcomes('flaky_tests', 3)).toEqual([at(14), at(13), at(12)]);
      expect(await store.actionOutcomes('flaky_tests', 100)).toHaveLength(4);
    });

    it('keeps the experiments that people started, over the revision that was read', async () => {
      const variant = (id: string) => ({ id, percent: 50, strategy: { kind: 'ranked' as const } });
      const started = StartedExperiment.parse({
        version: 1,
        revision: 1,
        experiment: { id: 'which', title: 'Which', status: 'running', variants: [variant('a'), variant('b')] },
        startedBy: 'ada',
        startedAt: '2026-11-21T12:00:00.000Z',
        endsAt: '2026-11-28T12:00:00.000Z',
        stopped: null,
      });
      expect(await store.putExperiment(started)).toBe('written');
      expect(await store.putExperiment(started)).toBe('changed-meanwhile');
      const stopped = { ...started, revision: 2, stopped: { by: 'ada', at: '2026-11-22T12:00:00.000Z' } };
      expect(await store.putExperiment(stopped)).toBe('written');
      expect(await store.startedExperiments()).toEqual([stopped]);
    });

    it('keeps with an outcome in which circumstances it came about and whose word it is, where that is known', async () => {
      const told = anActionOutcome({ circumstances: someCircumstances({ load: 'high' }), by: 'github:reviewer' });
      await store.addActionOutcome(told);
      await store.addActionOutcome(anActionOutcome({ incidentId: 'gh-0' }));
      expect(await store.actionOutcomes('flaky_tests', 10)).toEqual([told, anActionOutcome({ incidentId: 'gh-0' })]);
    });

    it('counts an action whose failure came back as one that failed, once, however often that is told', async () => {
      const outcome = anActionOutcome();
      await store.addActionOutcome(outcome);
      await store.addActionOutcome(anActionOutcome({ incidentId: 'gh-2' }));
      for (const _again of [1, 2]) await store.addRecurrence(outcome);
      await store.addActionOutcome(outcome);
      const kept = await store.actionOutcomes('flaky_tests', 10);
      expect(kept).toHaveLength(2);
      expect(kept).toEqual(
        expect.arrayContaining([
          { ...outcome, verified: 'failed', cameBack: true },
          anActionOutcome({ incidentId: 'gh-2' }),
        ]),
      );
    });

    it('[C48] keeps the first outcome of an incident in an experiment', async () => {
      await Promise.all([1, 2, 3].map(() => store.addExperimentOutcome(anExperimentOutcome())));
      await store.addExperimentOutcome(anExperimentOutcome({ success: false }));
      await store.addExperimentOutcome(anExperimentOutcome({ incidentId: 'i2', success: false }));
      await store.addExperimentOutcome(anExperimentOutcome({ experimentId: 'another' }));
      const kept = await store.experimentOutcomes('rerun-first', 100);
      expect(kept).toEqual(
        expect.arrayContaining([anExperimentOutcome(), anExperimentOutcome({ incidentId: 'i2', success: false })]),
      );
      expect(kept).toHaveLength(2);
    });
  });
}
