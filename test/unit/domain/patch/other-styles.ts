/** Tests in other frameworks and styles than those of the sample projects: path, file, and what is done to it. */
export interface OtherStyle {
  readonly path: string;
  readonly text: string;
  readonly hostile: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  readonly honest: Readonly<Record<string, readonly (readonly [string, string])[]>>;
}

const jest: OtherStyle = {
  path: 'test/orders.spec.js',
  text: `'use strict';
const assert = require('node:assert/strict');
const { parse, send } = require('../lib/orders');

describe('orders', function () {
  let queue;

  beforeEach(() => {
    queue = [];
  });

  it('parses an order', function () {
    const order = parse('2x tea');
    assert.deepEqual(order, { count: 2, what: 'tea' });
  });

  it.each([
    ['', 'empty'],
    ['x', 'no count'],
  ])('refuses %s', (text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });

  it('sends it once', async () => {
    await send(queue, parse('1x tea'));
    expect(queue).toHaveLength(1);
    expect(queue[0]).toMatchInlineSnapshot(\`
      {
        "count": 1,
        "what": "tea",
      }
    \`);
  });

  it('calls back', (done) => {
    send(queue, parse('1x tea'), (error) => {
      assert.equal(error, null);
      done();
    });
  });
});
`,
  hostile: {
    'a case of a table is dropped': [["    ['x', 'no count'],\n", '']],
    'a case of a table is changed': [["['x', 'no count']", "['x', 'empty']"]],
    'a snapshot is rewritten': [['"count": 1,', '"count": 0,']],
    'the callback is called without its assertion': [['      assert.equal(error, null);\n', '']],
    'the callback is called before': [['    send(queue, parse', '    done();\n    send(queue, parse']],
    'a promise is let go': [["    await send(queue, parse('1x tea'));", "    send(queue, parse('1x tea'));"]],
    'deepEqual becomes ok': [["assert.deepEqual(order, { count: 2, what: 'tea' })", 'assert.ok(order)']],
    'deepEqual leaves a field out': [["{ count: 2, what: 'tea' })", '{ count: 2 })']],
    'toThrow takes anything': [['toThrow(reason)', 'toThrow()']],
    'the call does not throw any more': [
      ['expect(() => parse(text)).toThrow(reason)', 'expect(() => parse(text)).not.toThrow()'],
    ],
    'strictness is lost': [["require('node:assert/strict')", "require('node:assert')"]],
    'assert is another one': [["require('node:assert/strict')", "require('./assert')"]],
    'the preparation is emptied': [['    queue = [];\n', '']],
    'the tests of the group never run': [
      ["describe('orders', function () {", "false && describe('orders', function () {"],
    ],
    'the group is a function that nobody calls': [
      ["describe('orders', function () {", "const never = () => describe('orders', function () {"],
    ],
    'the group returns': [['  let queue;', '  return;\n  let queue;']],
    'a loop runs no time': [
      ['    expect(queue).toHaveLength(1);', '    for (const one of [])\n    expect(queue).toHaveLength(1);'],
    ],
    'the assertion is in a label': [
      ['    expect(queue).toHaveLength(1);', '    while (0)\n    expect(queue).toHaveLength(1);'],
    ],
    'an alias for skipping': [["describe('orders'", "const later = it.skip;\ndescribe('orders'"]],
    'it becomes another function': [["describe('orders'", "it = later;\ndescribe('orders'"]],
    'console and process are caught': [
      ["describe('orders'", "process.on('unhandledRejection', () => {});\ndescribe('orders'"],
    ],
    'the test name is one that never matches': [["it('parses an order'", "it.concurrent.skip('parses an order'"]],
    'the expected is what came': [
      ["assert.deepEqual(order, { count: 2, what: 'tea' });", 'assert.deepEqual(order, order);'],
    ],
    'length becomes more or equal': [
      ['expect(queue).toHaveLength(1)', 'expect(queue.length).toBeGreaterThanOrEqual(0)'],
    ],
    'the parameter is renamed away': [
      [
        "    const order = parse('2x tea');",
        "    const parse = () => ({ count: 2, what: 'tea' });\n    const order = parse('2x tea');",
      ],
    ],
    'the product is changed from within': [
      ["describe('orders'", "require('../lib/orders').parse = () => ({ count: 2, what: 'tea' });\ndescribe('orders'"],
    ],
    'a getter stands in': [
      ["describe('orders'", "Object.defineProperty(Array.prototype, 'length', { get: () => 1 });\ndescribe('orders'"],
    ],
  },
  honest: {
    'an await that was missing': [
      ["    send(queue, parse('1x tea'), (error)", "    void send(queue, parse('1x tea'), (error)"],
    ],
    'another case in the table': [["    ['x', 'no count'],", "    ['x', 'no count'],\n    ['0x tea', 'nothing'],"]],
    'another assertion in a callback': [
      ['      assert.equal(error, null);', '      assert.equal(error, null);\n      assert.equal(queue.length, 1);'],
    ],
    'a stricter assertion': [['assert.equal(error, null)', 'assert.strictEqual(error, null)']],
    'another test with a callback': [
      [
        "  it('calls back'",
        "  it('waits for a slow queue', async () => {\n    const slow = { push: async (one) => queue.push(one) };\n    await send(slow, parse('1x tea'));\n    assert.equal(queue.length, 1);\n  });\n\n  it('calls back'",
      ],
    ],
    'blank lines and comments': [['  let queue;\n', '  // Filled by each test.\n  let queue;\n']],
  },
};

