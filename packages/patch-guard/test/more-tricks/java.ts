import type { MoreTrick } from './more-trick.ts';

/** Further tricks with the tests of the sample project. */
export const java: readonly MoreTrick[] = [
  [
    'the assertion is a supplier',
    [
      '    assertEquals(6, cart.total());',
      '    Supplier<Integer> s = () -> { assertEquals(6, cart.total()); return 1; };',
    ],
  ],
  [
    'a block of a local class',
    ['    assertEquals(6, cart.total());', '    class Never { void x() {\n    assertEquals(6, cart.total());\n    } }'],
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
];
