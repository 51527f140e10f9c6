import { defineCommand, UsageError } from '@selfheal/cli-kit/command.ts';
import { changeBy, openForChange, STAGE_OPTIONS, sayChange } from '#apps/workbench/registry/open-registry.ts';
import { promoteModel } from '#shared/app/learning/model-registry.ts';

function stageOf(to: string | undefined): 'staging' | 'production' | undefined {
  if (to === undefined || to === 'staging' || to === 'production') return to;
  throw new UsageError(`--to ${to}: expected staging or production.`);
}

export const modelPromote = defineCommand({
  name: 'model promote',
  summary: 'promote a trained model by one stage; refused unless it is shown to be no worse',
  details:
    'Without --to, a candidate goes to staging and a model in staging goes to production. The model is compared with the one that it replaces,\n' +
    'each on logs that it was not trained on. A loss of more than two points in class accuracy, verdict accuracy or Brier score must be ruled out.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1 },
  options: {
    to: { type: 'string', value: 'STAGE', about: 'staging or production' },
    ...STAGE_OPTIONS,
  },
  async run({ operands: [id = ''], options }, terminal) {
    const to = stageOf(options.to);
    const changed = await promoteModel({ id, to }, changeBy(terminal), await openForChange(options));
    const stage = changed.kind === 'changed' ? changed.registry.entries.find((one) => one.id === id)?.stage : '';
    return await sayChange(
      changed,
      options['dry-run'] === true ? `${id} would be in ${stage}.` : `${id} is in ${stage} now.`,
      options,
      terminal,
    );
  },
});
