import type { Trick } from './trick.ts';

/** What could be done to the tests of the sample project so that they prove less. */
export const KOTLIN: readonly Trick[] = [
  ['a test loses its mark', 'test-deleted', ['    @Test\n    fun isFree', '    fun isFree']],
  ['an assertion is deleted', 'assertion-removed', ['        assertEquals(6, cart.total())\n', '']],
  ['an assertion becomes a comment', 'assertion-removed', ['        assertEquals(6', '        // assertEquals(6']],
  [
    'equality becomes being there',
    'assertion-changed',
    ['assertEquals(6, cart.total())', 'assertNotNull(cart.total())'],
  ],
  ['equality becomes truth', 'assertion-trivial', ['assertEquals(6, cart.total())', 'assertTrue(true)']],
  ['the expected value is another', 'expectation-changed', ['assertEquals(6, cart', 'assertEquals(0, cart']],
  ['it is disabled', 'test-skipped', ['    @Test\n    fun isFree', '    @Disabled\n    @Test\n    fun isFree']],
  ['it is ignored', 'test-skipped', ['    @Test\n    fun isFree', '    @Ignore\n    @Test\n    fun isFree']],
  [
    'it assumes',
    'test-skipped',
    ['        assertEquals(6', '        assumeTrue(cart.total() == 6)\n        assertEquals(6'],
  ],
  [
    'it returns early',
    'assertion-bypassed',
    ['        assertEquals(6', '        if (cart.total() != 6) return\n        assertEquals(6'],
  ],
  [
    'it is under a condition',
    'assertion-bypassed',
    ['        assertEquals(6', '        if (cart.total() == 6)\n        assertEquals(6'],
  ],
  [
    'it is caught',
    'swallowed-error',
    ['        assertEquals(6, cart.total())', '        runCatching { assertEquals(6, cart.total()) }'],
  ],
  [
    'what is tested is replaced',
    'mock-added',
    ['        assertEquals(6', '        every { cart.total() } returns 6\n        assertEquals(6'],
  ],
  ['warnings are silenced', 'suppression', ['class CartTest', '@Suppress("ALL")\nclass CartTest']],
  [
    'it comes from another place',
    'test-code-changed',
    ['import kotlin.test.assertEquals', 'import shop.kind.assertEquals'],
  ],
  [
    'the assertion is its own',
    'runner-patched',
    ['class CartTest {', 'class CartTest {\n    fun assertEquals(a: Any, b: Any) {}\n'],
  ],
];
