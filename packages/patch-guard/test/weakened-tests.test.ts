import { describe, expect, it } from 'vitest';
import { WEAKENED_TESTS } from './hostile-tests.ts';
import { bothForms, verdictOn } from './patches.ts';

describe('a patch after which tests prove less', () => {
  it.each(WEAKENED_TESTS)('is refused for $rule: $what', ({ path, after, rule }) => {
    for (const patch of bothForms(path, after)) expect(verdictOn(patch)).toContain(rule);
  });
});
