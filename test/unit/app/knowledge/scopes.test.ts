import { describe, expect, it } from 'vitest';
import { resolveScope, type ScopeDeps } from '#shared/app/knowledge/scopes.ts';
import { aPrediction } from '#test/builders/index.ts';

const ARN = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm';
const services = [
  { id: 'checkout', alarms: ['checkout-errors', 'checkout-latency'] },
  { id: 'ledger', alarms: ['ledger-latency'] },
];
const deps = {
  lists: { list: async () => ({ incidents: [], next: null, corrupt: [] }) },
  configuration: { services, home: { partition: 'aws', region: 'us-east-1', account: '000000000000' } },
  predictions: {
    recentPredictions: async () =>
      [
        `alarm#${ARN}:checkout-errors`,
        `alarm#${ARN}:ledger-latency`,
        'service#redis',
        'repository#501:acme/shop',
        'repository#502:acme/shop',
      ].map((scope, at) => aPrediction({ attempt: at + 1, scope })),
  },
} as unknown as ScopeDeps;

describe('a place by its name', () => {
  it.each([
    ['services', 'services'],
    ['ledger', `alarm#${ARN}:ledger-latency`],
    ['LEDGER', `alarm#${ARN}:ledger-latency`],
    ['Checkout-Errors', `alarm#${ARN}:checkout-errors`],
    ['redis', 'service#redis'],
    ['service:postgres', 'service#postgres'],
  ])('%s is %s', async (name, scope) => {
    expect(await resolveScope(name, deps)).toEqual({ kind: 'scope', scope });
  });

  it('lists for an unknown name what there is, each as it is typed', async () => {
    const answer = await resolveScope('nowhere', deps);
    expect(answer).toEqual({
      kind: 'unknown',
      reason:
        'scope: nothing is known about nowhere. There are: services, checkout-errors, ledger-latency, service:redis, acme/shop.',
    });
    expect((await resolveScope('service:redis', deps)).kind).toBe('scope');
    expect((await resolveScope('checkout-errors', deps)).kind).toBe('scope');
  });

  it('names the places of an ambiguous name so that each of them is none', async () => {
    expect(await resolveScope('checkout', deps)).toEqual({
      kind: 'invalid',
      reason: 'scope: checkout may be checkout-errors, or checkout-latency. Name one of them.',
    });
    expect(await resolveScope('acme/shop', deps)).toEqual({
      kind: 'invalid',
      reason: 'scope: acme/shop may be repository#501:acme/shop, or repository#502:acme/shop. Name one of them.',
    });
  });
});
