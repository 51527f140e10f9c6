import { expect, it } from 'vitest';
import { UNKNOWN_IMPACT } from '#shared/domain/plan/candidates.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { actionFor, PARAMETER } from './playbook/playbook-world.ts';

it.each(ACTIONS)('it was thought about what $id does to a service', ({ impact, family }) => {
  const { changesSettings, interrupts } = impact;
  expect(changesSettings && interrupts).toBe(false);
  if (family === 'github') expect(changesSettings || interrupts).toBe(false);
});

it('a playbook may do anything', () => {
  expect(actionFor(PARAMETER).impact).toEqual(UNKNOWN_IMPACT);
});
