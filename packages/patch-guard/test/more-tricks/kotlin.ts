import type { MoreTrick } from './more-trick.ts';

/** Further tricks with the tests of the sample project. */
export const kotlin: readonly MoreTrick[] = [
  [
    'a lambda takes it',
    ['        assertEquals(6, cart.total())', '        val never = { assertEquals(6, cart.total()) }'],
  ],
  [
    'takeIf',
    ['        assertEquals(6, cart.total())', '        cart.takeIf { false }?.let { assertEquals(6, cart.total()) }'],
  ],
  [
    'a return with a label',
    ['        assertEquals(6', '        run { return@run }\n        return\n        assertEquals(6'],
  ],
];
