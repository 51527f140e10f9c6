import { expect, it } from 'vitest';
import { natureOf } from '#shared/domain/policy/impact.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';

it.each(ACTIONS)('it was thought about what $id does to a service', ({ id, family }) => {
  const { changesSettings, interrupts } = natureOf(id);
  expect(changesSettings && interrupts).toBe(false);
  if (family === 'github') expect(changesSettings || interrupts).toBe(false);
});

it('an action that is not listed may do anything', () => {
  expect(natureOf('a-playbook')).toEqual({ changesSettings: true, interrupts: true });
  expect(natureOf('__proto__')).toEqual({ changesSettings: true, interrupts: true });
});
