import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { EMPTY_REGISTRY, ModelVersion, Registry } from '#shared/domain/learning/model-registry.ts';
import type { ModelArtifacts, ModelRegistryStore } from '#shared/ports/learning-stores.ts';
import { isMissing, readRecordFile, replaceFile } from './record-file.ts';

const RegistryFile = z.strictObject({
  version: z.literal(1),
  registry: Registry,
  versions: z.array(ModelVersion),
});
type RegistryFile = z.infer<typeof RegistryFile>;

const EMPTY: RegistryFile = { version: 1, registry: EMPTY_REGISTRY, versions: [] };

/** A registry in one file, for a single user. */
export function makeFileModelRegistry(path: string): ModelRegistryStore {
  const readRegistry = () => readRecordFile(path, RegistryFile, EMPTY, 'model registry');
  const write = (file: RegistryFile) => replaceFile(path, `${JSON.stringify(RegistryFile.parse(file), null, 2)}\n`);
  return {
    read: async () => (await readRegistry()).registry,
    write: async (registry) => {
      const file = await readRegistry();
      if (file.registry.revision !== registry.revision - 1) return 'changed-meanwhile';
      await write({ ...file, registry });
      return 'written';
    },
    getVersion: async (id) => (await readRegistry()).versions.find(({ provenance }) => provenance.model === id) ?? null,
    putVersion: async (version) => {
      const file = await readRegistry();
      if (file.versions.some(({ provenance }) => provenance.model === version.provenance.model)) return 'exists';
      await write({ ...file, versions: [...file.versions, version] });
      return 'added';
    },
  };
}

/** Model files in a folder, named by their digest. */
export function makeFileModelArtifacts(folder: string): ModelArtifacts {
  const pathOf = (digest: string): string => join(folder, `${digest}.json`);
  return {
    put: (digest, file) => replaceFile(pathOf(digest), file),
    get: (digest) =>
      readFile(pathOf(digest), 'utf8').catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      }),
  };
}
