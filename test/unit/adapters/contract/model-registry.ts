import { beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_REGISTRY, register } from '#shared/domain/learning/model-registry.ts';
import type { ModelRegistryStore } from '#shared/ports/learning-stores.ts';
import { aModelVersion } from '#test/builders/index.ts';

const BY = { at: new Date('2026-11-22T09:00:00.000Z'), by: 'dana' };

/** What every store of a model registry does, whatever it is made of. */
export function modelRegistryContract(name: string, open: () => Promise<ModelRegistryStore>): void {
  let store: ModelRegistryStore;
  beforeEach(async () => {
    store = await open();
  });

  describe(name, () => {
    it('is empty at first', async () => {
      expect(await store.read()).toEqual(EMPTY_REGISTRY);
      expect(await store.getVersion('a'.repeat(16))).toBeNull();
    });

    it('[C39][C40] keeps a version as it was put first, with its metrics', async () => {
      const { version } = aModelVersion('a');
      expect(await store.putVersion(version)).toBe('added');
      expect(await store.putVersion({ ...version, artifactBytes: 1 })).toBe('exists');
      expect(await store.getVersion('a'.repeat(16))).toEqual(version);
    });

    it('takes one of two changes of the same revision', async () => {
      const [first, second] = ['a', 'b'].map((id) => register(EMPTY_REGISTRY, aModelVersion(id).version, BY));
      if (first === undefined || second === undefined) throw new Error('There are two.');
      expect(await store.write(first)).toBe('written');
      expect(await store.write(second)).toBe('changed-meanwhile');
      const next = register(first, aModelVersion('b').version, BY);
      expect(await store.write(next)).toBe('written');
      expect(await store.write({ ...next, revision: 9 })).toBe('changed-meanwhile');
      expect(await store.read()).toEqual(next);
    });
  });
}
