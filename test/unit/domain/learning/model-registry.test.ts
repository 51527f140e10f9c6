import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareModels } from '#shared/domain/learning/comparison.ts';
import { decodeAnswers, encodeAnswers } from '#shared/domain/learning/held-out-answers.ts';
import {
  EMPTY_REGISTRY,
  type ModelVersion,
  productionOf,
  promote,
  Registry,
  register,
  rollback,
} from '#shared/domain/learning/model-registry.ts';
import { promisedBy } from '#shared/domain/learning/provenance.ts';
import { aModelVersion, heldOut, rightOf } from '#test/builders/index.ts';

const BY = { at: new Date('2026-11-22T09:00:00.000Z'), by: 'dana' };

function registered(...versions: readonly ModelVersion[]): Registry {
  return versions.reduce((registry, version) => register(registry, version, BY), EMPTY_REGISTRY);
}

/** A registry with the first in production and the second as a candidate. */
function withProduction(first: ModelVersion, second: ModelVersion): Registry {
  const changed = promote(registered(first, second), { version: first, to: 'production', current: null }, BY);
  if (changed.kind === 'refused') throw new Error(changed.reasons.join(' '));
  return changed.registry;
}

function promoted(older: readonly boolean[], newer: readonly boolean[]) {
  const [first, second] = [aModelVersion('a', heldOut(older)).version, aModelVersion('b', heldOut(newer)).version];
  return promote(withProduction(first, second), { version: second, to: 'production', current: first }, BY);
}

describe('answers while held back', () => {
  it('come back as they were written, but for the last digits of the confidence', () => {
    const Answers = fc.uniqueArray(
      fc.record({
        digest: fc.stringMatching(/^[0-9a-f]{16}$/),
        right: fc.constantFrom(true, false, null),
        confidence: fc.double({ min: 0, max: 1, noNaN: true }),
        verdictRight: fc.constantFrom(true, false, null),
      }),
      { selector: ({ digest }) => digest, maxLength: 20 },
    );
    fc.assert(
      fc.property(Answers, (answers) => {
        const read = decodeAnswers(encodeAnswers(answers));
        expect(read.map(({ digest }) => digest)).toEqual(answers.map(({ digest }) => digest).sort());
        for (const one of read) {
          const written = answers.find(({ digest }) => digest === one.digest);
          expect(one).toMatchObject({ right: written?.right, verdictRight: written?.verdictRight });
          expect(Math.abs(one.confidence - (written?.confidence ?? 2))).toBeLessThanOrEqual(0.0101);
        }
      }),
    );
  });

  it('are none where a version has none', () => {
    expect(decodeAnswers({ learned: '0'.repeat(32) })).toEqual([]);
    expect(decodeAnswers({ learned: '0'.repeat(32), answers: '190' })).toEqual([]);
  });
});

describe('comparing two models', () => {
  it('looks at the same logs only, and turns around with them', () => {
    const [older, newer] = [heldOut(rightOf(80, 100)), heldOut(rightOf(130, 150))];
    const { classes } = compareModels(older, newer);
    expect(classes).toMatchObject({ cases: 100, value: 0.2 });
    expect(compareModels(newer, older).classes.value).toBeCloseTo(-0.2, 12);
    expect(classes.interval[0]).toBeGreaterThan(0.1);
    expect(classes.interval[1]).toBeLessThan(0.3);
  });

  it('calls a model no different from itself, the surer the more logs there are', () => {
    const widths = [50, 500, 5000].map((cases) => {
      const { classes } = compareModels(heldOut(rightOf(cases * 0.9, cases)), heldOut(rightOf(cases * 0.9, cases)));
      expect(classes.value).toBe(0);
      return classes.interval[1] - classes.interval[0];
    });
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
  });
});