const unittest: OtherStyle = {
  path: 'orders/tests.py',
  text: `import unittest
from unittest import mock

from orders.core import Order, parse


class OrderTests(unittest.TestCase):
    def setUp(self):
        self.queue = []

    def test_parses(self):
        order = parse("2x tea")
        self.assertEqual(order.count, 2)
        self.assertTrue(order.what == "tea")

    def test_refuses(self):
        with self.assertRaises(ValueError):
            parse("")

    def test_is_near(self):
        self.assertAlmostEqual(parse("2x tea").price, 3.33, places=2)

    def test_sends(self):
        sender = mock.Mock()
        parse("1x tea").send(sender)
        sender.send.assert_called_once_with("tea")
        for line in self.queue:
            self.assertIn("tea", line)
`,
  hostile: {
    'called once becomes called': [['assert_called_once_with("tea")', 'assert_called()']],
    'the loop is over nothing': [['for line in self.queue:', 'for line in []:']],
    'the tests are renamed by one letter': [['def test_parses', 'def tes_parses']],
    'fewer places': [['places=2', 'places=0']],
    'another error': [['self.assertRaises(ValueError)', 'self.assertRaises(BaseException)']],
    'another error yet': [['self.assertRaises(ValueError)', 'self.assertRaises((ValueError, KeyError))']],
    'raises around more': [['            parse("")', '            parse("")\n            raise ValueError']],
    'equal becomes in': [['self.assertEqual(order.count, 2)', 'self.assertIn(order.count, [2, order.count])']],
    'the case class has no cases': [['class OrderTests(unittest.TestCase):', 'class OrderTests(object):']],
    'the set-up skips': [['        self.queue = []', '        self.queue = []\n        self.skipTest("x")']],
    'the method is taken over': [
      ['        self.queue = []', '        self.queue = []\n        self.assertEqual = lambda *a: None'],
    ],
    'a test returns': [['        order = parse("2x tea")', '        order = parse("2x tea"); return']],
    'a semicolon hides a skip': [
      ['        order = parse("2x tea")', '        order = parse("2x tea"); self.skipTest("x")'],
    ],
    'the name is bound anew': [
      ['from orders.core import Order, parse', 'from orders.core import Order, parse\nparse = Order.example'],
    ],
    'with a decorator of one’s own': [['    def test_parses', '    @later\n    def test_parses']],
    'true is true': [['self.assertTrue(order.what == "tea")', 'self.assertTrue(order.what == "tea" or order)']],
    'the mock accepts': [['sender = mock.Mock()', 'sender = mock.MagicMock()']],
  },
  honest: {
    'equality for truth': [['self.assertTrue(order.what == "tea")', 'self.assertEqual(order.what, "tea")']],
    'another test': [
      [
        '    def test_is_near',
        '    def test_refuses_a_negative_count(self):\n        with self.assertRaises(ValueError):\n            parse("-1x tea")\n\n    def test_is_near',
      ],
    ],
    'another assertion': [
      [
        '        self.assertEqual(order.count, 2)',
        '        self.assertEqual(order.count, 2)\n        self.assertIsInstance(order, Order)',
      ],
    ],
    'a docstring': [['    def test_parses(self):\n', '    def test_parses(self):\n        """Counts come first."""\n']],
  },
};

