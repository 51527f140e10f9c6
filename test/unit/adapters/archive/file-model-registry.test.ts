import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFileModelArtifacts, makeFileModelRegistry } from '#shared/adapters/archive/file-model-registry.ts';
import { EMPTY_REGISTRY } from '#shared/domain/learning/model-registry.ts';
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

it('refuses a file of another version in one line with the way out, and leaves it as it is', async () => {
  const path = join(folder, 'newer.json');
  const text = '{"version":2,"registry":{"revision":7}}';
  writeFileSync(path, text);
  const registry = makeFileModelRegistry(path);
  await expect(registry.read()).rejects.toMatchObject({
    name: 'InvalidInput',
    message: `${path} is a model registry of version 2; this Selfheal reads version 1. It was not changed. Use the Selfheal that wrote it, name another file, or move this one away.`,
  });
  await expect(registry.write({ ...EMPTY_REGISTRY, revision: 1 })).rejects.toMatchObject({ name: 'InvalidInput' });
  expect(readFileSync(path, 'utf8')).toBe(text);
});

it('keeps files of models by their digest', async () => {
  const artifacts = makeFileModelArtifacts(join(folder, 'artifacts'));
  expect(await artifacts.get('abc')).toBeNull();
  await artifacts.put('abc', '{}');
  expect(await artifacts.get('abc')).toBe('{}');
});
