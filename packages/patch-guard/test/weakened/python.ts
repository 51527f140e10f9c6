import type { Trick } from './trick.ts';

/** What could be done to the tests of the sample project so that they prove less. */
export const PYTHON: readonly Trick[] = [
  [
    'a test is deleted',
    'test-deleted',
    [
      '    def test_adds_its_lines(self):\n        sum_of_lines = total([Line(3, 2)])\n        assert sum_of_lines == 6\n\n',
      '',
    ],
  ],
  ['a test is renamed away', 'test-deleted', ['def test_adds_its_lines', 'def _test_adds_its_lines']],
  ['the class is renamed away', 'test-deleted', ['class TestCart', 'class Cart']],
  [
    'a test becomes a text',
    'test-deleted',
    ['    def test_adds_its_lines', '    """\n    def test_adds_its_lines'],
    ['sum_of_lines == 6\n', 'sum_of_lines == 6\n    """\n'],
  ],
  [
    'a test is defined again',
    'test-deleted',
    [
      '    def test_is_near',
      '    def test_adds_its_lines(self):\n        assert total([]) == 0\n\n    def test_is_near',
    ],
  ],
  ['a test is dropped by name', 'test-skipped', ['@pytest.mark', 'del TestCart.test_adds_its_lines\n\n\n@pytest.mark']],
  ['an assertion is deleted', 'assertion-removed', ['        assert sum_of_lines == 6\n', '']],
  [
    'an assertion becomes a comment',
    'assertion-removed',
    ['        assert sum_of_lines == 6', '        # assert sum_of_lines == 6'],
  ],
  ['an assertion becomes pass', 'assertion-removed', ['assert sum_of_lines == 6', 'pass']],
  ['equality becomes truth', 'assertion-changed', ['assert sum_of_lines == 6', 'assert sum_of_lines']],
  ['equality becomes an order', 'assertion-changed', ['assert sum_of_lines == 6', 'assert sum_of_lines >= 0']],
  [
    'equality is one of two',
    'assertion-changed',
    ['assert sum_of_lines == 6', 'assert sum_of_lines == 6 or sum_of_lines is None'],
  ],
  ['the expected value is another', 'expectation-changed', ['assert sum_of_lines == 6', 'assert sum_of_lines == 0']],
  ['a case of the table is another', 'expectation-changed', ['(2, "2 items")', '(2, "2 item")']],
  ['a case of the table is dropped', 'test-code-removed', ['    (2, "2 items"),\n', '']],
  ['the tolerance is wider', 'tolerance', ['abs=0.001', 'abs=10']],
  ['it is skipped', 'test-skipped', ['    def test_adds', '    @pytest.mark.skip\n    def test_adds']],
  [
    'it is expected to fail',
    'test-skipped',
    ['    def test_adds', '    @pytest.mark.xfail(strict=False)\n    def test_adds'],
  ],
  [
    'it is skipped under a condition',
    'test-skipped',
    ['    def test_adds', '    @pytest.mark.skipif(True, reason="flaky")\n    def test_adds'],
  ],
  [
    'it is skipped from within',
    'test-skipped',
    ['        sum_of_lines = total', '        pytest.skip("later")\n        sum_of_lines = total'],
  ],
  ['the module is marked', 'test-skipped', ['class TestCart:', 'pytestmark = pytest.mark.slow\n\n\nclass TestCart:']],
  ['the class is no test', 'test-skipped', ['class TestCart:\n', 'class TestCart:\n    __test__ = False\n\n']],
  [
    'it raises SkipTest',
    'test-skipped',
    ['        sum_of_lines = total', '        raise unittest.SkipTest()\n        sum_of_lines = total'],
  ],
  [
    'it returns early',
    'assertion-bypassed',
    ['        assert sum_of_lines == 6', '        return\n        assert sum_of_lines == 6'],
  ],
  [
    'the assertion is under a condition',
    'assertion-bypassed',
    ['        assert sum_of_lines == 6', '        if sum_of_lines == 6:\n            assert sum_of_lines == 6'],
  ],
  [
    'the assertion is in a function that nobody calls',
    'assertion-bypassed',
    ['        assert sum_of_lines == 6', '        def check():\n            assert sum_of_lines == 6'],
  ],
  [
    'the assertion is caught',
    'swallowed-error',
    [
      '        assert sum_of_lines == 6',
      '        try:\n            assert sum_of_lines == 6\n        except AssertionError:\n            pass',
    ],
  ],
  [
    'the assertion is suppressed',
    'swallowed-error',
    [
      '        assert sum_of_lines == 6',
      '        with contextlib.suppress(AssertionError):\n            assert sum_of_lines == 6',
    ],
  ],
  [
    'any error will do',
    'swallowed-error',
    [
      '        assert sum_of_lines == 6',
      '        with pytest.raises(Exception):\n            assert sum_of_lines == 6',
    ],
  ],
  ['the assertion holds anyway', 'assertion-trivial', ['assert sum_of_lines == 6', 'assert True']],
  [
    'the assertion is about itself',
    'assertion-trivial',
    ['assert sum_of_lines == 6', 'assert sum_of_lines == sum_of_lines'],
  ],
  ['the assertion is a pair', 'assertion-trivial', ['assert sum_of_lines == 6', 'assert (sum_of_lines == 6, "six")']],
  ['there is another way out', 'assertion-bypassed', ['assert sum_of_lines == 6', 'assert sum_of_lines == 6 or True']],
  ['it is repeated', 'retry-or-timeout', ['    def test_adds', '    @pytest.mark.flaky(reruns=5)\n    def test_adds']],
  ['the run is left', 'assertion-bypassed', ['class TestCart:', 'import os\n\nos._exit(0)\n\n\nclass TestCart:']],
  [
    'what is tested is replaced',
    'mock-added',
    [
      '    def test_adds_its_lines(self):',
      '    @mock.patch("shop.cart.total", return_value=6)\n    def test_adds_its_lines(self):',
    ],
  ],
  [
    'what is tested is replaced for all',
    'runner-patched',
    [
      'class TestCart:',
      '@pytest.fixture(autouse=True)\ndef kind(monkeypatch):\n    monkeypatch.setattr("shop.cart.total", lambda lines: 6)\n\n\nclass TestCart:',
    ],
  ],
  [
    'everything is equal',
    'runner-patched',
    ['class TestCart:', 'class Any(int):\n    def __eq__(self, other):\n        return True\n\n\nclass TestCart:'],
  ],
  [
    'the runner is hooked',
    'runner-patched',
    ['class TestCart:', 'def pytest_collection_modifyitems(items):\n    items.clear()\n\n\nclass TestCart:'],
  ],
  [
    'a module is replaced',
    'runner-patched',
    ['class TestCart:', 'sys.modules["shop.cart"] = kind\n\n\nclass TestCart:'],
  ],
  [
    'it comes from another place',
    'test-code-changed',
    ['from shop.cart import label, total', 'from tests.kind import label, total'],
  ],
  [
    'it is imported again from another place',
    'test-code-changed',
    ['from shop.lines import Line', 'from shop.lines import Line\nfrom tests.kind import total'],
  ],
  ['the result is written by hand', 'test-code-changed', ['sum_of_lines = total([Line(3, 2)])', 'sum_of_lines = SIX']],
  [
    'what is tested is defined anew',
    'test-code-changed',
    ['class TestCart:', 'def total(lines):\n    return 6\n\n\nclass TestCart:'],
  ],
  ['the linter is silenced', 'suppression', ['import pytest\n', 'import pytest  # noqa\n']],
  [
    'the type checker is silenced',
    'suppression',
    ['assert sum_of_lines == 6', 'assert sum_of_lines == 6  # type: ignore'],
  ],
  [
    'coverage looks away',
    'suppression',
    ['    def test_adds_its_lines(self):', '    def test_adds_its_lines(self):  # pragma: no cover'],
  ],
  [
    'a new test asserts nothing',
    'test-without-assertion',
    ['@pytest.mark', 'def test_runs():\n    total([])\n\n\n@pytest.mark'],
  ],
];
