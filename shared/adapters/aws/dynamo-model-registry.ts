import { EMPTY_REGISTRY, ModelVersion, Registry } from '#shared/domain/learning/model-registry.ts';
import type { ModelRegistryStore } from '#shared/ports/learning-stores.ts';
import { type Key, openTable, overRevisionBefore, type TableOptions, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const REGISTRY: Key = { pk: 'MODELS', sk: 'REGISTRY' };
const versionKey = (id: string): Key => ({ pk: 'MODELS', sk: `VERSION#${id}` });

/** Stats table, `MODELS`: one item for all stages, and one for each version. */
export function makeDynamoModelRegistry(options: TableOptions): ModelRegistryStore {
  const table = openTable(options);
  return {
    read: async () => {
      const item = await table.get(REGISTRY);
      return item === null ? EMPTY_REGISTRY : parseRecord(Registry, withoutStorage(item), 'The model registry');
    },
    write: async (registry) => {
      const record = Registry.parse(registry);
      const written = await table.putOnce({ ...REGISTRY, ...record }, overRevisionBefore(record.revision));
      return written ? 'written' : 'changed-meanwhile';
    },
    getVersion: async (id) => {
      const item = await table.get(versionKey(id));
      return item && parseRecord(ModelVersion, withoutStorage(item), `The model version ${id}`);
    },
    putVersion: async (version) => {
      const item = { ...versionKey(version.provenance.model), ...ModelVersion.parse(version) };
      return (await table.put(item, { condition: 'attribute_not_exists(pk)' })) ? 'added' : 'exists';
    },
  };
}
