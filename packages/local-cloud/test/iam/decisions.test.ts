import { expect, it } from 'vitest';
import { makeDecisionLog } from '../../src/iam/decisions.ts';

it('keeps a question once for each kind of key, and not once for each key', () => {
  const log = makeDecisionLog(() => {});
  const ask = (key: string) =>
    log.record({
      role: 'Guard',
      action: 'dynamodb:GetItem',
      resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/control',
      context: { 'dynamodb:LeadingKeys': [key] },
      allowed: true,
      reason: 'allowed',
    });
  for (const key of ['LEASE#checkout', 'LEASE#orders', 'POLICY', 'CONTROLS', 'POLICY']) ask(key);
  expect(log.all().map(({ context }) => context['dynamodb:LeadingKeys'])).toEqual([
    ['LEASE#checkout'],
    ['POLICY'],
    ['CONTROLS'],
  ]);
});
