import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFileModelArtifacts, makeFileModelRegistry } from '#shared/adapters/archive/file-model-registry.ts';
import { modelRegistryContract } from '../contract/model-registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'selfheal-registry-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const newPath = (): string => join(folder, String(count++), 'registry.json');

modelRegistryContract('model registry in a file', async () => makeFileModelRegistry(newPath()));

it('says of a file that is no registry which one it is', async () => {
  const path = join(folder, 'other.json');
  writeFileSync(path, '{"version":1}');
  await expect(makeFileModelRegistry(path).read()).rejects.toMatchObject({
    name: 'InvalidInput',
    message: expect.stringContaining(path),
  });
});

it('keeps files of models by their digest', async () => {
  const artifacts = makeFileModelArtifacts(join(folder, 'artifacts'));
  expect(await artifacts.get('abc')).toBeNull();
  await artifacts.put('abc', '{}');
  expect(await artifacts.get('abc')).toBe('{}');
});
