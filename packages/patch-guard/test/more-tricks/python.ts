import type { MoreTrick } from './more-trick.ts';

/** Further tricks with the tests of the sample project. */
export const python: readonly MoreTrick[] = [
  ['the assertion is a lambda', ['        assert sum_of_lines == 6', '        check = lambda: sum_of_lines == 6']],
  [
    'the assertion is in a string that spans',
    ['        assert sum_of_lines == 6', "        '''\n        assert sum_of_lines == 6\n        '''"],
  ],
  [
    'a backslash joins it to a comment',
    ['        assert sum_of_lines == 6', '        x = 1 # \\\n        # assert sum_of_lines == 6'],
  ],
  [
    'the assertion is a tuple on two lines',
    ['        assert sum_of_lines == 6', '        assert (\n            sum_of_lines == 6,\n            "six")'],
  ],
  ['it is a generator', ['        assert sum_of_lines == 6', '        assert sum_of_lines == 6\n        yield']],
  ['it is asynchronous', ['    def test_adds_its_lines', '    async def test_adds_its_lines']],
  ['the class has a constructor', ['class TestCart:\n', 'class TestCart:\n    def __init__(self):\n        pass\n\n']],
  ['the names are taken away afterwards', ['@pytest.mark', 'test_names_itself = None\n\n\n@pytest.mark']],
  ['the class is taken over afterwards', ['@pytest.mark', 'TestCart = object\n\n\n@pytest.mark']],
  ['the optimiser drops assertions', ['import pytest\n', 'import pytest\nimport sys; sys.flags = None\n']],
  [
    'a while that is never',
    ['        assert sum_of_lines == 6', '        while False:\n            assert sum_of_lines == 6'],
  ],
  [
    'the loop is empty',
    ['        assert sum_of_lines == 6', '        for _ in ():\n            assert sum_of_lines == 6'],
  ],
  ['approx is everywhere', ['assert sum_of_lines == 6', 'assert sum_of_lines == pytest.approx(6, rel=100)']],
  ['isinstance is enough', ['assert sum_of_lines == 6', 'assert isinstance(sum_of_lines, int)']],
  ['in a wide list', ['assert sum_of_lines == 6', 'assert sum_of_lines in range(100)']],
  [
    'the mark is on a line of its own name',
    ['    def test_adds_its_lines', '    later = pytest.mark.skip\n\n    @later\n    def test_adds_its_lines'],
  ],
];
