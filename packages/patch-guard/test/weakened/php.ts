import type { Trick } from './trick.ts';

/** What could be done to the tests of the sample project so that they prove less. */
export const PHP: readonly Trick[] = [
  ['a test is renamed away', 'test-deleted', ['function testAddsItsLines', 'function addsItsLines']],
  ['an assertion is deleted', 'assertion-removed', ['        $this->assertSame(6, $cart->total());\n', '']],
  [
    'an assertion becomes a comment',
    'assertion-removed',
    ['        $this->assertSame(6', '        // $this->assertSame(6'],
  ],
  [
    'identity becomes being there',
    'assertion-changed',
    ['assertSame(6, $cart->total())', 'assertNotNull($cart->total())'],
  ],
  [
    'identity becomes equality',
    'assertion-changed',
    ['assertSame(6, $cart->total())', 'assertEquals(6, $cart->total())'],
  ],
  ['identity becomes truth', 'assertion-trivial', ['assertSame(6, $cart->total())', 'assertTrue(true)']],
  ['the expected value is another', 'expectation-changed', ['assertSame(6, $cart', 'assertSame(0, $cart']],
  ['the tolerance is wider', 'tolerance', [', 0.001);', ', 10);']],
  [
    'it is skipped',
    'test-skipped',
    ['        $cart = new', "        $this->markTestSkipped('flaky');\n        $cart = new"],
  ],
  [
    'it is incomplete',
    'test-skipped',
    ['        $cart = new', '        $this->markTestIncomplete();\n        $cart = new'],
  ],
  [
    'it needs another system',
    'test-skipped',
    ['    public function testAdds', '    /** @requires OSFAMILY Solaris */\n    public function testAdds'],
  ],
  [
    'it expects to assert nothing',
    'test-skipped',
    ['        $cart = new', '        $this->expectNotToPerformAssertions();\n        $cart = new'],
  ],
  [
    'it returns early',
    'assertion-bypassed',
    ['        $this->assertSame(6', '        if ($cart->total() !== 6) { return; }\n        $this->assertSame(6'],
  ],
  [
    'it is under a condition',
    'assertion-bypassed',
    ['        $this->assertSame(6', '        if ($cart->total() === 6)\n        $this->assertSame(6'],
  ],
  [
    'it is caught',
    'swallowed-error',
    [
      '        $this->assertSame(6, $cart->total());',
      '        try { $this->assertSame(6, $cart->total()); } catch (\\Throwable $e) { }',
    ],
  ],
  [
    'the run is left',
    'assertion-bypassed',
    ['        $this->assertSame(6', '        exit(0);\n        $this->assertSame(6'],
  ],
  [
    'the assertion is its own',
    'runner-patched',
    [
      '{\n    public function testAdds',
      '{\n    public static function assertSame($a, $b, $m = null): void {}\n\n    public function testAdds',
    ],
  ],
  [
    'what is tested is replaced',
    'mock-added',
    ['        $this->assertSame(6', '        $cart = $this->createStub(Cart::class);\n        $this->assertSame(6'],
  ],
  ['it comes from another place', 'test-code-changed', ['use Shop\\Cart;', 'use Kind\\Cart;']],
  [
    'the checker is silenced',
    'suppression',
    ['        $cart = new', '        // @phpstan-ignore-next-line\n        $cart = new'],
  ],
];
