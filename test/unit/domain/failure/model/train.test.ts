import { join } from 'node:path';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { calibrated } from '@selfheal/diagnosis/failure/model/calibration.ts';
import { parseModelFile, toModelFile } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import { signsOfSignature } from '@selfheal/diagnosis/failure/model/signs.ts';
import { foldOf, type TrainingCase, trainFailureModel } from '@selfheal/diagnosis/failure/model/train.ts';
import { parseSignatures } from '@selfheal/diagnosis/failure/signatures.ts';
import { describe, expect, it } from 'vitest';
import { loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { anEvidence } from '#test/builders/index.ts';

const DATA = join(import.meta.dirname, '../../../../../shared/data');
const noSignatures = parseSignatures([]).signatures;
const soundSignature = {
  id: 'gadget-jam',
  title: 'The gadget jammed',
  class: 'storage_issues',
  verdict: 'infrastructure',
  confidence: 0.8,
  literals: ['gadget jam'],
  pattern: 'gadget jam(?:med)?',
  examples: { matches: ['gadget jam', 'gadget jammed'], rejects: ['gadgets', 'no jam'] },
  advice: { rootCause: 'It jammed.', fix: 'Free it.', prevention: 'Oil it.' },
};
const { signatures: oneSignature } = parseSignatures([{ name: 'one.yaml', content: { signatures: [soundSignature] } }]);

/** Twelve repositories, each with a broken build, a broken test and a lost connection, in words of its own. */
function someCases(): TrainingCase[] {
  return Array.from({ length: 12 }, (_, at) => `repository-${at}`).flatMap((group, at) => [
    aCase(group, 'compilation_error', false, `widget${at}.q: unknown symbol in unit`, 'translation of unit stopped'),
    aCase(group, 'test_failure', null, `spec ${at} differs from what was wanted`, 'one spec of nine differs'),
    aCase(group, 'network_connectivity', true, `peer ${at} hung up on the socket`, 'socket lost its peer'),
  ]);
}

function aCase(
  group: string,
  failureClass: TrainingCase['class'],
  transient: boolean | null,
  ...texts: string[]
): TrainingCase {
  return { group, evidence: anEvidence({ texts }), class: failureClass, accepted: [], transient };
}

const trained = trainFailureModel(someCases(), oneSignature, { id: 'feedfeedfeedfeed' });

describe('[C1] [C39] [E3] a model trained on labelled failures', () => {
  it('names the class of repositories that it has not seen, without any signature', () => {
    for (const one of someCases()) {
      const answer = classify(one.evidence, { signatures: noSignatures, model: trained.heldOut(one) });
      expect(answer.class, one.group).toBe(one.class);
      expect(answer.signature).toBeNull();
      expect(answer.evidence.length).toBeGreaterThan(0);
    }
  });

  it('tells what passes when it is run again from what lasts', () => {
    const verdictOf = (...texts: string[]) =>
      classify(anEvidence({ texts }), { signatures: noSignatures, model: trained.model }).verdict;
    expect(verdictOf('peer 99 hung up on the socket', 'socket lost its peer')).toBe('infrastructure');
    expect(verdictOf('widget99.q: unknown symbol in unit', 'translation of unit stopped')).toBe('regression');
  });

  it('says nothing about words that it has never seen', () => {
    const answer = classify(anEvidence({ texts: ['zzyzx qwerty'] }), {
      signatures: noSignatures,
      model: trained.model,
    });
    expect(answer).toMatchObject({ class: 'unknown', confidence: 0 });
  });

  it('[D253] answers together with the signatures: leaves the answer to one that it does not surely contradict', () => {
    const together = (...texts: string[]) =>
      classify(anEvidence({ texts }), { signatures: oneSignature, model: trained.model });
    const kept = together('gadget jammed');
    expect(kept).toMatchObject({ class: 'storage_issues', signature: 'gadget-jam' });
    // Both have a say in how sure that is, and the model names what else it may be.
    expect(kept.confidence).toBeLessThan(0.8);
    expect(kept.alternatives.map((one) => one.class).toSorted()).toEqual([
      'compilation_error',
      'network_connectivity',
      'test_failure',
    ]);
    const contradicted = together('gadget jammed', 'widget99.q: unknown symbol in unit', 'translation of unit stopped');
    expect(contradicted).toMatchObject({ class: 'compilation_error', signature: null });
    expect(contradicted.alternatives.map((one) => one.class)).toEqual(['storage_issues']);
  });

  it('survives its file, and answers the same from it', () => {
    const read = parseModelFile(JSON.parse(JSON.stringify(toModelFile(trained.model))));
    for (const { evidence } of someCases().slice(0, 3)) {
      const [before, after] = [trained.model, read].map((model) =>
        classify(evidence, { signatures: noSignatures, model }),
      );
      expect(after?.class).toBe(before?.class);
      expect(after?.confidence).toBeCloseTo(before?.confidence ?? 0, 1);
    }
  });

  it('has a file without any word of the logs', () => {
    expect(JSON.stringify(toModelFile(trained.model))).not.toMatch(/widget|socket|spec|repository/);
  });

  it('holds a repository back as a whole, and the same one every time', () => {
    expect(foldOf('a/b', 5)).toBe(foldOf('a/b', 5));
    expect(new Set(Array.from({ length: 50 }, (_, at) => foldOf(`group ${at}`, 5))).size).toBe(5);
  });

  it('is read from a file of before answers by the step alone were told apart, and doubts those', () => {
    const file = toModelFile(trained.model);
    const [weak = 0, support = 0, , bias = 0] = file.calibrations.signature;
    const older = { ...file, calibrations: { ...file.calibrations, signature: [weak, support, bias] } };
    const { signature } = parseModelFile(JSON.parse(JSON.stringify(older))).calibrations;
    expect(signature).toEqual([weak, support, expect.any(Number), bias]);
    expect(signature[2]).toBeLessThan(0);
    const opinion = { classes: [], transient: 0, known: 1 };
    const answer = { class: 'test_failure', verdict: 'regression', strength: 0.6 } as const;
    const sure = (isByStep: boolean): number =>
      calibrated(signature, signsOfSignature({ ...answer, isByStep }, opinion));
    expect(sure(true)).toBeLessThan(sure(false));
  });

  it('is refused when its weights do not fit', () => {
    const file = toModelFile(trained.model);
    expect(() => parseModelFile({ ...file, classes: { ...file.classes, weights: '' } })).toThrow(RangeError);
    expect(() => parseModelFile({ ...file, version: 2 })).toThrow(/version/);
  });
});

describe('the shipped model', async () => {
  const { model, problems } = await loadFailureModel(DATA);
  const { signatures } = await loadSignatures(DATA);

  it('loads', () => {
    expect(problems).toEqual([]);
    expect(model?.id).toMatch(/^[0-9a-f]{16}$/);
  });

  it('keeps an answer of the signatures, gives alternatives, and is no surer than 1', () => {
    const answer = classify(anEvidence({ texts: ['write error: No space left on device'] }), { signatures, model });
    expect(answer).toMatchObject({ class: 'resource_exhaustion', signature: 'disk-full', verdict: 'infrastructure' });
    const sum = answer.confidence + answer.alternatives.reduce((total, one) => total + one.confidence, 0);
    expect(sum).toBeLessThanOrEqual(1.01);
  });

  it('says unknown where nothing failed', () => {
    const texts = ['everything is fine', 'all 12 tests passed', 'done in 3 s'];
    expect(classify(anEvidence({ texts }), { signatures, model }).class).toBe('unknown');
  });

  it('says which file is not a model', async () => {
    const { model: none, problems: why } = await loadFailureModel('/nonexistent');
    expect(none).toBeUndefined();
    expect(why[0]).toContain('failure.json');
  });
});
