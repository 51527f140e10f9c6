import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { InvalidInput } from '#shared/domain/kernel/errors.ts';
import { EMPTY_REGISTRY, ModelVersion, Registry } from '#shared/domain/learning/model-registry.ts';
import type { ModelArtifacts, ModelRegistryStore } from '#shared/ports/model-registry.ts';

const RegistryFile = z.strictObject({
  version: z.literal(1),
  registry: Registry,
  versions: z.array(ModelVersion),
});
type RegistryFile = z.infer<typeof RegistryFile>;

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}

async function readRegistry(path: string): Promise<RegistryFile> {
  try {
    return RegistryFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (isMissing(error)) return { version: 1, registry: EMPTY_REGISTRY, versions: [] };
    throw new InvalidInput(`${path}: it is no model registry: name another file, or take this one away.`, {
      cause: error,
    });
  }
}

/** Whole or not at all: a reader never sees half a file. */
async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/** A registry in one file, for one person at a time. */
export function makeFileModelRegistry(path: string): ModelRegistryStore {
  const write = (file: RegistryFile) => replace(path, `${JSON.stringify(RegistryFile.parse(file), null, 2)}\n`);
  return {
    read: async () => (await readRegistry(path)).registry,
    write: async (registry) => {
      const file = await readRegistry(path);
      if (file.registry.revision !== registry.revision - 1) return 'changed-meanwhile';
      await write({ ...file, registry });
      return 'written';
    },
    getVersion: async (id) =>
      (await readRegistry(path)).versions.find(({ provenance }) => provenance.model === id) ?? null,
    putVersion: async (version) => {
      const file = await readRegistry(path);
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
    put: (digest, file) => replace(pathOf(digest), file),
    get: (digest) =>
      readFile(pathOf(digest), 'utf8').catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      }),
  };
}
