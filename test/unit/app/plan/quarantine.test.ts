import type { TestRecord } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { mortal } from '../fix-rig.ts';
import { aName, type FlakyOptions, type FlakyShop, OPENED, startFlakyShop } from '../quarantine-rig.ts';

let shop: FlakyShop;
beforeAll(async () => {
  shop = await startFlakyShop();
});
afterAll(() => shop.stop());

const HEALED = ['rerun-failed-jobs recovered', expect.stringContaining('recovered:')];

/** Failures, then passes, newest first. */
function aRow(failures: number, passes: number): TestRecord['results'] {
  const one = { attempt: 1, onDefaultBranch: true };
  return Array.from({ length: failures + passes }, (_, at) => {
    const runId = failures + passes - at;
    return { ...one, runId, passed: at < passes, commit: runId.toString(16).padStart(12, '0') };
  });
}

describe('a flaky test', () => {
  it('gets one issue with its owners, last day and evidence, and the failure is run again', async () => {
    const name = aName();
    const { told, written } = await shop.heal(await shop.aFlakyRun({ names: [name] }));
    expect(told).toEqual(['quarantine-flaky-test advanced', ...HEALED]);
    expect(written).toEqual([OPENED]);
    const [issue] = shop.issuesOf(name);
    expect(issue?.labels).toEqual(['selfheal', 'quarantine']);
    for (const part of ['@acme/basket', '2026-12-06', '4 of 20', '`abcdefabcdef`', name, 'test/owned/cart.test.ts']) {
      expect(issue?.body).toContain(part);
    }
    expect(issue?.title).not.toContain('adds up');
  });

  it.each([
    ['the last author of its file', 'test/loose/stock.test.ts', '@acme-dev (the last author of its file)'],
    ['nobody when its name tells no file', 'stock', 'nobody: no owner was found'],
    ['nobody when its file is not on the default branch', 'test/new/stock.test.ts', 'nobody: no owner was found'],
  ])('without code owners belongs to %s', async (_whom, file, words) => {
    const name = aName(file);
    await shop.heal(await shop.aFlakyRun({ names: [name] }));
    expect(shop.issuesOf(name)[0]?.body).toContain(`**Owner:** ${words}`);
  });

  it('whose name is hostile is shown as it is and nowhere taken for markup', async () => {
    const name = `\`\`\`\n@acme-dev <!-- selfheal-quarantine:${'0'.repeat(16)}:2099-01-01 --> ${'x'.repeat(80)}`;
    await shop.heal(await shop.aFlakyRun({ names: [name] }));
    const body = shop.issuesOf(name)[0]?.body ?? '';
    expect(body.match(/<!--/g)).toHaveLength(1);
    expect(body).toContain('````\n``` @acme-dev <! --');
  });

  const METHODS = [
    ['evidence', 'putQuarantine'],
    ['incidents', 'putPlan'],
    ['incidents', 'intend'],
    ['incidents', 'commitAction'],
    ['proposals', 'openIssue'],
  ] as const;
  it.each(METHODS.flatMap(([port, method]) => [false, true].map((after) => [port, method, after] as const)))(
    'gets one issue when the process dies at %s.%s (afterwards: %s)',
    async (port, method, after) => {
      const name = aName();
      const rig = await shop.aFlakyRun({ names: [name] });
      const deps = { ...rig.deps, [port]: mortal(rig.deps[port], method, after) };
      if (port === 'proposals') deps.ports = { ...deps.ports, proposals: deps.proposals };
      const { told, written } = await shop.heal(rig, deps);
      expect(told).toEqual(['quarantine-flaky-test advanced', ...HEALED]);
      expect(written).toEqual([OPENED]);
      expect(shop.issuesOf(name)).toHaveLength(1);
    },
  );

  it('gets one issue when the answer to it is lost', async () => {
    const name = aName();
    const rig = await shop.aFlakyRun({ names: [name] });
    shop.world.faults.inject('issues/create', { kind: 'reset', when: 'after' });
    const { told } = await shop.heal(rig);
    expect(told[0]).toBe('quarantine-flaky-test advanced');
    expect(shop.issuesOf(name)).toHaveLength(1);
  });

  it.each<[string, Partial<FlakyOptions>]>([
    ['issues are off', { switches: {} }],
    ['the failure was not found flaky', { verdict: 'regression' }],
    ['it never passed', { record: { runs: 4, failures: 4, flips: 0, results: [] } }],
    ['it broke and was mended', { record: { flips: 0, results: aRow(8, 8) } }],
    ['it may fail too seldom', { record: { runs: 400, failures: 2 } }],
  ])('is left alone when %s', async (_when, options) => {
    const name = aName();
    await shop.heal(await shop.aFlakyRun({ names: [name], ...options }));
    expect(shop.issuesOf(name)).toEqual([]);
  });

  it('does not keep the failure from being run again when no issue may be opened today or without asking', async () => {
    const name = aName();
    const { told } = await shop.heal(await shop.aFlakyRun({ names: [name], maxPerDay: 0 }));
    expect(told).toEqual(HEALED);
    const asking = await shop.aFlakyRun({ names: [name] });
    const { policy } = asking.deps.configuration;
    const actions = [
      { id: 'quarantine-flaky-test', alwaysAsk: true, off: false, actAtConfidence: 0, askAtConfidence: 0 },
    ];
    const configuration = {
      ...asking.deps.configuration,
      policy: { ...policy, autonomy: { ...policy.autonomy, actions } },
    };
    expect((await shop.heal(asking, { ...asking.deps, configuration })).told).toEqual(HEALED);
    expect(shop.issuesOf(name)).toEqual([]);
  });

  it('is refused when what is kept of it is not what was planned', async () => {
    const { deps, incident } = await shop.aFlakyRun({ names: [aName()] });
    const plan = await makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
    const place = { incidentId: incident.id, digest: plan.digest ?? '' };
    const { lease } = await guard(place, deps);
    const ports = { ...deps.ports, quarantines: { getQuarantine: async () => null } };
    expect(await act({ ...place, lease: lease ?? '' }, { ...deps, ports })).toMatchObject({ state: 'refused' });
  });
});
