import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import { AlertTarget } from '#shared/domain/incident/target-context.ts';
import { type Alert, signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import { maySpeakFor } from '#shared/domain/webhooks/connection.ts';
import { severityOfWord } from '#shared/domain/webhooks/severity-word.ts';
import { MAPPED_SOURCES } from '#shared/plugins/sources/common/mapped-source.ts';
import { ALERT_SOURCES } from '#shared/plugins/sources/registry.ts';
import { aConfiguration } from '#test/builders/index.ts';

const EVENTS = join(import.meta.dirname, '../../../../events');
const RECEIVED = new Date('2026-11-21T12:00:00.000Z');
const ALL = [...ALERT_SOURCES, ...MAPPED_SOURCES];
const FROM = { provider: 'tool', connection: 'of-a-test' };

/** A sample by its path, read by a source. */
function readBy(sourceId: string, sample: string) {
  const value = JSON.parse(readFileSync(join(EVENTS, sample), 'utf8'));
  const { headers = {}, body = value } = 'headers' in value && 'body' in value ? value : {};
  const source = ALL.find(({ id }) => id === sourceId);
  if (source === undefined) throw new Error(`There is no source ${sourceId}.`);
  return source.read({ headers, body, receivedAt: RECEIVED });
}
function alertIn(sample: string, index = 0): Alert {
  const read = readBy(sample.split('/')[0] ?? '', sample);
  const alert = read.kind === 'alerts' ? read.alerts[index] : undefined;
  if (alert === undefined) throw new Error(`${sample} holds no alert: ${JSON.stringify(read)}`);
  return alert;
}

describe('an alert of another tool', () => {
  it.each([
    [
      'alertmanager/two-alerts-firing.json',
      0,
      'firing',
      'critical',
      'checkout',
      'CheckoutErrorsHigh: More than 5 % of the requests fail',
    ],
    [
      'alertmanager/two-alerts-firing.json',
      1,
      'firing',
      'medium',
      'orders',
      'OrdersSlow: The 99th percentile is above 2 s',
    ],
    [
      'alertmanager/one-alert-resolved.json',
      0,
      'resolved',
      'critical',
      'checkout',
      'CheckoutErrorsHigh: More than 5 % of the requests fail',
    ],
    ['alertmanager/without-service-firing.json', 0, 'firing', 'critical', null, 'NodeDown'],
    ['grafana/panel-firing.json', 0, 'firing', 'medium', 'catalog', 'Memory above 90 %: Memory of catalog is at 93 %'],
    ['grafana/no-data-firing.json', 0, 'firing', 'medium', null, 'Orders per minute (DatasourceNoData)'],
    ['datadog/monitor-firing.json', 0, 'firing', 'critical', 'checkout', 'Errors of checkout'],
    ['datadog/monitor-resolved.json', 0, 'resolved', 'critical', 'checkout', 'Errors of checkout'],
    ['datadog/without-priority-firing.json', 0, 'firing', 'medium', null, 'Errors of checkout'],
    ['pagerduty/incident-triggered-firing.json', 0, 'firing', 'critical', 'Payment Service', 'Orders cannot be paid'],
    [
      'sentry/issue-created-firing.json',
      0,
      'firing',
      'critical',
      'checkout',
      'TypeError: cannot read properties of undefined',
    ],
    ['sentry/issue-alert-firing.json', 0, 'firing', 'high', 'frontend', 'Order submission failed'],
    ['sentry/metric-alert-firing.json', 0, 'firing', 'critical', 'checkout', 'Critical: Errors'],
  ])('%s (%d) is %s, %s, about %s', (sample, index, state, severity, service, title) => {
    expect(alertIn(sample, index)).toMatchObject({ state, severity, service, title });
  });

  it.each([
    ['alertmanager/two-alerts-firing.json', 'alertmanager/one-alert-resolved.json'],
    ['grafana/panel-firing.json', 'grafana/panel-resolved.json'],
    ['datadog/monitor-firing.json', 'datadog/monitor-resolved.json'],
    ['pagerduty/incident-triggered-firing.json', 'pagerduty/incident-resolved.json'],
    ['sentry/metric-alert-firing.json', 'sentry/metric-alert-resolved.json'],
  ])('%s and %s are of one incident', (firing, resolved) => {
    const ids = [firing, resolved].map((sample) => identify(signalOfAlert(alertIn(sample), FROM)).incidentId);
    expect(ids[0]).toBe(ids[1]);
    expect(alertIn(resolved).state).toBe('resolved');
  });

  it('is no alert but an acknowledgement where a person takes on a page of ours, and only there', () => {
    const ours = { kind: 'acknowledged', incidentId: 'cw-0123456789ab0123456789ab' };
    expect(readBy('pagerduty', 'pagerduty/own-page-acknowledged.json')).toMatchObject({ ...ours, by: 'Ada Example' });
    const acknowledged = readBy('jsm', 'jsm/own-page-acknowledged.json');
    const closed = readBy('jsm', 'jsm/own-page-closed-by-person-acknowledged.json');
    for (const read of [acknowledged, closed]) expect(read).toMatchObject({ ...ours, by: 'ada@example.com' });
    expect(closed).not.toEqual(acknowledged);
    const others = readdirSync(join(EVENTS, 'jsm')).filter((name) => name.endsWith('-ignored.json'));
    expect(others).toHaveLength(4);
    for (const name of others) expect(readBy('jsm', `jsm/${name}`).kind, name).toBe('ignored');
  });

  it('is refused or left aside by the source of every other tool', () => {
    const samples = ALERT_SOURCES.flatMap(({ id }) => readdirSync(join(EVENTS, id)).map((name) => `${id}/${name}`));
    const wrong = samples.flatMap((sample) =>
      ALL.filter(({ id }) => !sample.startsWith(`${id}/`)).flatMap(({ id }) => {
        const read = readBy(id, sample);
        return read.kind === 'alerts' && read.alerts.length > 0 ? [`${sample} by ${id}`] : [];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('is never read from arbitrary JSON, and nothing throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALL), fc.jsonValue(), (source, body) => {
        expect(source.read({ headers: {}, body, receivedAt: RECEIVED }).kind).not.toBe('alerts');
      }),
    );
  });

  it('becomes the same signal however often it comes, and another one of another connection', () => {
    const alert = alertIn('alertmanager/two-alerts-firing.json');
    expect(signalOfAlert(alert, FROM)).toEqual(signalOfAlert({ ...alert }, FROM));
    const other = signalOfAlert(alert, { ...FROM, connection: 'another' });
    expect(identify(other).intakeKey).not.toBe(identify(signalOfAlert(alert, FROM)).intakeKey);
    expect(other.deliveryId).not.toBe(signalOfAlert(alert, FROM).deliveryId);
  });

  it.each([
    ['javascript:alert(1)', null],
    ['https://user:word@example.com/', null],
    ['ftp://example.com/', null],
    ['not an address', null],
    [`https://example.com/${'x'.repeat(1000)}`, null],
    ['https://example.com/a?b=c', 'https://example.com/a?b=c'],
  ])('links only to pages of the web: %s', (url, kept) => {
    const { target } = signalOfAlert({ ...alertIn('alertmanager/two-alerts-firing.json'), url }, FROM);
    expect(target).toMatchObject({ url: kept });
    expect(AlertTarget.parse(target)).toEqual(target);
  });

  it('says no secret that its sender wrote into it', () => {
    const token = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');
    const alert = {
      ...alertIn('alertmanager/two-alerts-firing.json'),
      title: `token ${token}`,
      text: `password=${token}`,
    };
    expect(JSON.stringify(signalOfAlert(alert, FROM))).not.toContain(token);
  });

  it.each(['checkout-api', 'CheckoutApi', 'checkout_api', 'Checkout API'])(
    'is about the service checkout-api when its sender writes %s',
    (service) => {
      const configuration = aConfiguration({ services: [{ id: 'checkout-api', alarms: ['checkout-errors'] }] });
      const { target } = signalOfAlert({ ...alertIn('alertmanager/two-alerts-firing.json'), service }, FROM);
      expect(serviceOf(configuration, target)?.id).toBe('checkout-api');
      expect(maySpeakFor({ services: ['checkout-api'] }, service)).toBe(true);
      expect(maySpeakFor({ services: ['orders'] }, service)).toBe(false);
      expect(maySpeakFor({ services: ['orders'] }, null)).toBe(false);
    },
  );

  it.each([
    ['CRITICAL', 'critical'],
    ['P1', 'critical'],
    ['Sev-2', 'high'],
    ['warning', 'medium'],
    ['info', 'low'],
    ['purple', null],
    [undefined, null],
  ])('has the severity of the word %s', (word, severity) => {
    expect(severityOfWord(word)).toBe(severity);
  });
});
