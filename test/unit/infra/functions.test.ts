import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FUNCTIONS } from '#infra/functions.ts';

const FOLDER = join(import.meta.dirname, '../../../functions');

it('lists every folder of functions, so that none is forgotten in the deployment', () => {
  const folders = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, 'config.ts')));
  expect(FUNCTIONS.map(({ name }) => name).sort()).toEqual(folders.sort());
});

it.each(FUNCTIONS.map((config) => [config.name, config] as const))(
  'gives %s rights that name their actions one by one',
  (_name, { uses }) => {
    expect(uses).toBeTypeOf('object');
    for (const actions of Object.values(uses)) {
      expect(new Set(actions).size).toBe(actions.length);
      for (const action of actions) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
    }
  },
);
