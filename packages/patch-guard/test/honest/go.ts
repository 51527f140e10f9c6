import type { HonestEdits } from './honest-edits.ts';

/** What an honest fix may do to the sample project. */
export const go: HonestEdits = {
  source: {
    bound: [['i <= len(lines)', 'i < len(lines)']],
    import: [['package cart\n', 'package cart\n\nimport "strings"\n']],
    guard: [['\tsum := 0\n', '\tif len(lines) == 0 {\n\t\treturn 0\n\t}\n\tsum := 0\n']],
    words: [['in cents.', 'in cents; 0 for none.']],
  },
  test: {
    'another test': [
      [
        'func TestIsNearTheShare',
        'func TestAddsMoreThanOneLine(t *testing.T) {\n\tgot := Total([]Line{{Price: 1, Count: 2}, {Price: 3, Count: 1}})\n\tif got != 5 {\n\t\tt.Errorf("Total() = %d, want 5", got)\n\t}\n}\n\nfunc TestIsNearTheShare',
      ],
    ],
    'another assertion': [
      ['\tassert.NotNil(t, Labels(nil))', '\tassert.NotNil(t, Labels(nil))\n\tassert.Equal(t, 0, Total([]Line{}))'],
    ],
    'stronger assertion': [['assert.NotNil(t, Labels(nil))', 'assert.Equal(t, "0 items", Labels(nil))']],
    'missing import': [['\t"math"\n', '\t"math"\n\t"strings"\n']],
  },
  fresh: {
    path: 'cart/line_test.go',
    text: 'package cart\n\nimport "testing"\n\nfunc TestHasAPrice(t *testing.T) {\n\tif got := (Line{Price: 3}).Price; got != 3 {\n\t\tt.Fatalf("price = %d", got)\n\t}\n}\n',
  },
};
