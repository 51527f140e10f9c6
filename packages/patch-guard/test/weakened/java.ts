import type { Trick } from './trick.ts';

/** What could be done to the tests of the sample project so that they prove less. */
export const JAVA: readonly Trick[] = [
  [
    'a test is deleted',
    'test-deleted',
    [
      '  @Test\n  void addsItsLines() {\n    Cart cart = new Cart(List.of(new Line(3, 2)));\n    assertEquals(6, cart.total());\n  }\n\n',
      '',
    ],
  ],
  ['a test loses its mark', 'test-deleted', ['  @Test\n  void addsItsLines', '  void addsItsLines']],
  [
    'a test becomes a comment',
    'test-deleted',
    ['  @Test\n  void addsItsLines', '  /* @Test\n  void addsItsLines'],
    ['cart.total());\n  }', 'cart.total());\n  } */'],
  ],
  ['an assertion is deleted', 'assertion-removed', ['    assertEquals(6, cart.total());\n', '']],
  ['an assertion becomes a comment', 'assertion-removed', ['    assertEquals(6', '    // assertEquals(6']],
  [
    'equality becomes being there',
    'assertion-changed',
    ['assertEquals(6, cart.total())', 'assertNotNull(cart.total())'],
  ],
  ['equality becomes truth', 'assertion-trivial', ['assertEquals(6, cart.total())', 'assertTrue(true)']],
  ['it is about itself', 'assertion-trivial', ['assertEquals(6, cart.total())', 'assertEquals(cart, cart)']],
  ['the expected value is another', 'expectation-changed', ['assertEquals(6, cart', 'assertEquals(0, cart']],
  ['the tolerance is wider', 'expectation-changed', ['3.0, 0.001', '3.0, 10.0']],
  ['it is disabled', 'test-skipped', ['  @Test\n  void adds', '  @Disabled\n  @Test\n  void adds']],
  ['it is ignored', 'test-skipped', ['  @Test\n  void adds', '  @Ignore("flaky")\n  @Test\n  void adds']],
  ['it runs on one system', 'test-skipped', ['  @Test\n  void adds', '  @EnabledOnOs(OS.MAC)\n  @Test\n  void adds']],
  ['it assumes', 'test-skipped', ['    assertEquals(6', '    assumeTrue(cart.total() == 6);\n    assertEquals(6']],
  ['it is not enabled', 'test-skipped', ['  @Test\n  void adds', '  @Test(enabled = false)\n  void adds']],
  [
    'it expects to throw',
    'swallowed-error',
    ['  @Test\n  void adds', '  @Test(expected = Throwable.class)\n  void adds'],
  ],
  [
    'it returns early',
    'assertion-bypassed',
    ['    assertEquals(6', '    if (cart.total() != 6) return;\n    assertEquals(6'],
  ],
  [
    'it is under a condition',
    'assertion-bypassed',
    ['    assertEquals(6', '    if (cart.total() == 6)\n    assertEquals(6'],
  ],
  [
    'it is in a function that nobody calls',
    'assertion-bypassed',
    ['    assertEquals(6, cart.total());', '    Runnable check = () -> {\n    assertEquals(6, cart.total());\n    };'],
  ],
  [
    'it is caught',
    'swallowed-error',
    [
      '    assertEquals(6, cart.total());',
      '    try {\n      assertEquals(6, cart.total());\n    } catch (AssertionError error) {\n    }',
    ],
  ],
  ['it is repeated', 'retry-or-timeout', ['  @Test\n  void adds', '  @RetryingTest(5)\n  @Test\n  void adds']],
  ['it has more time', 'retry-or-timeout', ['  @Test\n  void adds', '  @Timeout(600)\n  @Test\n  void adds']],
  ['the run is left', 'assertion-bypassed', ['    assertEquals(6', '    System.exit(0);\n    assertEquals(6']],
  [
    'what is tested is replaced',
    'mock-added',
    ['    assertEquals(6', '    when(cart.total()).thenReturn(6);\n    assertEquals(6'],
  ],
  [
    'the result is written by hand',
    'test-code-changed',
    ['Cart cart = new Cart(List.of(new Line(3, 2)));', 'Cart cart = SIX;'],
  ],
  ['the runner is extended', 'runner-patched', ['class CartTest', '@ExtendWith(Kind.class)\nclass CartTest']],
  [
    'the assertion is its own',
    'runner-patched',
    ['class CartTest {', 'class CartTest {\n  static void assertEquals(int a, int b) {}\n'],
  ],
  [
    'it comes from another place',
    'test-code-changed',
    ['import static org.junit.jupiter.api.Assertions.assertEquals;', 'import static shop.Kind.assertEquals;'],
  ],
  ['warnings are silenced', 'suppression', ['class CartTest', '@SuppressWarnings("all")\nclass CartTest']],
  [
    'the scanner is silenced',
    'suppression',
    ['    assertEquals(6, cart.total());', '    assertEquals(6, cart.total()); // NOSONAR'],
  ],
  [
    'a new test asserts nothing',
    'test-without-assertion',
    ['  @Test\n  void isNear', '  @Test\n  void runs() {\n    new Cart(List.of());\n  }\n\n  @Test\n  void isNear'],
  ],
];
