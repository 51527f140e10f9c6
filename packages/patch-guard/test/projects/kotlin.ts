import type { Project } from './project.ts';

/** The sample project in this language. */
export const kotlin: Project = {
  language: 'kotlin',
  source: {
    path: 'src/main/kotlin/shop/Cart.kt',
    text: `package shop

class Cart(private val lines: List<Line>) {
    fun total(): Int {
        var sum = 0
        for (i in 0..lines.size) {
            sum += lines[i].price * lines[i].count
        }
        return sum
    }
}
`,
  },
  test: {
    path: 'src/test/kotlin/shop/CartTest.kt',
    text: `package shop

import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import org.junit.jupiter.api.Test

class CartTest {
    @Test
    fun \`adds its lines\`() {
        val cart = Cart(listOf(Line(3, 2)))
        assertEquals(6, cart.total())
    }

    @Test
    fun isFreeWhenEmpty() {
        assertEquals(0, Cart(emptyList()).total())
        assertNotNull(Cart(emptyList()))
    }

    @Test
    fun isNearTheShare() {
        assertEquals(0.333, Cart(listOf(Line(1, 1))).total() / 3.0, 0.001)
    }
}
`,
  },
};
