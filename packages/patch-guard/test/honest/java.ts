import type { HonestEdits } from './honest-edits.ts';

/** What an honest fix may do to the sample project. */
export const java: HonestEdits = {
  source: {
    bound: [['i <= lines.size()', 'i < lines.size()']],
    import: [['import java.util.List;', 'import java.util.List;\nimport java.util.Objects;']],
    guard: [['    int sum = 0;', '    if (lines.isEmpty()) {\n      return 0;\n    }\n    int sum = 0;']],
    words: [['  public int total() {', '  /** The sum of the lines, in cents. */\n  public int total() {']],
  },
  test: {
    'another test': [
      [
        '  @Test\n  void isNearTheShare',
        '  @Test\n  void addsMoreThanOneLine() {\n    Cart cart = new Cart(List.of(new Line(1, 2), new Line(3, 1)));\n    assertEquals(5, cart.total());\n  }\n\n  @Test\n  void isNearTheShare',
      ],
    ],
    'another assertion': [
      ['    assertEquals(6, cart.total());', '    assertEquals(6, cart.total());\n    assertNotNull(cart);'],
    ],
    'stronger assertion': [['assertNotNull(new Cart(List.of()));', 'assertEquals("empty", new Cart(List.of()));']],
    'missing import': [['import java.util.List;', 'import java.util.ArrayList;\nimport java.util.List;']],
  },
  fresh: {
    path: 'src/test/java/shop/LineTest.java',
    text: 'package shop;\n\nimport static org.junit.jupiter.api.Assertions.assertEquals;\n\nimport org.junit.jupiter.api.Test;\n\nclass LineTest {\n  @Test\n  void hasAPrice() {\n    assertEquals(3, new Line(3, 2).price());\n  }\n}\n',
  },
};
