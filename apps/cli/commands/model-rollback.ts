import { defineCommand } from '@selfheal/cli-kit/command.ts';
import { changeBy, openForChange, STAGE_OPTIONS, sayChange } from '#apps/workbench/registry/open-registry.ts';
import { rollBackModel } from '#shared/app/learning/model-registry.ts';

export const modelRollback = defineCommand({
  name: 'model rollback',
  summary: 'restore the previous production model',
  options: STAGE_OPTIONS,
  async run({ options }, terminal) {
    const changed = await rollBackModel(changeBy(terminal), await openForChange(options));
    const now = changed.kind === 'changed' ? changed.registry.history.at(-1) : '';
    return await sayChange(
      changed,
      options['dry-run'] === true ? `${now} would be in production again.` : `${now} is in production again.`,
      options,
      terminal,
    );
  },
});
