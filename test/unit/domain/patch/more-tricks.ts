import type { Language } from '#shared/domain/patch/language.ts';
import { OTHER_STYLES } from './other-styles.ts';
import { edited } from './patches.ts';
import { PROJECTS } from './projects.ts';

type Edits = readonly (readonly [string, string])[];
type Case = readonly [what: string, ...edits: Edits];

const TESTS: Readonly<Record<Language, readonly Case[]>> = {
  javascript: [
    [
      'a comment swallows the assertion',
      ['    const sum = total([{ price: 3, count: 2 }]);\n', '    const sum = total([{ price: 3, count: 2 }]); /*\n'],
      ['    expect(sum).toBe(6);\n', '    expect(sum).toBe(6); */\n'],
    ],
    ['a template swallows the assertion', ['    expect(sum).toBe(6);', '    `\n    expect(sum).toBe(6);\n    `;']],
    [
      'a regular expression swallows the assertion',
      ['    expect(sum).toBe(6);', '    /expect(sum).toBe(6);/.test(sum);'],
    ],
    ['the matcher is only named', ['expect(sum).toBe(6);', 'expect(sum).toBe;']],
    ['the matcher is behind a question', ['expect(sum).toBe(6);', 'expect(sum)?.toBe?.(6);']],
    ['the assertion is void', ['    expect(sum).toBe(6);', '    void (() => expect(sum).toBe(6));']],
    [
      'the assertion is a default that is not used',
      ['    expect(sum).toBe(6);', '    ((x = expect(sum).toBe(6)) => x)(1);'],
    ],
    [
      'the assertion is in a class',
      ['    expect(sum).toBe(6);', '    class Never { static check() {\n    expect(sum).toBe(6);\n    } }'],
    ],
    ['the subject is another', ['expect(sum).toBe(6)', 'expect(6).toBe(6)']],
    ['the subject is rounded', ['expect(sum).toBe(6)', 'expect(Math.round(sum)).toBe(6)']],
    ['the subject has a fallback', ['expect(sum).toBe(6)', 'expect(sum || 6).toBe(6)']],
    ['the subject is picked', ['expect(sum).toBe(6)', 'expect(sum === 5 ? 6 : sum).toBe(6)']],
    ['expected is any number', ['toBe(6)', 'toEqual(expect.any(Number))']],
    ['an alias skips', ["describe('a cart'", "const { skip } = it;\nskip('x', () => {});\n\ndescribe('a cart'"]],
    [
      'the platform decides',
      ["  it('adds its lines', () => {", "  (process.platform === 'none' ? it : it.skip)('adds its lines', () => {"],
    ],
    [
      'the timer is faked to never come',
      ['    const sum = total', '    vi.setSystemTime(0);\n    sum = 6;\n    const sum = total'],
    ],
    [
      'an await on something else',
      ['await expect(Promise.resolve(name))', 'await null; expect(Promise.resolve(name))'],
    ],
    [
      'the last line of the test is before',
      ['    expect(sum).toBe(6);\n  });', '  });\n  () => {\n    expect(sum).toBe(6);\n  };'],
    ],
  ],
  python: [
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
    [
      'the class has a constructor',
      ['class TestCart:\n', 'class TestCart:\n    def __init__(self):\n        pass\n\n'],
    ],
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
  ],
  java: [
    [
      'the assertion is a supplier',
      [
        '    assertEquals(6, cart.total());',
        '    Supplier<Integer> s = () -> { assertEquals(6, cart.total()); return 1; };',
      ],
    ],
    [
      'a block of a local class',
      [
        '    assertEquals(6, cart.total());',
        '    class Never { void x() {\n    assertEquals(6, cart.total());\n    } }',
      ],
    ],
    [
      'the block never runs',
      ['    assertEquals(6, cart.total());', '    while (cart == null) {\n    assertEquals(6, cart.total());\n    }'],
    ],
    [
      'a switch around it',
      ['    assertEquals(6, cart.total());', '    switch (0) { case 1:\n    assertEquals(6, cart.total());\n    }'],
    ],
    ['the operands are one', ['assertEquals(6, cart.total())', 'assertEquals(cart.total(), cart.total())']],
    [
      'the class is a nested one',
      ['class CartTest {', 'class Outer { class CartTest {'],
      ['3.0, 0.001);\n  }\n}', '3.0, 0.001);\n  }\n} }'],
    ],
    [
      'a thread takes it',
      ['    assertEquals(6, cart.total());', '    new Thread(() -> assertEquals(6, cart.total())).start();'],
    ],
  ],
  kotlin: [
    [
      'a lambda takes it',
      ['        assertEquals(6, cart.total())', '        val never = { assertEquals(6, cart.total()) }'],
    ],
    [
      'takeIf',
      ['        assertEquals(6, cart.total())', '        cart.takeIf { false }?.let { assertEquals(6, cart.total()) }'],
    ],
    [
      'a return with a label',
      ['        assertEquals(6', '        run { return@run }\n        return\n        assertEquals(6'],
    ],
  ],
  go: [
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
  ],
  rust: [
    ['a closure takes it', ['    assert_eq!(sum, 6);', '    let _never = || assert_eq!(sum, 6);']],
    ['debug only', ['assert_eq!(sum, 6)', 'debug_assert_eq!(sum, 6)']],
    ['if let never', ['    assert_eq!(sum, 6);', '    if let None = Some(sum) {\n    assert_eq!(sum, 6);\n    }']],
    ['an inner function', ['    assert_eq!(sum, 6);', '    fn never(sum: u32) {\n    assert_eq!(sum, 6);\n    }']],
    ['a raw text takes it', ['    assert_eq!(sum, 6);', '    let _t = r#"\n    assert_eq!(sum, 6);\n    "#;']],
    ['it answers early', ['    let sum = total(&[', '    if true { return }\n    let sum = total(&[']],
  ],
  ruby: [
    ['a lambda takes it', ['    expect(cart.total).to eq(6)', '    -> { expect(cart.total).to eq(6) }']],
    ['a text takes it', ['    expect(cart.total).to eq(6)', '    <<~TEXT\n    expect(cart.total).to eq(6)\n    TEXT']],
    ['a quoted text takes it', ['    expect(cart.total).to eq(6)', '    %q(\n    expect(cart.total).to eq(6)\n    )']],
    ['or else', ['    expect(cart.total).to eq(6)', '    expect(cart.total).to eq(6).or be_nil']],
    [
      'a define takes it',
      [
        '    expect(cart.total).to eq(6)',
        '    define_singleton_method(:x) do\n    expect(cart.total).to eq(6)\n    end',
      ],
    ],
    [
      'the block is never yielded',
      ['    expect(cart.total).to eq(6)', '    [].each do |one|\n    expect(cart.total).to eq(6)\n    end'],
    ],
  ],
  csharp: [
    [
      'a local function takes it',
      [
        '        Assert.Equal(6, cart.Total());',
        '        void Never() {\n        Assert.Equal(6, cart.Total());\n        }',
      ],
    ],
    [
      'a task that nobody awaits',
      ['        Assert.Equal(6, cart.Total());', '        Task.Run(() => Assert.Equal(6, cart.Total()));'],
    ],
    [
      'a conditional method',
      ['    [Fact]\n    public void Adds', '    [Conditional("NEVER")]\n    [Fact]\n    public void Adds'],
    ],
    [
      'a delegate',
      [
        '        Assert.Equal(6, cart.Total());',
        '        Action never = () =>\n        Assert.Equal(6, cart.Total());',
      ],
    ],
  ],
  php: [
    [
      'a closure takes it',
      [
        '        $this->assertSame(6, $cart->total());',
        '        $never = function () use ($cart) {\n        $this->assertSame(6, $cart->total());\n        };',
      ],
    ],
    [
      'an arrow takes it',
      [
        '        $this->assertSame(6, $cart->total());',
        '        $never = fn () =>\n        $this->assertSame(6, $cart->total());',
      ],
    ],
    [
      'a text takes it',
      [
        '        $this->assertSame(6, $cart->total());',
        '        $t = <<<EOT\n        $this->assertSame(6, $cart->total());\n        EOT;',
      ],
    ],
    ['the file ends', ['    public function testIsNear', '}\n__halt_compiler();\n    public function testIsNear']],
    [
      'goto',
      ['        $this->assertSame(6', '        goto end;\n        $this->assertSame(6'],
      [
        '        $this->assertSame(6, $cart->total());\n',
        '        $this->assertSame(6, $cart->total());\n        end:\n',
      ],
    ],
  ],
};

