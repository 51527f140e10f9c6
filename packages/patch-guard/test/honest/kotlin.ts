import type { HonestEdits } from './honest-edits.ts';

/** What an honest fix may do to the sample project. */
export const kotlin: HonestEdits = {
  source: {
    bound: [['0..lines.size', '0 until lines.size']],
    import: [['package shop\n', 'package shop\n\nimport kotlin.math.max\n']],
    guard: [
      ['        var sum = 0', '        if (lines.isEmpty()) {\n            return 0\n        }\n        var sum = 0'],
    ],
    words: [['    fun total(): Int {', '    /** The sum of the lines, in cents. */\n    fun total(): Int {']],
  },
  test: {
    'another test': [
      [
        '    @Test\n    fun isNearTheShare',
        '    @Test\n    fun `adds more than one line`() {\n        assertEquals(5, Cart(listOf(Line(1, 2), Line(3, 1))).total())\n    }\n\n    @Test\n    fun isNearTheShare',
      ],
    ],
    'another assertion': [
      ['        assertEquals(6, cart.total())', '        assertEquals(6, cart.total())\n        assertNotNull(cart)'],
    ],
    'missing import': [
      ['import kotlin.test.assertNotNull', 'import kotlin.test.assertNotNull\nimport kotlin.test.assertTrue'],
    ],
  },
  fresh: {
    path: 'src/test/kotlin/shop/LineTest.kt',
    text: 'package shop\n\nimport kotlin.test.assertEquals\nimport org.junit.jupiter.api.Test\n\nclass LineTest {\n    @Test\n    fun hasAPrice() {\n        assertEquals(3, Line(3, 2).price)\n    }\n}\n',
  },
};
