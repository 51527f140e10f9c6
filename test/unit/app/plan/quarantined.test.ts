import { testKeyOf } from '@selfheal/diagnosis/failure/history/test-record.ts';
import {
  type AskedDecision,
  decided,
  type TestQuarantine,
} from '@selfheal/pull-request-quality/domain/flaky-tests/test-quarantine.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStory } from '#shared/app/notify/report.ts';
import { recordTests } from '#shared/app/record/tests.ts';
import { renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import { healWith } from '../fix-rig.ts';
import { aName, DAY, type FlakyShop, NOON, OPENED, startFlakyShop } from '../quarantine-rig.ts';

let shop: FlakyShop;
beforeAll(async () => {
  shop = await startFlakyShop();
});
afterAll(() => shop.stop());

const HEALED = ['rerun-failed-jobs recovered', expect.stringContaining('recovered:')];

describe('a test in quarantine', () => {
  it('fails again without another issue, and the comment says that it is all that failed', async () => {
    const name = aName();
    await shop.heal(await shop.aFlakyRun({ names: [name] }));
    const again = await shop.aFlakyRun({ names: [name], at: new Date(NOON + 14 * DAY) });
    const { told, written } = await shop.heal(again);
    expect(told).toEqual(HEALED);
    expect(written).toEqual([]);
    const { incident, deps } = again;
    const story = await readStory(incident, 'final', deps);
    expect(story.quarantined).toBe(
      `Only quarantined tests failed (issue #${shop.issuesOf(name)[0]?.number}, until 2026-12-06).`,
    );
    expect(renderComment(story)).toContain('Only quarantined tests failed');
  });

  it('is not all that failed when another test did', async () => {
    const name = aName();
    await shop.heal(await shop.aFlakyRun({ names: [name] }));
    const { incident, deps } = await shop.aFlakyRun({
      names: [name, 'another'],
      record: { runs: 4, failures: 4, flips: 0 },
    });
    await healWith(deps, incident.id);
    expect((await readStory(incident, 'final', deps)).quarantined).toBeNull();
  });

  it.each([false, true])(
    'is said once to be over after its last day (answer lost: %s), and counts as any other',
    async (lost) => {
      const name = aName();
      await shop.heal(await shop.aFlakyRun({ names: [name] }));
      const at = new Date(NOON + 15 * DAY);
      const over = await shop.aFlakyRun({ names: [name], at });
      if (lost) shop.world.faults.inject('issues/add-labels', { kind: 'reset', when: 'after' });
      expect((await shop.heal(over)).told).toEqual(['quarantine-flaky-test advanced', ...HEALED]);
      expect(shop.issuesOf(name)).toMatchObject([
        { state: 'open', labels: ['selfheal', 'quarantine', 'quarantine-expired'] },
      ]);
      const next = await shop.aFlakyRun({ names: [name], at });
      expect(await shop.heal(next)).toEqual({ told: HEALED, written: [] });
      expect((await readStory(next.incident, 'final', next.deps)).quarantined).toBeNull();
    },
  );

  it('is recorded at the end with its issue; a person extends or releases it', async () => {
    const name = aName();
    const first = await shop.aFlakyRun({ names: [name] });
    await shop.heal(first);
    const { tests } = first.deps;
    const { number } = shop.issuesOf(name)[0] ?? {};
    await recordTests(first.incident, await first.deps.incidents.listActions(first.incident.id), first.deps);
    const recorded = await tests.quarantine('4711:acme/shop', testKeyOf(name));
    expect(recorded).toMatchObject({ revision: 1, issue: number, test: { until: '2026-12-06' }, decisions: [] });
    // A run of the same store, in which people have decided.
    const words = async (asked: AskedDecision, at: number) => {
      const next = decided(recorded as TestQuarantine, asked, { by: 'ada@example.com', now: new Date(NOON) });
      if ('refused' in next) throw new Error(next.refused);
      const run = await shop.aFlakyRun({ names: [name], at: new Date(at) });
      await run.deps.tests.putQuarantine('4711:acme/shop', { ...next, revision: 1 });
      const { written } = await shop.heal(run);
      return { written, quarantined: (await readStory(run.incident, 'final', run.deps)).quarantined };
    };
    const extended = { kind: 'extended', reason: 'no time yet', until: '2026-12-20' } as const;
    expect(await words(extended, NOON + 20 * DAY)).toEqual({
      written: [],
      quarantined: `Only quarantined tests failed (issue #${number}, until 2026-12-20).`,
    });
    const released = { kind: 'released', reason: 'mended' } as const;
    expect(await words(released, NOON + DAY)).toEqual({ written: [], quarantined: null });
    expect((await words(extended, NOON + 40 * DAY)).written).toEqual(['github.labels.added']);
  });

  it('is left alone once somebody closed its issue, until its last day has passed', async () => {
    const name = aName();
    await shop.heal(await shop.aFlakyRun({ names: [name] }));
    shop.world.github.closeIssue('acme/shop', shop.issuesOf(name)[0]?.number ?? 0);
    expect((await shop.heal(await shop.aFlakyRun({ names: [name] }))).written).toEqual([]);
    const later = await shop.aFlakyRun({ names: [name], at: new Date(NOON + 15 * DAY) });
    expect((await shop.heal(later)).written).toEqual([OPENED]);
    expect(shop.issuesOf(name).map(({ state }) => state)).toEqual(['closed', 'open']);
  });
});
