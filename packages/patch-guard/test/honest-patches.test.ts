import { describe, expect, it } from 'vitest';
import { judgePatch } from '../src/judge-patch.ts';
import { HONEST_PATCHES } from './honest-patches.ts';
import { aTree, bothForms, REPOSITORY } from './patches.ts';

describe('an honest fix', () => {
  it.each(HONEST_PATCHES)('passes: $what', ({ path, after }) => {
    for (const patch of bothForms(path, after)) {
      const judged = judgePatch(patch, aTree(REPOSITORY));
      expect(judged.kind === 'accepted' ? [] : judged.findings).toEqual([]);
      expect(judged.kind === 'accepted' && judged.files.map((file) => [file.path, file.after])).toEqual([
        [path, after],
      ]);
    }
  });

  it('is tried in at least 60 ways', () => {
    expect(HONEST_PATCHES.length).toBeGreaterThanOrEqual(60);
  });
});