/** Further ways to have tests prove less, written after the rules: what they are refused for does not matter. */
export const MORE_TRICKS = [
  ...Object.values(PROJECTS).flatMap(({ language, test }) =>
    TESTS[language].map(([what, ...edits]) => ({
      what: `${language}: ${what}`,
      path: test.path,
      before: test.text,
      after: edited(test.text, ...edits),
    })),
  ),
  ...(
    [
      [
        'a hook takes the queue',
        OTHER_STYLES.jest,
        ["  it('parses an order'", "  afterEach(() => { queue = [1]; });\n\n  it('parses an order'"],
      ],
      [
        'the table is sliced',
        OTHER_STYLES.jest,
        ["    ['x', 'no count'],\n  ])('refuses %s'", "    ['x', 'no count'],\n  ].slice(0, 0))('refuses %s'"],
      ],
      [
        'the error is not passed on',
        OTHER_STYLES.jest,
        ['(error) => {\n      assert', '() => {\n      const error = null;\n      assert'],
      ],
      [
        'the set-up skips by a condition',
        OTHER_STYLES.unittest,
        ['        self.queue = []', '        self.queue = []\n        if not self.queue: raise unittest.SkipTest'],
      ],
      [
        'a mock for the class',
        OTHER_STYLES.unittest,
        [
          'from orders.core import Order, parse',
          'from unittest.mock import MagicMock as Order\nfrom orders.core import parse',
        ],
      ],
    ] as const
  ).map(([what, style, edit]) => ({ what, path: style.path, before: style.text, after: edited(style.text, edit) })),
];
