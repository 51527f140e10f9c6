import { describe, expect, it } from 'vitest';
import { placeEvent } from '#shared/app/intake/place-event.ts';
import { modeOf, serviceOf } from '#shared/domain/configuration/scope.ts';
import { foreignReason } from '#shared/domain/incident/home.ts';
import { signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import { aConfiguration } from '#test/builders/index.ts';

const HOME = { partition: 'aws', account: '123456789012', region: 'eu-west-1' };
const AT = new Date('2026-11-21T12:00:00.000Z');
const configuration = {
  ...aConfiguration({
    services: [
      {
        id: 'checkout',
        alarms: ['checkout-errors'],
        mode: 'act',
        deployment: { kind: 'lambda-alias', functionName: 'checkout-api', alias: 'live' },
        resources: ['codepipeline/shop-release', 'rds/orders-db'],
      },
      { id: 'payment-service', alarms: ['payments'] },
    ],
  }),
  home: HOME,
};
const from = (resource: string, connection = '123456789012-eu-west-1') =>
  signalOfAlert(
    {
      id: resource,
      state: 'firing',
      severity: 'high',
      service: resource,
      title: 'It failed',
      text: '',
      url: null,
      startedAt: AT,
      changedAt: AT,
    },
    { provider: resource.split('/')[0] ?? '', connection },
  );
const serviceIn = (signal: ReturnType<typeof from>) => {
  const placed = placeEvent(signal, configuration);
  return [placed.target.kind === 'alert' && placed.target.service, serviceOf(configuration, placed.target)?.id ?? null];
};

describe('the service of an AWS event', () => {
  it.each([
    ['codepipeline/shop-release', 'checkout', 'checkout'],
    ['rds/orders-db', 'checkout', 'checkout'],
    ['lambda/checkout-api', 'checkout', 'checkout'],
    ['ecs/production/PaymentService', 'PaymentService', 'payment-service'],
    ['ecs/production/payment_service', 'payment_service', 'payment-service'],
    ['ecs/production/unknown', 'unknown', null],
  ])('%s is of %s', (resource, shown, service) => {
    expect(serviceIn(from(resource))).toEqual([shown, service]);
  });

  it('is none of another account or region, whose event only reports', () => {
    for (const [place, words] of [
      ['444455556666-eu-west-1', 'of 444455556666 in eu-west-1'],
      ['123456789012-us-east-1', 'of 123456789012 in us-east-1'],
    ] as const) {
      const signal = from('lambda/checkout-api', place);
      expect(serviceIn(signal)).toEqual([`checkout-api ${words}`, null]);
      const { target } = placeEvent(signal, configuration);
      expect(modeOf(configuration, target)).toBe('suggest');
      expect(foreignReason(target, HOME)).toContain(`The event is of account ${words.slice(3, 15)}`);
    }
  });

  it('is none where the deployment does not know its own account', () => {
    const { home: _home, ...homeless } = configuration;
    const { target } = placeEvent(from('lambda/checkout-api'), homeless);
    expect(serviceOf(homeless, target)).toBeNull();
  });

  it('allows nothing beyond a suggestion, also where the service may act', () => {
    expect(modeOf(configuration, placeEvent(from('rds/orders-db'), configuration).target)).toBe('suggest');
  });

  it('is the same the second time, and alerts of connections stay as they are', () => {
    const once = placeEvent(from('rds/orders-db'), configuration);
    expect(placeEvent(once, configuration)).toEqual(once);
    const other = from('rds/orders-db', 'prometheus-eu');
    expect(placeEvent(other, configuration)).toBe(other);
  });
});
