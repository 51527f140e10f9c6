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
  for (const key of [
    'LEASE#checkout',
    'LEASE#orders',
    'POLICY',
    'CONTROLS',
    'POLICY',
    'AUDIT#access',
    'AUDIT#policy',
    'AUDIT#gh-01',
    'AUDIT#cw-02',
  ])
    ask(key);
  expect(log.all().map(({ context }) => context['dynamodb:LeadingKeys'])).toEqual([
    ['LEASE#checkout'],
    ['POLICY'],
    ['CONTROLS'],
    // Trails of their own, with rights of their own; those of incidents are one kind.
    ['AUDIT#access'],
    ['AUDIT#policy'],
    ['AUDIT#gh-01'],
  ]);
});
