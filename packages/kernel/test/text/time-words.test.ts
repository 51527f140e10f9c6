import { expect, it } from 'vitest';
import { measuredTimeWords } from '../../src/time-words.ts';

it.each([
  [0, '0 seconds'],
  [1_000, '1 second'],
  [7_400, '7 seconds'],
  [119_000, '119 seconds'],
  [300_000, '5 minutes'],
  [5_400_000, '1 hour 30 minutes'],
])('a measured time of %d ms is %s', (milliseconds, words) => {
  expect(measuredTimeWords(milliseconds)).toBe(words);
});
