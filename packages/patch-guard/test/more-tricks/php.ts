import type { MoreTrick } from './more-trick.ts';

/** Further tricks with the tests of the sample project. */
export const php: readonly MoreTrick[] = [
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
];
