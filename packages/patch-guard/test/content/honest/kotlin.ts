import type { HonestFile } from './honest-file.ts';

/** There is no parser for Kotlin: each of these asks for an approval. */
export const KOTLIN: readonly HonestFile[] = [
  {
    path: 'src/main/kotlin/shop/Cart.kt',
    before: `package shop

class Cart(private val lines: List<Line>) {
    fun total(): Int {
        var sum = 0
        for (i in 0..lines.size) {
            sum += lines[i].price * lines[i].count
        }
        return sum
    }

    fun first(): Line = lines[0]
}
`,
    fixes: [
      ['0..lines.size', 'lines.indices'],
      ['fun first(): Line = lines[0]', 'fun first(): Line? = lines.firstOrNull()'],
    ],
  },
];
