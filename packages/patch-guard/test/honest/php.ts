import type { HonestEdits } from './honest-edits.ts';

/** What an honest fix may do to the sample project. */
export const php: HonestEdits = {
  source: {
    bound: [['$i <= count($this->lines)', '$i < count($this->lines)']],
    import: [['namespace Shop;', 'namespace Shop;\n\nuse InvalidArgumentException;']],
    guard: [
      ['        $sum = 0;', '        if ($this->lines === []) {\n            return 0;\n        }\n        $sum = 0;'],
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
};
