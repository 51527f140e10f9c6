import { allSecretPatterns } from '@selfheal/redaction/secret-steps.ts';
import { describe, expect, it } from 'vitest';
import {
  ANCHORS,
  CODE_LISTING,
  HARMLESS,
  NONE_OF,
  RUNNER_NOISE,
  SOME_OF,
  WORDINGS,
} from '../../src/logs/failure-keywords.ts';
import { NOISE } from '../../src/logs/noise-patterns.ts';
import { problemOfPattern } from '../../src/logs/pattern-safety.ts';

const GROUPS: readonly (readonly [what: string, patterns: readonly RegExp[]])[] = [
  ['secret', allSecretPatterns()],
  ['wording of a failure', [...ANCHORS, ...WORDINGS.map(([, pattern]) => pattern)]],
  ['wording of no failure', [...NOISE, HARMLESS, NONE_OF, SOME_OF, CODE_LISTING, RUNNER_NOISE]],
];

describe('every pattern that runs on lines of a log', () => {
  it.each(GROUPS)('and stands for a %s runs in linear time, whatever the line', (_, patterns) => {
    expect(patterns.length).toBeGreaterThan(5);
    const problems = patterns.map(({ source }) => [source, problemOfPattern(source)]);
    expect(problems.filter(([, problem]) => problem !== null)).toEqual([]);
  });
});
