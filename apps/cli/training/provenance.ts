import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataDirectoryOf } from '#shared/adapters/archive/data-files.ts';
import { PROVENANCE_FILE } from '#shared/adapters/archive/model-version-files.ts';
import { Provenance } from '#shared/domain/learning/provenance.ts';

/** Digests of the logs that the shipped model has learned from; empty when there is no provenance. */
export async function learnedDigests(dataDir = dataDirectoryOf({})): Promise<ReadonlySet<string>> {
  const text = await readFile(join(dataDir, 'models', PROVENANCE_FILE), 'utf8').catch(() => null);
  if (text === null) return new Set();
  const { learned } = Provenance.parse(JSON.parse(text));
  return new Set(learned.match(/.{16}/g) ?? []);
}
