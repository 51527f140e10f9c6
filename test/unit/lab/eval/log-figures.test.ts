import { parseSignatures } from '@selfheal/diagnosis/failure/signatures.ts';
import { expect, it } from 'vitest';
import { causeFigures, locateCause } from '#lab/eval/first-cause.ts';
import { anomalyFigures } from '#lab/eval/log-anomaly-figures.ts';

const { signatures } = parseSignatures([]);
const LOG = 'built\nsrc/cart.ts:12:5: error: total does not compile\n##[error]Process completed with exit code 1.\n';

it('counts a first cause only where it lies in the marked lines', () => {
  expect(locateCause(LOG, [[2, 2]], signatures)).toBe('marked');
  expect(
    locateCause(
      LOG,
      [
        [1, 1],
        [3, 3],
      ],
      signatures,
    ),
  ).toBe('elsewhere');
  expect(locateCause('built\n', [[1, 1]], signatures)).toBe('none');
  expect(causeFigures(['marked', 'elsewhere', 'none', 'marked']).map(({ value, cases }) => [value, cases])).toEqual([
    [0.5, 4],
    [0.25, 4],
  ]);
});

it('finds planted lines and bursts in logs that run evenly, the same ones every time', () => {
  const log = (name: string, words: readonly string[]) => ({
    name,
    lines: Array.from({ length: 4000 }, (_, at) => `${words[(at * 7) % words.length]} ${at}`),
  });
  const logs = [
    log('a', ['order opened', 'order paid', 'order sent', 'cart filled', 'cart emptied']),
    log('b', ['disk is full', 'disk is back', 'fan runs fast', 'fan runs slow', 'lid shut']),
  ];
  const figures = anomalyFigures(logs, 3);
  const value = (name: string): number =>
    figures.find((figure) => figure.name === `anomalies: ${name}`)?.value ?? Number.NaN;
  expect(value('planted foreign line found')).toBe(1);
  expect(value('planted burst found')).toBeGreaterThan(0.5);
  expect(value('alarms per 1,000 lines')).toBe(0);
  expect(anomalyFigures(logs, 3)).toEqual(figures);
});
