import { EMPTY_REGISTRY, type ModelVersion, type Registry } from '#shared/domain/learning/model-registry.ts';
import type { ModelArtifacts, ModelRegistryStore } from '#shared/ports/learning-stores.ts';

export function makeMemoryModelRegistry(): ModelRegistryStore {
  const versions = new Map<string, ModelVersion>();
  let kept: Registry = EMPTY_REGISTRY;
  return {
    read: async () => kept,
    write: async (registry) => {
      if (registry.revision !== kept.revision + 1) return 'changed-meanwhile';
      kept = registry;
      return 'written';
    },
    getVersion: async (id) => versions.get(id) ?? null,
    putVersion: async (version) => {
      const { model } = version.provenance;
      if (versions.has(model)) return 'exists';
      versions.set(model, version);
      return 'added';
    },
  };
}

export function makeMemoryModelArtifacts(): ModelArtifacts {
  const files = new Map<string, string>();
  return {
    put: async (digest, file) => void files.set(digest, file),
    get: async (digest) => files.get(digest) ?? null,
  };
}
