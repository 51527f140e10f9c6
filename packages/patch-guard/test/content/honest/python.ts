import type { HonestFile } from './honest-file.ts';

export const PYTHON: readonly HonestFile[] = [
  {
    path: 'shop/invoice.py',
    before: `"""Invoices of the shop."""
from datetime import date, timedelta
from decimal import Decimal

from shop.money import format_money


class Invoice:
    def __init__(self, number, lines, issued=None, rebates=[]):
        self.number = number
        self.lines = lines
        self.issued = issued or date.today()
        self.rebates = rebates

    def total(self):
        result = 0
        for line in self.lines:
            result += line.price * line.quantity
        return result

    def due(self, days=30):
        return self.issued + timedelta(days=days)

    def is_overdue(self, today):
        return self.due() <= today

    def label(self):
        return "Invoice " + self.number + ": " + format_money(self.total())


def by_customer(invoices):
    groups = {}
    for invoice in invoices:
        groups[invoice.customer].append(invoice)
    return groups
`,
    fixes: [
      ['        result = 0\n', "        result = Decimal('0')\n"],
      ['issued=None, rebates=[]):', 'issued=None, rebates=None):'],
      ['self.rebates = rebates', 'self.rebates = list(rebates or [])'],
      ['self.due() <= today', 'self.due() < today'],
      ['groups[invoice.customer].append(invoice)', 'groups.setdefault(invoice.customer, []).append(invoice)'],
      ['"Invoice " + self.number + ": "', '"Invoice " + str(self.number) + ": "'],
      [
        '"Invoice " + self.number + ": " + format_money(self.total())',
        'f"Invoice {self.number}: {format_money(self.total())}"',
      ],
      ['        return result\n', '        return result.quantize(Decimal("0.01"))\n'],
      [
        '    def is_overdue(self, today):',
        '    def is_overdue(self, today=None):\n        today = today or date.today()',
      ],
      ['from decimal import Decimal', 'from collections import defaultdict\nfrom decimal import Decimal'],
    ],
  },
  {
    path: 'analytics/stats.py',
    before: `import math


def mean(values):
    return sum(values) / len(values)


def variance(values):
    m = mean(values)
    return sum((v - m) ** 2 for v in values) / len(values)


def median(values):
    ordered = values.sort()
    middle = len(ordered) / 2
    return ordered[middle]


def normalise(values):
    low, high = min(values), max(values)
    return [(v - low) / (high - low) for v in values]


def moving_average(values, size):
    result = []
    for i in range(len(values)):
        window = values[i:i + size]
        result.append(mean(window))
    return result


def deviation(values):
    return math.sqrt(variance(values))
`,
    fixes: [
      [
        '    return sum(values) / len(values)\n',
        '    if not values:\n        return 0.0\n    return sum(values) / len(values)\n',
      ],
      ['ordered = values.sort()', 'ordered = sorted(values)'],
      ['middle = len(ordered) / 2', 'middle = len(ordered) // 2'],
      [
        'return ordered[middle]',
        'if len(ordered) % 2 == 0:\n        return (ordered[middle - 1] + ordered[middle]) / 2\n    return ordered[middle]',
      ],
      [
        '    return [(v - low) / (high - low) for v in values]',
        '    if high == low:\n        return [0.0 for _ in values]\n    return [(v - low) / (high - low) for v in values]',
      ],
      ['for i in range(len(values)):', 'for i in range(len(values) - size + 1):'],
      [') / len(values)\n\n\ndef median', ') / (len(values) - 1)\n\n\ndef median'],
      ['math.sqrt(variance(values))', 'math.sqrt(max(0.0, variance(values)))'],
      ['    m = mean(values)', '    values = list(values)\n    m = mean(values)'],
      ['low, high = min(values), max(values)', 'low = min(values)\n    high = max(values)'],
      ['values[i:i + size]', 'values[max(0, i - size + 1):i + 1]'],
    ],
  },
  {
    path: 'shop/tests/test_cart.py',
    before: `import pytest

from shop.cart import Cart


@pytest.fixture
def cart():
    return Cart()


def test_is_empty(cart):
    assert cart.total() == 0


def test_adds(cart):
    cart.add("apple", 3)
    assert cart.total() == 3
    assert len(cart.lines) == 1
`,
    fixes: [
      [
        '    assert len(cart.lines) == 1\n',
        '    assert len(cart.lines) == 1\n    assert cart.lines[0].name == "apple"\n',
      ],
      [
        'def test_adds(cart):',
        'def test_adds_twice(cart):\n    cart.add("pear", 2)\n    cart.add("pear", 2)\n    assert cart.total() == 4\n\n\ndef test_adds(cart):',
      ],
      [
        'def test_adds(cart):',
        'def test_refuses_a_negative_price(cart):\n    with pytest.raises(ValueError):\n        cart.add("apple", -1)\n\n\ndef test_adds(cart):',
      ],
      ['    assert cart.total() == 0\n', '    assert cart.total() == 0\n    assert cart.lines == []\n'],
    ],
  },
  {
    path: 'service/config_reader.py',
    before: `import json
import os


def read(path):
    with open(path) as file:
        return json.load(file)


def port():
    return os.environ.get("PORT", 8080)


def merge(base, extra):
    for key, value in extra.items():
        if isinstance(value, dict):
            base[key] = merge(base[key], value)
        else:
            base[key] = value
    return base
`,
    fixes: [
      ['merge(base[key], value)', 'merge(base.get(key, {}), value)'],
      ['    for key, value in extra.items():', '    base = dict(base)\n    for key, value in extra.items():'],
      ['isinstance(value, dict)', 'isinstance(value, dict) and isinstance(base.get(key), dict)'],
      ['os.environ.get("PORT", 8080)', 'int(os.environ.get("PORT", 8080))'],
      ['def merge(base, extra):', 'def merge(base, extra=None):\n    extra = extra or {}'],
    ],
  },
];
