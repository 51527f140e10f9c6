import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { openRegistry, REGISTRY_OPTIONS } from '#apps/workbench/registry/open-registry.ts';
import { promisedBy } from '#shared/domain/learning/provenance.ts';

export const modelList = defineCommand({
  name: 'model list',
  summary: 'list trained models with their stage and accuracy',
  options: { ...REGISTRY_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const { registry: store, shipped } = await openRegistry(options);
    const { entries } = await store.read();
    if (entries.length === 0) {
      const what = shipped === null ? '' : `; the shipped model ${shipped.provenance.model} is in production`;
      terminal.say(`selfheal: no model is registered${what}.`);
    }
    for (const { id, stage, at, by, artifact } of entries) {
      const provenance = (await store.getVersion(id))?.provenance;
      const promise = provenance === undefined ? null : promisedBy(provenance).class;
      const accuracy = promise === null ? null : promise.hits / promise.cases;
      const row = { id, stage, at, by, artifact, trainedAt: provenance?.trainedAt ?? null, accuracy };
      const worth = accuracy === null ? '' : `  accuracy ${shareText(accuracy)} of ${promise?.cases}`;
      await terminal.write(
        options.json === true ? `${JSON.stringify(row)}\n` : `${id}  ${stage.padEnd(10)}  ${at}  ${by}${worth}\n`,
      );
    }
    return 0;
  },
});