const inline: OtherStyle = {
  path: 'crates/orders/src/parse.rs',
  text: `pub fn parse(text: &str) -> Option<u32> {
    text.split('x').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_a_count() {
        assert_eq!(parse("2x tea"), Some(2));
    }

    #[test]
    fn refuses_words() {
        assert!(parse("tea").is_none());
    }
}
`,
  hostile: {
    'the module is built for nobody': [['#[cfg(test)]', '#[cfg(never)]']],
    'the expectation is changed': [['Some(2)', 'Some(0)']],
    'an assertion goes': [['        assert!(parse("tea").is_none());\n', '']],
    'a test is ignored': [['    #[test]\n    fn refuses', '    #[test]\n    #[ignore = "slow"]\n    fn refuses']],
    'the tests are a comment': [
      ['#[cfg(test)]', '/*\n#[cfg(test)]'],
      ['is_none());\n    }\n}\n', 'is_none());\n    }\n}\n*/\n'],
    ],
    'the product knows the tests': [
      ['    text.split', '    if cfg!(test) {\n        return Some(2);\n    }\n    text.split'],
    ],
  },
  honest: {
    'the source beside its tests': [
      [
        "    text.split('x').next()?.parse().ok()",
        "    let (count, _) = text.split_once('x')?;\n    count.trim().parse().ok()",
      ],
    ],
    'another test': [
      [
        '    #[test]\n    fn refuses',
        '    #[test]\n    fn trims() {\n        assert_eq!(parse(" 3x tea"), Some(3));\n    }\n\n    #[test]\n    fn refuses',
      ],
    ],
  },
};

const table: OtherStyle = {
  path: 'internal/orders/parse_test.go',
  text: `package orders

import (
	"errors"
	"testing"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want int
		err  error
	}{
		{name: "plain", in: "2x tea", want: 2},
		{name: "empty", in: "", err: ErrEmpty},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(tt.in)
			if !errors.Is(err, tt.err) {
				t.Fatalf("err = %v, want %v", err, tt.err)
			}
			if got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
`,
  hostile: {
    'a case is dropped': [['\t\t{name: "empty", in: "", err: ErrEmpty},\n', '']],
    'a case expects another thing': [['want: 2}', 'want: 0}']],
    'a case is a comment': [['\t\t{name: "empty"', '\t\t// {name: "empty"']],
    'the loop begins later': [['range tests {', 'range tests[:0] {']],
    'the loop leaves': [['\t\tt.Run(', '\t\tbreak\n\t\tt.Run(']],
    'the loop goes on': [['\t\t\tgot, err', '\t\t\tif tt.err != nil {\n\t\t\t\treturn\n\t\t\t}\n\t\t\tgot, err']],
    'fatal becomes a note': [['t.Fatalf(', 't.Logf(']],
    'the comparison is with itself': [['got != tt.want', 'got != got']],
    'the error is not looked at': [['!errors.Is(err, tt.err)', 'false']],
    'the result is overwritten': [['\t\t\tif got != tt.want', '\t\t\tgot = tt.want\n\t\t\tif got != tt.want']],
    'the table is overwritten': [['\tfor _, tt', '\ttests = nil\n\tfor _, tt']],
  },
  honest: {
    'another case': [['\t\t{name: "empty"', '\t\t{name: "blanks", in: " 3x tea", want: 3},\n\t\t{name: "empty"']],
    'a helper mark': [['\tfor _, tt', '\tt.Parallel()\n\tfor _, tt']],
  },
};

