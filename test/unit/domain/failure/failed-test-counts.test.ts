import { join } from 'node:path';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { describe, expect, it } from 'vitest';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';

const { signatures } = await loadSignatures(join(import.meta.dirname, '../../../../shared/data'));

/** The class of a log whose lines have these scores: how much each stands out. */
function classOf(...lines: readonly (readonly [text: string, score: number])[]): string {
  const evidence = Evidence.parse({
    version: 1,
    incidentId: 'none',
    gatheredAt: '2026-01-02T03:04:05Z',
    sources: [
      {
        id: 'log',
        name: 'log',
        url: null,
        totalLines: lines.length,
        lines: lines.map(([text, score], at) => ({ ref: `L${at + 1}`, number: at + 1, text, score })),
      },
    ],
    notes: [],
  });
  return classify(evidence, { signatures }).class;
}

const NULL_ERROR = "TypeError: Cannot read properties of null (reading 'total')";

describe("a harness's count of failed tests", () => {
  it('holds however little its line stands out beside the chatter of what was tested', () => {
    expect(classOf([NULL_ERROR, 9], ['Tests:       1 failed, 41 passed, 42 total', 0.5])).toBe('test_failure');
  });

  it('of zero leaves the exception what it is', () => {
    expect(classOf([NULL_ERROR, 9], ['Tests:       0 failed, 42 passed, 42 total', 0.5])).toBe('runtime_exceptions');
  });

  it('comes before the coverage that was missed, and that before nothing', () => {
    const missed = ['Jest: "global" coverage threshold for lines (90%) not met: 81.2%', 9] as const;
    expect(classOf(missed, ['Tests:       1 failed, 41 passed, 42 total', 2])).toBe('test_failure');
    expect(classOf(missed, ['Tests:       42 passed, 42 total', 2])).toBe('compliance_violations');
  });

  it('comes before the errors that an R program prints on the way', () => {
    const error = ['Error in total(cart) : no such article', 9] as const;
    expect(classOf(error, ['Status: 1 ERROR, 1 NOTE', 6])).toBe('test_failure');
    expect(classOf(error)).toBe('runtime_exceptions');
  });
});
