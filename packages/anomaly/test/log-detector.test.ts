import { type LogAnomaly, makeLogAnomalyDetector } from '@selfheal/anomaly/log-detector.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from './series.ts';

function judge(clusters: readonly (number | string)[], options = {}): LogAnomaly[] {
  const detector = makeLogAnomalyDetector(options);
  const answers = clusters.flatMap((cluster, at) => [...detector.next({ line: at + 1, cluster })]);
  return [...answers, ...detector.end()];
}

/** An even mix of ten templates. */
function ordinaryLog(lines: number, seed: number): number[] {
  const random = seeded(seed);
  return Array.from({ length: lines }, () => Math.floor(random() * 10));
}

describe('a log anomaly detector', () => {
  it('answers every line once, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 300, size: 'max' }),
        fc.integer({ min: 5, max: 60 }),
        (clusters, windowLines) => {
          expect(judge(clusters, { windowLines }).map(({ line }) => line)).toEqual(clusters.map((_, at) => at + 1));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('judges a window without the lines after it', () => {
    const past = ordinaryLog(2000, 1);
    const answers = judge([...past, ...ordinaryLog(300, 2)]).slice(0, 2000);
    expect(judge([...past, ...Array.from({ length: 300 }, () => 'other')]).slice(0, 2000)).toEqual(answers);
  });

  it('names a template never seen before once the log is known', () => {
    const log: (number | string)[] = ordinaryLog(3000, 3);
    log[2500] = 'boom';
    const found = judge(log).filter(({ anomalous }) => anomalous);
    expect(found).toContainEqual(expect.objectContaining({ line: 2501, reason: 'new-template' }));
    expect(found.length).toBeLessThanOrEqual(3);
  });

  it('takes a new template for granted where new templates come all the time', () => {
    const log = ordinaryLog(3000, 4).map((cluster, at) => (at % 5 === 0 ? `once-${at}` : cluster));
    expect(judge(log).filter(({ reason }) => reason === 'new-template')).toEqual([]);
  });

  it('names an unusual mix of templates that are all ordinary by themselves', () => {
    const log = ordinaryLog(6000, 5).map((cluster, at) => (at >= 5000 && at < 5050 ? at % 5 : cluster));
    const found = judge(log).filter(({ reason }) => reason === 'unusual-mix');
    expect(found.some(({ line }) => line > 5000 && line <= 5050)).toBe(true);
    expect(found.length).toBeLessThanOrEqual(4);
  });

  it('names the first line of a template that comes far more often than it used to', () => {
    const log = ordinaryLog(6000, 8).map((cluster, at) => (at >= 5000 && at < 5050 && at % 2 === 0 ? 3 : cluster));
    const found = judge(log).filter(({ reason }) => reason === 'rate-jump');
    expect(found.map(({ line }) => line > 5000 && line <= 5050)).toEqual([true]);
  });

  it('takes bad news for surprising sooner than other lines as rare', () => {
    const log = ordinaryLog(3000, 9);
    const scoreOf = (severity: 'critical' | 'info' | 'debug') => {
      const detector = makeLogAnomalyDetector();
      const answers = log.flatMap((cluster, at) => [
        ...detector.next(at === 2500 ? { line: at + 1, cluster: 'rare', severity } : { line: at + 1, cluster }),
      ]);
      return answers.find(({ line }) => line === 2501)?.score ?? 0;
    };
    expect(scoreOf('critical')).toBeGreaterThan(scoreOf('info'));
    expect(scoreOf('info')).toBeGreaterThan(scoreOf('debug'));
  });

  it('is quiet on an ordinary log and gives the same answers each time', () => {
    const log = ordinaryLog(5000, 6);
    expect(judge(log).filter(({ anomalous }) => anomalous).length).toBeLessThanOrEqual(3);
    expect(judge(log)).toEqual(judge(log));
  });

  it('scores from 0.5 on exactly what it calls anomalous', () => {
    const log = ordinaryLog(1500, 7).map((cluster, at) => (at % 400 === 399 ? `rare-${at}` : cluster));
    for (const { score, anomalous, reason } of judge(log)) {
      expect(anomalous).toBe(score >= 0.5);
      expect(reason === 'none').toBe(!anomalous);
    }
  });
});
