import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOUDWATCH_EVENTS } from '#apps/local/world/samples/cloudwatch-events.ts';
import { plainReason, reasonHeadline } from '#shared/domain/incident/alarm-reason.ts';
import { AlarmConfiguration, alarmReasonWords } from '#shared/plugins/sources/cloudwatch/alarm-reason.ts';
import { cloudwatch } from '#shared/plugins/sources/cloudwatch/index.ts';

function reasonOf(event: unknown): string {
  const result = cloudwatch.toSignal(event);
  if (result.kind !== 'signal') throw new Error(JSON.stringify(result));
  return String(result.signal.tainted.reason);
}
const wordsFor = (reason: string, data: object, metrics: object[]) =>
  alarmReasonWords({ reason, reasonData: JSON.stringify(data) }, AlarmConfiguration.parse({ metrics }));
const metric = (id: string, name: string, returnData = true) => ({
  id,
  metricStat: { metric: { namespace: 'Shop', name, dimensions: {} }, period: 60, stat: 'Sum' },
  returnData,
});

describe('why an alarm went off, in words', () => {
  it('names the expression of metric math, its value and its limit, and the metrics in it', () => {
    const reason = reasonOf(CLOUDWATCH_EVENTS['metric-math-alarm-raised']);
    expect(reason).toMatch(
      /^Error rate \(errors \/ invocations \* 100\) was 64, greater than 5\. In it: errors is Errors \(Sum, AWS\/Lambda, FunctionName checkout-api\); invocations is Invocations \(.*\)\. CloudWatch: Threshold Crossed/,
    );
    expect(reasonHeadline(reason)).toBe('Error rate (errors / invocations * 100) was 64, greater than 5');
  });

  it('names the newest value and the band that belongs to it, of anomaly detection', () => {
    const reason = reasonOf(CLOUDWATCH_EVENTS['anomaly-alarm-raised']);
    expect(reason).toMatch(
      /^Invocations \(Sum, AWS\/Lambda, FunctionName checkout-api\) was 812\.5, above the expected band of 104\.3 to 344\.5 \(anomaly detection: ANOMALY_DETECTION_BAND\(m1, 2\)\)\. CloudWatch: /,
    );
  });

  it('says that no data came and since when, instead of a value', () => {
    const reason = reasonOf(CLOUDWATCH_EVENTS['missing-data-alarm-raised']);
    expect(reason).toContain(
      'No data came from MemoryUtilization (Average, AWS/ECS, ClusterName shop, ServiceName catalog) since 20 Nov 2026, 08:41 UTC; the alarm treats missing data as breaching.',
    );
    expect(reasonHeadline(reason)).not.toMatch(/ was \d/);
  });

  it('counts the periods back where the data have no times', () => {
    const missing =
      'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].';
    const data = { queryDate: '2026-11-20T10:15:00.000+0000', period: 300, recentDatapoints: [] };
    expect(wordsFor(missing, data, [metric('m1', 'Heartbeats')])).toContain('since 20 Nov 2026, 10:00 UTC');
    expect(wordsFor(missing, {}, [metric('m1', 'Heartbeats')])).toContain('for 3 periods');
  });

  it('says which values are missing beside one that breaches', () => {
    const reason =
      'Threshold Crossed: 1 datapoint [9.0 (20/11/26 10:00:00)] was greater than the threshold (5.0) and 2 missing datapoints were treated as [Breaching].';
    const rate = { id: 'e1', expression: 'a + b', returnData: true };
    expect(wordsFor(reason, { recentDatapoints: [9], threshold: 5 }, [rate, metric('a', 'A', false)])).toBe(
      'e1 (a + b) was 9, greater than 5. In it: a is A (Sum, Shop). 2 values are missing, which counts as breaching.',
    );
  });

  it.each([
    [3.2, 'below'],
    [812.5, 'above'],
  ])('says on which side of the band %d is', (value, side) => {
    const band = { id: 'ad', expression: 'ANOMALY_DETECTION_BAND(m1)', returnData: true };
    const data = { recentDatapoints: [value], recentLowerThresholds: [100], recentUpperThresholds: [300] };
    expect(wordsFor('Thresholds Crossed', data, [metric('m1', 'Load'), band])).toContain(
      `${side} the expected band of 100 to 300`,
    );
  });

  it('leaves a plain threshold and a composite alarm in the words of CloudWatch', () => {
    expect(reasonOf(CLOUDWATCH_EVENTS['alarm-raised'])).toMatch(/^Threshold Crossed/);
    expect(reasonHeadline(reasonOf(CLOUDWATCH_EVENTS['alarm-raised']))).toBeNull();
    expect(reasonHeadline(reasonOf(CLOUDWATCH_EVENTS['composite-alarm-raised']))).toBeNull();
  });

  it('takes no words for its own that somebody wrote into the state of a plain alarm', () => {
    expect(reasonHeadline(plainReason('All is well. CloudWatch: nothing'))).toBeNull();
  });

  it('never fails on data that CloudWatch does not describe', () => {
    const anything = fc.jsonValue();
    fc.assert(
      fc.property(anything, anything, fc.string(), (data, configuration, reason) => {
        const state = { reason, reasonData: typeof data === 'string' ? data : JSON.stringify(data) };
        const words = alarmReasonWords(state, AlarmConfiguration.parse(configuration));
        expect(words === null || words.length > 0).toBe(true);
      }),
    );
  });
});
