import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identify } from '#shared/domain/incident/identity.ts';
import { Signal } from '#shared/domain/incident/signal.ts';
import { cloudwatch } from '#shared/plugins/sources/cloudwatch/index.ts';
import { anAlarmEvent } from './deliveries.ts';

const translate = (event: unknown) => cloudwatch.toSignal(event);
const signalOf = (event: unknown) => {
  const result = translate(event);
  if (result.kind !== 'signal') throw new Error(JSON.stringify(result));
  return Signal.parse(result.signal);
};

describe('the CloudWatch source', () => {
  it('takes ALARM as alarm-raised', () => {
    expect(signalOf(anAlarmEvent())).toMatchObject({
      kind: 'alarm-raised',
      occurredAt: '2026-11-21T11:58:00.000Z',
      target: { account: '123456789012', changedAt: '2026-11-21T11:58:00.000Z' },
      tainted: { title: 'checkout-errors', reason: 'Threshold crossed.' },
    });
  });

  it('leads an alarm that clears back to the incident that its raising opened', () => {
    const raised = signalOf(anAlarmEvent());
    const cleared = signalOf(
      anAlarmEvent({
        state: { value: 'OK', timestamp: '2026-11-21T12:30:00.000+0000' },
        previousState: { value: 'ALARM', timestamp: '2026-11-21T11:58:00.000+0000' },
      }),
    );
    expect(cleared.kind).toBe('alarm-cleared');
    expect(identify(cleared)).toEqual(identify(raised));
  });

  it('ignores INSUFFICIENT_DATA and configuration changes', () => {
    expect(translate(anAlarmEvent({ state: { value: 'INSUFFICIENT_DATA' } }))).toEqual({
      kind: 'ignored',
      reason: 'state-insufficient-data',
    });
    const changed = anAlarmEvent({ event: { 'detail-type': 'CloudWatch Alarm Configuration Change' } });
    expect(translate(changed)).toEqual({ kind: 'ignored', reason: 'detail-type' });
  });

  it('ignores the alarms by which Auto Scaling scales: nothing is broken when they ring', () => {
    const name = 'TargetTracking-service/shop/orders-AlarmHigh-1';
    expect(translate(anAlarmEvent({ name }))).toEqual({ kind: 'ignored', reason: 'scaling-alarm' });
  });

  it('takes a composite alarm, whose state names no metric', () => {
    const state = {
      reason: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:child transitioned to ALARM',
    };
    expect(signalOf(anAlarmEvent({ state })).kind).toBe('alarm-raised');
  });

  it.each(['Alarm', 'WaitPeriod', 'ExtensionPeriod'])('pages nobody while its actions are suppressed by %s', (by) => {
    const state = { actionsSuppressedBy: by, actionsSuppressedReason: `Actions suppressed by ${by}` };
    expect(translate(anAlarmEvent({ state }))).toEqual({ kind: 'ignored', reason: 'alarm-suppressed' });
    expect(signalOf(anAlarmEvent({ state: { ...state, value: 'OK' } })).kind).toBe('alarm-cleared');
  });

  it.each([
    [{ account: 'acme' }, 'account'],
    [{ account: undefined }, 'account'],
    [{ region: undefined }, 'region'],
    [{ resources: undefined }, 'resources'],
    [{ resources: [] }, 'resources'],
    [{ resources: ['arn:aws:s3:::bucket'] }, 'alarmArn'],
    [{ resources: ['arn:aws:cloudwatch:eu-west-1:999999999999:alarm:checkout-errors'] }, 'resources.0'],
    [{ resources: ['arn:aws:cloudwatch:us-east-1:123456789012:alarm:checkout-errors'] }, 'resources.0'],
    [{ resources: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:another'] }, 'resources.0'],
    [{ id: 7 }, 'id'],
    [{ detail: null }, 'detail'],
  ])('rejects an event with %j and names the field', (event, field) => {
    expect(translate(anAlarmEvent({ event }))).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining(field),
    });
  });

  it('rejects an instant that is none', () => {
    expect(translate(anAlarmEvent({ state: { timestamp: 'soon' } }))).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('detail.state.timestamp'),
    });
  });

  it('never throws, whatever the event is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const body of [value, { ...anAlarmEvent(), detail: value }]) expect(() => translate(body)).not.toThrow();
      }),
      { numRuns: 200 },
    );
  });
});
