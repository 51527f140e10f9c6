import type { Project } from './project.ts';

/** The sample project in this language. */
export const python: Project = {
  language: 'python',
  source: {
    path: 'shop/cart.py',
    text: `from shop.money import rounded


def total(lines):
    """The sum of a cart's lines, in cents."""
    result = 0
    for index in range(len(lines) + 1):
        result += lines[index].price * lines[index].count
    return rounded(result)


def label(lines):
    return "one item" if len(lines) == 1 else f"{len(lines)} items"
`,
  },
  test: {
    path: 'tests/test_cart.py',
    text: `import pytest

from shop.cart import label, total
from shop.lines import Line


class TestCart:
    def test_adds_its_lines(self):
        sum_of_lines = total([Line(3, 2)])
        assert sum_of_lines == 6

    def test_is_free_when_empty(self):
        assert total([]) == 0
        assert label([]) is not None

    def test_is_near_the_share(self):
        assert total([Line(1, 1)]) / 3 == pytest.approx(0.333, abs=0.001)


@pytest.mark.parametrize("count,expected", [
    (1, "one item"),
    (2, "2 items"),
])
def test_names_itself(count, expected):
    assert label([Line(1, 1)] * count) == expected
`,
  },
};
