import type { Trick } from './trick.ts';

/** What could be done to the tests of the sample project so that they prove less. */
export const GO: readonly Trick[] = [
  [
    'a test is deleted',
    'test-deleted',
    [
      'func TestIsFreeWhenEmpty(t *testing.T) {\n\tassert.Equal(t, 0, Total(nil))\n\tassert.NotNil(t, Labels(nil))\n}\n\n',
      '',
    ],
  ],
  ['a test is renamed away', 'test-deleted', ['func TestAddsItsLines', 'func testAddsItsLines']],
  [
    'a test becomes a comment',
    'test-deleted',
    ['func TestIsFree', '/*\nfunc TestIsFree'],
    ['Labels(nil))\n}', 'Labels(nil))\n}\n*/'],
  ],
  ['an assertion is deleted', 'assertion-removed', ['\tassert.Equal(t, 0, Total(nil))\n', '']],
  ['an error becomes a note', 'assertion-removed', ['t.Errorf("Total()', 't.Logf("Total()']],
  ['a comparison is turned', 'assertion-bypassed', ['if got != 6 {', 'if got == 0 {']],
  ['the expected value is another', 'assertion-bypassed', ['if got != 6 {', 'if got != 0 {']],
  ['the tolerance is wider', 'assertion-bypassed', ['> 0.001 {', '> 10 {']],
  [
    'equality becomes being there',
    'assertion-changed',
    ['assert.Equal(t, 0, Total(nil))', 'assert.NotNil(t, Total(nil))'],
  ],
  ['equality becomes truth', 'assertion-trivial', ['assert.Equal(t, 0, Total(nil))', 'assert.True(t, true)']],
  ['it is about itself', 'assertion-trivial', ['assert.Equal(t, 0, Total(nil))', 'assert.Equal(t, 0, 0)']],
  ['it is skipped', 'test-skipped', ['\tgot := Total', '\tt.Skip("flaky")\n\tgot := Total']],
  ['it is skipped at once', 'test-skipped', ['\tgot := Total', '\tt.SkipNow()\n\tgot := Total']],
  [
    'it is skipped when short',
    'test-skipped',
    ['\tgot := Total', '\tif testing.Short() {\n\t\tt.SkipNow()\n\t}\n\tgot := Total'],
  ],
  ['the file is built for nobody', 'test-skipped', ['package cart\n', '//go:build ignore\n\npackage cart\n']],
  ['it returns early', 'assertion-bypassed', ['\tif got != 6 {', '\tif got == 0 {\n\t\treturn\n\t}\n\tif got != 6 {']],
  [
    'it is under a condition',
    'assertion-bypassed',
    ['\tassert.Equal(t, 0, Total(nil))', '\tif Total(nil) == 0 {\n\tassert.Equal(t, 0, Total(nil))\n\t}'],
  ],
  [
    'it runs beside',
    'assertion-bypassed',
    ['\tassert.Equal(t, 0, Total(nil))', '\tgo func() {\n\tassert.Equal(t, 0, Total(nil))\n\t}()'],
  ],
  ['a panic is caught', 'swallowed-error', ['\tgot := Total', '\tdefer func() { recover() }()\n\tgot := Total']],
  ['the run is left', 'assertion-bypassed', ['\tgot := Total', '\tos.Exit(0)\n\tgot := Total']],
  [
    'the run has its own main',
    'runner-patched',
    ['func TestAdds', 'func TestMain(m *testing.M) {\n}\n\nfunc TestAdds'],
  ],
  ['something runs before', 'runner-patched', ['func TestAdds', 'func init() {\n}\n\nfunc TestAdds']],
  [
    'the assertions come from another place',
    'test-code-changed',
    ['"github.com/stretchr/testify/assert"', '"example.com/kind/assert"'],
  ],
  ['the result is written by hand', 'test-code-changed', ['got := Total([]Line{{Price: 3, Count: 2}})', 'got := six']],
  [
    'what is tested is declared anew',
    'test-code-changed',
    ['func TestAdds', 'var Total = func(l []Line) int { return 6 }\n\nfunc TestAdds'],
  ],
  ['the linter is silenced', 'suppression', ['\tgot := Total', '\t//nolint\n\tgot := Total']],
  [
    'a new test asserts nothing',
    'test-without-assertion',
    ['func TestIsNear', 'func TestRuns(t *testing.T) {\n\tTotal(nil)\n}\n\nfunc TestIsNear'],
  ],
];
