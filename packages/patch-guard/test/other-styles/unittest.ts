import type { OtherStyle } from './other-style.ts';

export const unittest: OtherStyle = {
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
