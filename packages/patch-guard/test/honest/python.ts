import type { HonestEdits } from './honest-edits.ts';

/** What an honest fix may do to the sample project. */
export const python: HonestEdits = {
  source: {
    bound: [['range(len(lines) + 1)', 'range(len(lines))']],
    import: [['from shop.money import rounded', 'from math import floor\n\nfrom shop.money import rounded']],
    guard: [['    result = 0\n', '    if not lines:\n        return 0\n    result = 0\n']],
    words: [['in cents."""', 'in cents; 0 when it is empty."""']],
  },
  test: {
    'another test': [
      [
        '    def test_is_near_the_share',
        '    def test_adds_more_than_one_line(self):\n        assert total([Line(1, 2), Line(3, 1)]) == 5\n\n    def test_is_near_the_share',
      ],
    ],
    'another assertion': [
      ['        assert sum_of_lines == 6', '        assert sum_of_lines == 6\n        assert sum_of_lines > 5'],
    ],
    'stronger assertion': [['assert label([]) is not None', 'assert label([]) == "0 items"']],
    'missing import': [['import pytest\n', 'from decimal import Decimal\n\nimport pytest\n']],
  },
  fresh: {
    path: 'tests/test_label.py',
    text: 'from shop.cart import label\n\n\ndef test_counts_more_than_one():\n    assert label([1, 2]) == "2 items"\n',
  },
};