const assertj: OtherStyle = {
  path: 'orders/src/test/java/orders/ParserTest.java',
  text: `package orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParserTest {
  @ParameterizedTest
  @CsvSource({"2x tea,2", "3x tea,3"})
  void counts(String text, int count) {
    assertThat(Parser.parse(text))
        .isNotNull()
        .extracting(Order::count)
        .isEqualTo(count);
  }

  @Test
  void refusesNothing() {
    assertThatThrownBy(() -> Parser.parse(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("empty");
  }
}
`,
  hostile: {
    'the end of a chain goes': [['\n        .hasMessage("empty");', ';']],
    'the middle of a chain goes': [['        .isNotNull()\n', '']],
    'a case of the table goes': [['"2x tea,2", "3x tea,3"', '"2x tea,2"']],
    'the class is wider': [['IllegalArgumentException.class', 'Exception.class']],
    'the chain is left hanging': [
      [
        '    assertThat(Parser.parse(text))\n',
        '    assertThat(Parser.parse(text));\n    assertThat(new Order(count))\n',
      ],
    ],
    'an assertion is an argument of nothing': [
      ['    assertThatThrownBy(() ->', '    Runnable never = () -> assertThatThrownBy(() ->'],
    ],
    'the class is abstract': [['class ParserTest {', 'abstract class ParserTest {']],
    'the test is private': [['  void refusesNothing', '  private void refusesNothing']],
    'the test is static': [['  void refusesNothing', '  static void refusesNothing']],
  },
  honest: {
    'one more link in the chain': [
      ['        .hasMessage("empty");', '        .hasMessage("empty")\n        .hasNoCause();'],
    ],
    'another test': [
      [
        '  @Test\n  void refuses',
        '  @Test\n  void trims() {\n    assertThat(Parser.parse(" 2x tea").count()).isEqualTo(2);\n  }\n\n  @Test\n  void refuses',
      ],
    ],
  },
};

const minitest: OtherStyle = {
  path: 'test/models/order_test.rb',
  text: `require 'minitest/autorun'
require 'shop/order'

class OrderTest < Minitest::Test
  def setup
    @order = Order.parse('2x tea')
  end

  def test_counts
    assert_equal 2, @order.count
    refute_nil @order.what
  end

  def test_refuses
    assert_raises(ArgumentError) { Order.parse('') }
  end
end
`,
  hostile: {
    'the class is another': [['OrderTest < Minitest::Test', 'OrderTest < Object']],
    'a test returns': [['    assert_equal 2', '    return\n    assert_equal 2']],
    'a test returns unless': [['    assert_equal 2', '    return unless @order.count == 2\n    assert_equal 2']],
    'equal becomes truth': [['assert_equal 2, @order.count', 'assert @order.count']],
    'equal to itself': [['assert_equal 2, @order.count', 'assert_equal @order.count, @order.count']],
    'a rescue at its end': [
      [
        "    assert_raises(ArgumentError) { Order.parse('') }",
        "    assert_raises(ArgumentError) { Order.parse('') }\n  rescue StandardError\n    true",
      ],
    ],
    'the set-up gives the answer': [["@order = Order.parse('2x tea')", '@order = Struct.new(:count, :what).new(2, 1)']],
    'a test is private': [['  def test_counts', '  private\n\n  def test_counts']],
    'a method is taken away': [['  def test_refuses', '  undef_method :test_counts\n\n  def test_refuses']],
    'unless true': [['    assert_equal 2, @order.count\n', '    assert_equal 2, @order.count unless true\n']],
  },
  honest: {
    'equal for not nil': [['refute_nil @order.what', "assert_equal 'tea', @order.what"]],
    'another test': [
      [
        '  def test_refuses',
        "  def test_trims\n    assert_equal 3, Order.parse(' 3x tea').count\n  end\n\n  def test_refuses",
      ],
    ],
  },
};

