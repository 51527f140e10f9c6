import type { Project } from './project.ts';

/** The sample project in this language. */
export const php: Project = {
  language: 'php',
  source: {
    path: 'src/Cart.php',
    text: `<?php

namespace Shop;

final class Cart
{
    public function __construct(private array $lines)
    {
    }

    public function total(): int
    {
        $sum = 0;
        for ($i = 0; $i <= count($this->lines); $i++) {
            $sum += $this->lines[$i]->price * $this->lines[$i]->count;
        }
        return $sum;
    }
}
`,
  },
  test: {
    path: 'tests/CartTest.php',
    text: `<?php

namespace Shop\\Tests;

use PHPUnit\\Framework\\TestCase;
use Shop\\Cart;
use Shop\\Line;

final class CartTest extends TestCase
{
    public function testAddsItsLines(): void
    {
        $cart = new Cart([new Line(3, 2)]);
        $this->assertSame(6, $cart->total());
    }

    public function testIsFreeWhenEmpty(): void
    {
        $this->assertSame(0, (new Cart([]))->total());
        $this->assertNotNull((new Cart([]))->label());
    }

    public function testIsNearTheShare(): void
    {
        $this->assertEqualsWithDelta(0.333, (new Cart([new Line(1, 1)]))->total() / 3, 0.001);
    }
}
`,
  },
};
