import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MetricFamily, prefersOpenMetrics, renderOpenMetrics } from '#shared/domain/answers/prometheus.ts';
import { parseOpenMetrics } from './open-metrics.ts';

const NAME = fc.stringMatching(/^[a-z][a-z0-9]{2,12}$/);
const families = fc.uniqueArray(
  fc.record({
    name: NAME,
    type: fc.constantFrom('gauge' as const, 'counter' as const),
    help: fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[\n\r]/.test(text) && text.trim() !== ''),
    values: fc.uniqueArray(fc.record({ text: fc.string(), value: fc.integer({ min: 0 }) }), {
      selector: ({ text }) => text,
    }),
  }),
  { selector: ({ name }) => name },
);

describe('OpenMetrics', () => {
  it('gives every sample back to a strict reader, whatever its labels say', () => {
    fc.assert(
      fc.property(families, (given) => {
        const made: MetricFamily[] = given.map(({ name, type, help, values }) => ({
          name: type === 'counter' ? `${name}_total` : name,
          type,
          help,
          samples: values.map(({ text, value }) => ({ labels: { text }, value })),
        }));
        const read = parseOpenMetrics(renderOpenMetrics(made));
        expect(read).toEqual(
          made.flatMap(({ name, samples }) => samples.map(({ labels, value }) => ({ name, labels, value }))),
        );
      }),
    );
  });

  it.each([
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      true,
    ],
    ['application/openmetrics-text', true],
    ['application/openmetrics-text;q=0.4, text/plain;q=0.5', false],
    ['application/openmetrics-text;q=0, text/plain', false],
    ['application/openmetrics-text;q=much', false],
    ['text/plain', false],
    ['*/*', false],
    ['', false],
    [undefined, false],
  ])('is chosen for the header Accept %j: %s', (accept, chosen) => {
    expect(prefersOpenMetrics(accept)).toBe(chosen);
  });
});
