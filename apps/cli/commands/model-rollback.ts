import { rollBackModel } from '#shared/app/learning/model-registry.ts';
import { defineCommand, JSON_OPTION } from '../command.ts';
import { changeBy, openRegistry, REGISTRY_OPTIONS, sayChange } from '../registry/open-registry.ts';

export const modelRollback = defineCommand({
  name: 'model rollback',
  summary: 'restore the previous production model',
  options: { ...REGISTRY_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const changed = await rollBackModel(changeBy(terminal), await openRegistry(options));
    const now = changed.kind === 'changed' ? changed.registry.history.at(-1) : '';
    return await sayChange(changed, `${now} is in production again.`, options.json === true, terminal);
  },
});
