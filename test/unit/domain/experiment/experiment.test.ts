import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignVariant, Experiment, experimentFor } from '#shared/domain/experiment/experiment.ts';
import { anExperiment } from '#test/builders/index.ts';

const withPercents = (...percents: number[]) =>
  Experiment.safeParse({
    ...anExperiment(),
    variants: percents.map((percent, at) => ({ id: `v${at}`, percent, strategy: { kind: 'ranked' } })),
  });
const subject = { class: 'flaky_tests', repository: 'acme/shop', service: null } as const;

describe('an experiment', () => {
  it.each([
    ['[C43] of two halves', [50, 50], true],
    ['[C44] of thirds, off by rounding', [33.33, 33.33, 33.34], true],
    ['[C44] that is a hair off', [50, 49.995], true],
    ['[C44] of thirds without the rest', [33.33, 33.33, 33.33], true],
    ['[C44] that is a hundredth over', [50, 50.01], true],
    ['[C44] that is two hundredths off', [50, 49.98], false],
    ['[C44] that gives too little', [50, 49.9], false],
    ['[C44] that gives too much', [60, 50], false],
    ['of one variant', [100], false],
  ])('%s is valid or not', (_what, percents, valid) => {
    expect(withPercents(...percents).success).toBe(valid);
  });

  it('[C44] whose shares do not sum to 100 says what they sum to', () => {
    expect(withPercents(60, 50).error?.issues[0]?.message).toContain('sum to 110; make them sum to 100');
  });

  it('whose variants share an id is refused', () => {
    const variants = anExperiment().variants.map((variant) => ({ ...variant, id: 'same' }));
    expect(Experiment.safeParse({ ...anExperiment(), variants }).success).toBe(false);
  });

  it('[C46] serves while it is running, not when it is paused or completed', () => {
    for (const status of ['running', 'paused', 'completed'] as const) {
      const found = experimentFor(subject, [anExperiment({ status })]);
      expect(found !== null).toBe(status === 'running');
    }
  });

  it('applies where it says, and the first that applies is the only one', () => {
    const elsewhere = anExperiment({ id: 'elsewhere', appliesTo: { repositories: ['acme/other'] } });
    const services = anExperiment({ id: 'services', appliesTo: { services: ['checkout'] } });
    const flaky = anExperiment({ id: 'flaky', appliesTo: { classes: ['flaky_tests'] } });
    expect(experimentFor(subject, [elsewhere, services, flaky, anExperiment()])?.id).toBe('flaky');
    expect(experimentFor({ ...subject, class: 'unknown' }, [elsewhere, services, flaky])).toBeNull();
  });
});

describe('the variant of an incident', () => {
  it('[C45] is the same whenever it is asked for', () => {
    fc.assert(
      fc.property(fc.string(), (unit) => {
        expect(assignVariant(anExperiment(), unit)).toEqual(assignVariant(anExperiment(), unit));
      }),
    );
  });

  it('[C45] comes in its share of the incidents, each experiment on its own', () => {
    const experiment = anExperiment({}, [20, 50, 30]);
    const other = anExperiment({ id: 'another' }, [20, 50, 30]);
    const counts: Record<string, number> = {};
    let both = 0;
    for (let unit = 0; unit < 20_000; unit += 1) {
      const { id } = assignVariant(experiment, `incident-${unit}`);
      counts[id] = (counts[id] ?? 0) + 1;
      if (id === assignVariant(other, `incident-${unit}`).id) both += 1;
    }
    const shares = Object.values(experiment.variants).map(({ id }) => (counts[id] ?? 0) / 20_000);
    expect(shares.map((share) => Math.round(share * 50) / 50)).toEqual([0.2, 0.5, 0.3]);
    // Independent: .2 * .2 + .5 * .5 + .3 * .3.
    expect(both / 20_000).toBeCloseTo(0.38, 1);
  });
});
