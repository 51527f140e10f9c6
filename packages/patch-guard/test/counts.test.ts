import { describe, expect, it } from 'vitest';
import { HONEST_PATCHES } from './honest-patches.ts';
import { HOSTILE_CODE, UNSEEN_CODE } from './hostile-code.ts';
import { HOSTILE_PATHS } from './hostile-paths.ts';
import { WEAKENED_TESTS } from './hostile-tests.ts';
import { MORE_TRICKS } from './more-tricks.ts';
import { OTHER_STYLES } from './other-styles.ts';

const ways = (kind: 'hostile' | 'honest') =>
  Object.entries(OTHER_STYLES).flatMap(([style, tables]) =>
    Object.entries(tables[kind]).map(([what]) => `${style}: ${what}`),
  );
const hostile = [
  ...[...WEAKENED_TESTS, ...HOSTILE_CODE, ...UNSEEN_CODE, ...MORE_TRICKS].map(({ path, after }) => `${path}\n${after}`),
  ...Object.values(HOSTILE_PATHS).flat(),
  ...ways('hostile'),
];
const honest = [...HONEST_PATCHES.map(({ path, after }) => `${path}\n${after}`), ...ways('honest')];

describe('the tables of patches', () => {
  it('hold more than 300 hostile and more than 60 honest ones, no two alike', () => {
    expect(new Set(hostile).size).toBe(hostile.length);
    expect(new Set(honest).size).toBe(honest.length);
    expect(hostile.length).toBeGreaterThanOrEqual(300);
    expect(honest.length).toBeGreaterThanOrEqual(60);
    console.log(`${hostile.length} hostile patches, ${honest.length} honest ones`);
  });
});
