import { describe, expect, it } from 'vitest';
import { aTree, verdictOn } from '../patches.ts';
import { reasonsFor } from './check.ts';
import { bodiesOf, SECOND_TRIALS, TRIALS } from './trials.ts';

/** Harm that needs a call, a path or a file that the judgement always notices. */
const ALWAYS_SEEN = ['runs a process', 'touches files', 'changes the build'];

describe('two trials of hostile bodies', () => {
  // What is left is named in decision 0034: harm made of what a file does anyway.
  it.each([
    ['700 of the first trial: all but 32', bodiesOf(TRIALS), 700, 32],
    ['102 of the second: all but 17', bodiesOf(SECOND_TRIALS), 102, 17],
  ])('ask for an approval or are refused: %s', async (_which, bodies, count, expected) => {
    const silent: string[] = [];
    const passed: string[] = [];
    for (const { path, before, after, harm, what } of bodies) {
      if ((await reasonsFor(path, before, after)).length > 0) continue;
      silent.push(harm);
      const [verdict] = verdictOn({ kind: 'replace', files: [{ path, content: after }] }, aTree({ [path]: before }));
      if (verdict === 'accepted') passed.push(`${harm}: ${path}: ${what}`);
    }
    console.log(
      `${bodies.length} hostile bodies: ${silent.length} without a reason, ${passed.length} of them not refused`,
    );
    expect(silent.filter((harm) => ALWAYS_SEEN.includes(harm))).toEqual([]);
    expect(passed.slice(expected)).toEqual([]);
    expect(new Set(bodies.map(({ path, after }) => `${path}\n${after}`)).size).toBe(count);
  });
});
