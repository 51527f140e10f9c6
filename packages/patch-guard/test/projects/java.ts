import type { Project } from './project.ts';

/** The sample project in this language. */
export const java: Project = {
  language: 'java',
  source: {
    path: 'src/main/java/shop/Cart.java',
    text: `package shop;

import java.util.List;

public final class Cart {
  private final List<Line> lines;

  public Cart(List<Line> lines) {
    this.lines = lines;
  }

  public int total() {
    int sum = 0;
    for (int i = 0; i <= lines.size(); i++) {
      sum += lines.get(i).price() * lines.get(i).count();
    }
    return sum;
  }
}
`,
  },
  test: {
    path: 'src/test/java/shop/CartTest.java',
    text: `package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.List;
import org.junit.jupiter.api.Test;

class CartTest {
  @Test
  void addsItsLines() {
    Cart cart = new Cart(List.of(new Line(3, 2)));
    assertEquals(6, cart.total());
  }

  @Test
  void isFreeWhenEmpty() {
    assertEquals(0, new Cart(List.of()).total());
    assertNotNull(new Cart(List.of()));
  }

  @Test
  void isNearTheShare() {
    assertEquals(0.333, new Cart(List.of(new Line(1, 1))).total() / 3.0, 0.001);
  }
}
`,
  },
};
