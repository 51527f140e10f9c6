import type { OtherStyle } from './other-style.ts';

export const pest: OtherStyle = {
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
