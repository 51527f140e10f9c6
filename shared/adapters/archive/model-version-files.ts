import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelVersion, versionOf } from '#shared/domain/learning/model-registry.ts';
import { Provenance } from '#shared/domain/learning/provenance.ts';
import { MODEL_FILE } from './data-files.ts';

export const PROVENANCE_FILE = 'failure.provenance.json';

/** The version of the model that comes with the code. A problem names the folder; then there is no version. */
export async function loadShippedVersion(
  dataDir: string,
): Promise<{ version: ModelVersion | null; problems: string[] }> {
  const folder = join(dataDir, 'models');
  try {
    const [file = '', provenance = ''] = await Promise.all(
      [MODEL_FILE, PROVENANCE_FILE].map((name) => readFile(join(folder, name), 'utf8')),
    );
    return { version: versionOf(Provenance.parse(JSON.parse(provenance)), file), problems: [] };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'not readable';
    return { version: null, problems: [`${folder}: ${why}`] };
  }
}