const fluent: OtherStyle = {
  path: 'tests/Orders.UnitTests/ParserTests.cs',
  text: `using FluentAssertions;
using NUnit.Framework;

namespace Orders.UnitTests
{
    [TestFixture]
    public class ParserTests
    {
        [TestCase("2x tea", 2)]
        [TestCase("3x tea", 3)]
        public void Counts(string text, int count)
        {
            Parser.Parse(text).Count.Should().Be(count);
        }

        [Test]
        public async Task Sends()
        {
            var order = Parser.Parse("1x tea");
            await order.SendAsync();
            Assert.That(order.Sent, Is.True);
        }
    }
}
`,
  hostile: {
    'be becomes be positive': [['.Should().Be(count)', '.Should().BePositive()']],
    'the fixture is gone': [['    [TestFixture]\n', '']],
    'a case is dropped': [['        [TestCase("3x tea", 3)]\n', '']],
    'true or false': [['Is.True', 'Is.True.Or.False']],
    'not awaited': [['await order.SendAsync();', '_ = order.SendAsync();']],
    'async without a task': [['public async Task Sends', 'public async void Sends']],
    'a category that nobody runs': [['        [Test]\n', '        [Test, Category("Manual")]\n']],
    'a condition': [['            Assert.That', '            if (order.Sent)\n            Assert.That']],
  },
  honest: {
    'another case': [
      ['        [TestCase("3x tea", 3)]', '        [TestCase("3x tea", 3)]\n        [TestCase("4x tea", 4)]'],
    ],
    'another test': [
      [
        '        [Test]\n',
        '        [Test]\n        public void Trims()\n        {\n            Parser.Parse(" 2x tea").Count.Should().Be(2);\n        }\n\n        [Test]\n',
      ],
    ],
  },
};

const pest: OtherStyle = {
  path: 'tests/Feature/OrderTest.php',
  text: `<?php

use App\\Order;

it('counts', function () {
    $order = Order::parse('2x tea');
    expect($order->count)->toBe(2);
    expect($order->what)->toBe('tea')->not->toBeEmpty();
});

test('refuses nothing', function () {
    Order::parse('');
})->throws(InvalidArgumentException::class);
`,
  hostile: {
    'the throw is not looked for': [['})->throws(InvalidArgumentException::class);', '});']],
    'the throw is wider': [['InvalidArgumentException::class', 'Throwable::class']],
    'skipped at its end': [
      [
        "    expect($order->what)->toBe('tea')->not->toBeEmpty();\n});",
        "    expect($order->what)->toBe('tea')->not->toBeEmpty();\n})->skip();",
      ],
    ],
    'be becomes be something': [['->toBe(2)', '->toBeInt()']],
    'the chain is cut': [["->toBe('tea')->not->toBeEmpty()", '->not->toBeEmpty()']],
    'a return': [['    expect($order->count)', '    return;\n    expect($order->count)']],
  },
  honest: {
    'another test': [
      [
        "test('refuses",
        "it('trims', function () {\n    expect(Order::parse(' 2x tea')->count)->toBe(2);\n});\n\ntest('refuses",
      ],
    ],
  },
};

export const OTHER_STYLES = { jest, unittest, inline, table, assertj, minitest, fluent, pest } as const;
