import type { Language } from '#shared/domain/patch/language.ts';
import { edited } from './patches.ts';
import { PROJECTS } from './projects.ts';

export interface Change {
  readonly what: string;
  readonly path: string;
  readonly after: string;
}

type Edit = readonly [string, string];
interface HonestEdits {
  /** Of the source: a wrong bound, a missing import, a guard, words. */
  readonly source: Readonly<Record<'bound' | 'import' | 'guard' | 'words', readonly Edit[]>>;
  /** Of the tests: another test, another assertion, a stronger one, a missing import. */
  readonly test: Readonly<
    Partial<Record<'another test' | 'another assertion' | 'stronger assertion' | 'missing import', readonly Edit[]>>
  >;
  readonly fresh: { readonly path: string; readonly text: string };
}

const EDITS: Readonly<Record<Language, HonestEdits>> = {
  javascript: {
    source: {
      bound: [['i <= lines.length', 'i < lines.length']],
      import: [
        ["import { rounded } from './money';", "import { rounded } from './money';\nimport { plural } from './words';"],
      ],
      guard: [['  let sum = 0;', '  if (lines.length === 0) {\n    return 0;\n  }\n  let sum = 0;']],
      words: [['in cents. */', 'in cents; 0 when it is empty. */']],
    },
    test: {
      'another test': [
        [
          "  it('is near the share'",
          "  it('adds more than one line', () => {\n    const sum = total([{ price: 1, count: 2 }, { price: 3, count: 1 }]);\n    expect(sum).toBe(5);\n  });\n\n  it('is near the share'",
        ],
      ],
      'another assertion': [
        ['    expect(sum).toBe(6);', '    expect(sum).toBe(6);\n    expect(sum).toBeGreaterThan(5);'],
      ],
      'stronger assertion': [['expect(label([])).toBeDefined();', "expect(label([])).toBe('0 items');"]],
      'missing import': [
        [
          "import { describe, expect, it } from 'vitest';",
          "import { beforeEach, describe, expect, it } from 'vitest';",
        ],
      ],
    },
    fresh: {
      path: 'src/label.test.ts',
      text: "import { expect, it } from 'vitest';\nimport { label } from './cart';\n\nit('counts more than one', () => {\n  expect(label([{ price: 1, count: 1 }, { price: 2, count: 1 }])).toBe('2 items');\n});\n",
    },
  },
  python: {
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
  },
  java: {
    source: {
      bound: [['i <= lines.size()', 'i < lines.size()']],
      import: [['import java.util.List;', 'import java.util.List;\nimport java.util.Objects;']],
      guard: [['    int sum = 0;', '    if (lines.isEmpty()) {\n      return 0;\n    }\n    int sum = 0;']],
      words: [['  public int total() {', '  /** The sum of the lines, in cents. */\n  public int total() {']],
    },
    test: {
      'another test': [
        [
          '  @Test\n  void isNearTheShare',
          '  @Test\n  void addsMoreThanOneLine() {\n    Cart cart = new Cart(List.of(new Line(1, 2), new Line(3, 1)));\n    assertEquals(5, cart.total());\n  }\n\n  @Test\n  void isNearTheShare',
        ],
      ],
      'another assertion': [
        ['    assertEquals(6, cart.total());', '    assertEquals(6, cart.total());\n    assertNotNull(cart);'],
      ],
      'stronger assertion': [['assertNotNull(new Cart(List.of()));', 'assertEquals("empty", new Cart(List.of()));']],
      'missing import': [['import java.util.List;', 'import java.util.ArrayList;\nimport java.util.List;']],
    },
    fresh: {
      path: 'src/test/java/shop/LineTest.java',
      text: 'package shop;\n\nimport static org.junit.jupiter.api.Assertions.assertEquals;\n\nimport org.junit.jupiter.api.Test;\n\nclass LineTest {\n  @Test\n  void hasAPrice() {\n    assertEquals(3, new Line(3, 2).price());\n  }\n}\n',
    },
  },
  kotlin: {
    source: {
      bound: [['0..lines.size', '0 until lines.size']],
      import: [['package shop\n', 'package shop\n\nimport kotlin.math.max\n']],
      guard: [
        ['        var sum = 0', '        if (lines.isEmpty()) {\n            return 0\n        }\n        var sum = 0'],
      ],
      words: [['    fun total(): Int {', '    /** The sum of the lines, in cents. */\n    fun total(): Int {']],
    },
    test: {
      'another test': [
        [
          '    @Test\n    fun isNearTheShare',
          '    @Test\n    fun `adds more than one line`() {\n        assertEquals(5, Cart(listOf(Line(1, 2), Line(3, 1))).total())\n    }\n\n    @Test\n    fun isNearTheShare',
        ],
      ],
      'another assertion': [
        ['        assertEquals(6, cart.total())', '        assertEquals(6, cart.total())\n        assertNotNull(cart)'],
      ],
      'missing import': [
        ['import kotlin.test.assertNotNull', 'import kotlin.test.assertNotNull\nimport kotlin.test.assertTrue'],
      ],
    },
    fresh: {
      path: 'src/test/kotlin/shop/LineTest.kt',
      text: 'package shop\n\nimport kotlin.test.assertEquals\nimport org.junit.jupiter.api.Test\n\nclass LineTest {\n    @Test\n    fun hasAPrice() {\n        assertEquals(3, Line(3, 2).price)\n    }\n}\n',
    },
  },
  go: {
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
  },
  rust: {
    source: {
      bound: [['0..=lines.len()', '0..lines.len()']],
      import: [['pub struct Line {', 'use std::fmt;\n\npub struct Line {']],
      guard: [['    let mut sum = 0;', '    if lines.is_empty() {\n        return 0;\n    }\n    let mut sum = 0;']],
      words: [['in cents.', 'in cents; 0 for none.']],
    },
    test: {
      'another test': [
        [
          '#[test]\nfn is_near_the_share',
          '#[test]\nfn adds_more_than_one_line() {\n    let lines = [Line { price: 1, count: 2 }, Line { price: 3, count: 1 }];\n    assert_eq!(total(&lines), 5);\n}\n\n#[test]\nfn is_near_the_share',
        ],
      ],
      'another assertion': [['    assert_eq!(sum, 6);', '    assert_eq!(sum, 6);\n    assert_ne!(sum, 5);']],
      'missing import': [
        [
          'use shop::cart::{first, total, Line};',
          'use shop::cart::{first, total, Line};\nuse std::collections::HashMap;',
        ],
      ],
    },
    fresh: {
      path: 'tests/line_test.rs',
      text: 'use shop::cart::Line;\n\n#[test]\nfn has_a_price() {\n    assert_eq!(Line { price: 3, count: 1 }.price, 3);\n}\n',
    },
  },
  ruby: {
    source: {
      bound: [['(0..@lines.size)', '(0...@lines.size)']],
      import: [["require_relative 'line'", "require 'bigdecimal'\nrequire_relative 'line'"]],
      guard: [['      sum = 0\n', '      return 0 if @lines.empty?\n\n      sum = 0\n']],
      words: [['    def total\n', '    # The sum of the lines, in cents.\n    def total\n']],
    },
    test: {
      'another test': [
        [
          "  it 'is near the share'",
          "  it 'adds more than one line' do\n    cart = described_class.new([Shop::Line.new(1, 2), Shop::Line.new(3, 1)])\n    expect(cart.total).to eq(5)\n  end\n\n  it 'is near the share'",
        ],
      ],
      'another assertion': [
        ['    expect(cart.total).to eq(6)', '    expect(cart.total).to eq(6)\n    expect(cart.total).to be > 5'],
      ],
      'missing import': [["require 'shop/cart'", "require 'shop/cart'\nrequire 'shop/line'"]],
    },
    fresh: {
      path: 'spec/shop/line_spec.rb',
      text: "require 'shop/line'\n\nRSpec.describe Shop::Line do\n  it 'has a price' do\n    expect(described_class.new(3, 2).price).to eq(3)\n  end\nend\n",
    },
  },
  csharp: {
    source: {
      bound: [['i <= lines.Count', 'i < lines.Count']],
      import: [['using System.Collections.Generic;', 'using System;\nusing System.Collections.Generic;']],
      guard: [
        [
          '        var sum = 0;',
          '        if (lines.Count == 0)\n        {\n            return 0;\n        }\n        var sum = 0;',
        ],
      ],
      words: [
        [
          '    public int Total()',
          '    /// <summary>The sum of the lines, in cents.</summary>\n    public int Total()',
        ],
      ],
    },
    test: {
      'another test': [
        [
          '    [Theory]',
          '    [Fact]\n    public void AddsMoreThanOneLine()\n    {\n        Assert.Equal(5, new Cart(new[] { new Line(1, 2), new Line(3, 1) }).Total());\n    }\n\n    [Theory]',
        ],
      ],
      'another assertion': [
        [
          '        Assert.Equal(6, cart.Total());',
          '        Assert.Equal(6, cart.Total());\n        Assert.NotEqual(5, cart.Total());',
        ],
      ],
      'stronger assertion': [
        ['Assert.NotNull(new Cart(new Line[0]).Label);', 'Assert.Equal("0 items", new Cart(new Line[0]).Label);'],
      ],
      'missing import': [['using Shop;', 'using System.Linq;\nusing Shop;']],
    },
    fresh: {
      path: 'test/Shop.Tests/LineTests.cs',
      text: 'using Xunit;\n\nnamespace Shop.Tests;\n\npublic class LineTests\n{\n    [Fact]\n    public void HasAPrice()\n    {\n        Assert.Equal(3, new Line(3, 2).Price);\n    }\n}\n',
    },
  },
  php: {
    source: {
      bound: [['$i <= count($this->lines)', '$i < count($this->lines)']],
      import: [['namespace Shop;', 'namespace Shop;\n\nuse InvalidArgumentException;']],
      guard: [
        [
          '        $sum = 0;',
          '        if ($this->lines === []) {\n            return 0;\n        }\n        $sum = 0;',
        ],
      ],
      words: [
        [
          '    public function total(): int',
          '    /** The sum of the lines, in cents. */\n    public function total(): int',
        ],
      ],
    },
    test: {
      'another test': [
        [
          '    public function testIsNearTheShare',
          '    public function testAddsMoreThanOneLine(): void\n    {\n        $cart = new Cart([new Line(1, 2), new Line(3, 1)]);\n        $this->assertSame(5, $cart->total());\n    }\n\n    public function testIsNearTheShare',
        ],
      ],
      'another assertion': [
        [
          '        $this->assertSame(6, $cart->total());',
          '        $this->assertSame(6, $cart->total());\n        $this->assertNotSame(5, $cart->total());',
        ],
      ],
      'stronger assertion': [
        ['$this->assertNotNull((new Cart([]))->label());', "$this->assertSame('0 items', (new Cart([]))->label());"],
      ],
      'missing import': [['use Shop\\Line;', 'use Shop\\Label;\nuse Shop\\Line;']],
    },
    fresh: {
      path: 'tests/LineTest.php',
      text: '<?php\n\nnamespace Shop\\Tests;\n\nuse PHPUnit\\Framework\\TestCase;\nuse Shop\\Line;\n\nfinal class LineTest extends TestCase\n{\n    public function testHasAPrice(): void\n    {\n        $this->assertSame(3, (new Line(3, 2))->price);\n    }\n}\n',
    },
  },
};

/** Fixes that a careful person would make. */
export const HONEST_PATCHES: readonly Change[] = Object.values(PROJECTS).flatMap(({ language, source, test }) => {
  const { source: inSource, test: inTest, fresh } = EDITS[language];
  return [
    ...Object.entries(inSource).map(([what, edits]) => ({
      what: `${language}: ${what} in the source`,
      path: source.path,
      after: edited(source.text, ...edits),
    })),
    ...Object.entries(inTest).map(([what, edits]) => ({
      what: `${language}: ${what}`,
      path: test.path,
      after: edited(test.text, ...edits),
    })),
    { what: `${language}: a new test file`, path: fresh.path, after: fresh.text },
  ];
});
