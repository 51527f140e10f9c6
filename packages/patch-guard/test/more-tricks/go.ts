import type { MoreTrick } from './more-trick.ts';

/** Further tricks with the tests of the sample project. */
export const go: readonly MoreTrick[] = [
  ['the package is another', ['package cart\n', 'package cart_test\n']],
  ['t is another', ['\tgot := Total', '\tt = &testing.T{}\n\tgot := Total']],
  [
    'a sub-test is never run',
    ['\tassert.Equal(t, 0, Total(nil))', '\t_ = func(t *testing.T) {\n\tassert.Equal(t, 0, Total(nil))\n\t}'],
  ],
  ['defer takes it', ['\tassert.Equal(t, 0, Total(nil))', '\tdefer assert.Equal(t, 0, Total(nil))\n\tt.FailNow()']],
  ['a comparison with itself in the same line', ['got != 6 {', 'got != 6 && false {']],
  [
    'a label and goto',
    ['\tif got != 6 {', '\tgoto end\n\tif got != 6 {'],
    ['\t\tt.Errorf("Total() = %d, want 6", got)\n\t}\n', '\t\tt.Errorf("Total() = %d, want 6", got)\n\t}\nend:\n'],
  ],
  ['the context is done', ['\tgot := Total', '\tt.Cleanup(func() { os.Exit(0) })\n\tgot := Total']],
];