describe('the model registry', () => {
  it('[C39] keeps each trained version once, as a candidate, with its metrics and the digest of its file', () => {
    const { version } = aModelVersion('a');
    const registry = registered(version, version);
    expect(registry.entries).toEqual([
      { id: 'a'.repeat(16), artifact: version.artifact, stage: 'candidate', at: BY.at.toISOString(), by: 'dana' },
    ]);
    expect(promisedBy(version.provenance).class).toEqual({ hits: 90, cases: 100 });
  });

  it('[C41] promotes a better version through staging to production, and archives the one before', () => {
    const [first, second] = [aModelVersion('a').version, aModelVersion('b', heldOut(rightOf(97, 100))).version];
    const staged = promote(withProduction(first, second), { version: second, to: 'staging', current: first }, BY);
    if (staged.kind === 'refused') throw new Error(staged.reasons.join(' '));
    expect(productionOf(staged.registry)?.id).toBe('a'.repeat(16));
    const put = promote(staged.registry, { version: second, to: 'production', current: first }, BY);
    if (put.kind === 'refused') throw new Error(put.reasons.join(' '));
    expect(put.registry.entries.map(({ stage }) => stage)).toEqual(['archived', 'production']);
  });

  it('[C41] refuses a version that is worse, and says by how much on how many logs', () => {
    const refused = promoted(rightOf(450, 500), rightOf(400, 500));
    expect(refused).toMatchObject({
      kind: 'refused',
      reasons: [
        expect.stringMatching(/^The class is worse: -10\.0 points, 95 % interval -\d+\.\d to -\d+\.\d, on 500 logs\.$/),
        expect.stringContaining('Brier'),
        expect.stringMatching(/^The verdict is worse/),
      ],
    });
  });

  it('refuses what is not shown to be no worse: too few logs, or none in common', () => {
    expect(promoted(rightOf(45, 50), rightOf(45, 50))).toMatchObject({
      kind: 'refused',
      reasons: [expect.stringContaining('cannot be ruled out'), expect.any(String)],
    });
    expect(promoted(rightOf(20, 29), rightOf(29, 29))).toMatchObject({
      reasons: [expect.stringContaining('29 labelled logs in common; 30 are needed')],
    });
  });

  it('takes an equal version when there are enough logs', () => {
    expect(promoted(rightOf(900, 1000), rightOf(900, 1000))).toMatchObject({ kind: 'changed' });
  });

  it('refuses what is not registered, is there already, or has another file', () => {
    const { version } = aModelVersion('a');
    const order = { version, to: 'production' as const, current: null };
    expect(promote(EMPTY_REGISTRY, order, BY)).toMatchObject({ kind: 'refused' });
    const other = { ...version, artifact: 'f'.repeat(64) };
    expect(promote(registered(version), { ...order, version: other }, BY)).toMatchObject({
      reasons: [expect.stringContaining('another file')],
    });
    const registry = withProduction(version, aModelVersion('b').version);
    expect(promote(registry, { ...order, current: version }, BY)).toMatchObject({
      reasons: [expect.stringContaining('in production already')],
    });
  });

  it('refuses without the record of the version in production: there is nothing to compare with', () => {
    const [first, second] = [aModelVersion('a').version, aModelVersion('b').version];
    const order = { version: second, to: 'production' as const, current: null };
    expect(promote(withProduction(first, second), order, BY)).toMatchObject({
      reasons: [expect.stringContaining('cannot be read')],
    });
  });

  it('rolls back to the version before, and no further than there is one', () => {
    const put = promoted(rightOf(900, 1000), rightOf(950, 1000));
    if (put.kind === 'refused') throw new Error(put.reasons.join(' '));
    const back = rollback(put.registry, BY);
    if (back.kind === 'refused') throw new Error(back.reasons.join(' '));
    expect(productionOf(back.registry)?.id).toBe('a'.repeat(16));
    expect(rollback(back.registry, BY)).toMatchObject({ kind: 'refused' });
    expect(rollback(EMPTY_REGISTRY, BY)).toMatchObject({ kind: 'refused' });
  });

  it('never has two versions in production, whatever is asked for in whatever order', () => {
    const samples = ['a', 'b', 'c', 'd'].map(
      (name, at) => aModelVersion(name, heldOut(rightOf(800 + 40 * at, 1000))).version,
    );
    const Step = fc.record({
      pick: fc.nat(samples.length - 1),
      what: fc.constantFrom('register' as const, 'staging' as const, 'production' as const, 'rollback' as const),
    });
    fc.assert(
      fc.property(fc.array(Step, { maxLength: 14 }), (steps) => {
        let registry = EMPTY_REGISTRY;
        for (const { pick, what } of steps) {
          const version = samples[pick] ?? samples[0];
          if (version === undefined) continue;
          const current = samples.find((one) => one.provenance.model === productionOf(registry)?.id) ?? null;
          const before = registry;
          if (what === 'register') registry = register(registry, version, BY);
          else {
            const changed =
              what === 'rollback' ? rollback(registry, BY) : promote(registry, { version, to: what, current }, BY);
            if (changed.kind === 'changed') registry = changed.registry;
          }
          expect(Registry.safeParse(registry).success).toBe(true);
          expect(registry === before || registry.revision === before.revision + 1).toBe(true);
          // What was in production stays so until another takes its place.
          if (productionOf(before) !== null) expect(productionOf(registry)).not.toBeNull();
        }
      }),
      { numRuns: 60 },
    );
  });
});
