import { expect, it } from 'vitest';
import { FUNCTIONS } from '#infra/functions.ts';
import { RESOURCE_VARIABLES, type ResourceName, readEnvironment } from '#shared/domain/workflow/function-config.ts';

/** Functions that others call get everything with the call. */
const WITH_RESOURCES = FUNCTIONS.filter(({ trigger }) => trigger.kind !== 'function');

it.each(WITH_RESOURCES.map((config) => [config.name, config] as const))(
  '[D196] %s does not start without the variables it needs, and names every missing one',
  (name, config) => {
    const needed = (Object.keys(config.uses) as ResourceName[]).map((resource) => RESOURCE_VARIABLES[resource]);
    expect(needed).not.toEqual([]);
    const complete = Object.fromEntries(needed.map((variable) => [variable, 'something']));
    expect(Object.values(readEnvironment(config, complete))).toEqual(needed.map(() => 'something'));
    for (const variable of needed) {
      expect(() => readEnvironment(config, { ...complete, [variable]: '' })).toThrow(
        `Function ${name} lacks environment variables: ${variable}.`,
      );
    }
    expect(() => readEnvironment(config, {})).toThrow(needed.join(', '));
  },
);
