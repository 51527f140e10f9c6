import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COUNTED_METRICS, countedFamilies, observation } from '#shared/domain/answers/counted-metrics.ts';
import { renderMetrics, renderOpenMetrics } from '#shared/domain/answers/prometheus.ts';
import { makeMemoryCounters } from '#test/fakes/index.ts';
import { parseOpenMetrics } from './open-metrics.ts';

const NAME = 'time_to_heal_seconds';
const { bounds } = COUNTED_METRICS[NAME];

async function scrapeOf(values: readonly number[], labels: Record<string, string> = {}) {
  const counters = makeMemoryCounters();
  for (const value of values) await counters.add(observation(NAME, labels, value));
  const samples = parseOpenMetrics(renderOpenMetrics(countedFamilies(await counters.totals())));
  const of = (suffix: string, le?: string) =>
    samples.find(({ name, labels: own }) => name === `selfheal_${NAME}${suffix}` && own.le === le)?.value ?? 0;
  return { samples, of };
}

describe('a histogram', () => {
  it('counts in each bucket whatever was at most its bound, and sums up', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 200_000_000 }), { maxLength: 40 }), async (milliseconds) => {
        const values = milliseconds.map((one) => one / 1000);
        const { of } = await scrapeOf(values);
        for (const bound of bounds)
          expect(of('_bucket', `${bound}.0`)).toBe(values.filter((value) => value <= bound).length);
        expect(of('_bucket', '+Inf')).toBe(values.length);
        expect(of('_count')).toBe(values.length);
        expect(of('_sum')).toBeCloseTo(
          values.reduce((sum, value) => sum + value, 0),
          2,
        );
      }),
    ));

  it('keeps series with other labels apart, and what a clock turned back counts as nothing', async () => {
    const counters = makeMemoryCounters();
    await counters.add(observation('time_to_comment_seconds', { channel: 'email' }, -5));
    await counters.add(observation('time_to_comment_seconds', { channel: 'slack' }, 7));
    const text = renderMetrics(countedFamilies(await counters.totals()));
    expect(text).toContain('selfheal_time_to_comment_seconds_bucket{channel="email",le="5.0"} 1\n');
    expect(text).toContain('selfheal_time_to_comment_seconds_sum{channel="email"} 0\n');
    expect(text).toContain('selfheal_time_to_comment_seconds_bucket{channel="slack",le="5.0"} 0\n');
    expect(text).toContain('selfheal_time_to_comment_seconds_count{channel="slack"} 1\n');
  });

  it('counts what was stored under a bound that is no more from the next bound on', async () => {
    const families = countedFamilies([{ name: `${NAME}_bucket`, labels: { le: '90.0' }, value: 3 }]);
    const text = renderMetrics(families);
    expect(text).toContain(`selfheal_${NAME}_bucket{le="60.0"} 0\n`);
    expect(text).toContain(`selfheal_${NAME}_bucket{le="120.0"} 3\n`);
  });
});

it('every counter ends with _total and every histogram with its unit, and a stranger is left out', () => {
  for (const [name, metric] of Object.entries(COUNTED_METRICS))
    expect(name).toMatch('bounds' in metric ? /_seconds$/ : /_total$/);
  const families = countedFamilies([{ name: 'made_up_total', labels: {}, value: 1 }]);
  expect(renderMetrics(families)).toBe('');
});
