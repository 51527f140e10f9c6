import type { OtherStyle } from './other-style.ts';

export const assertj: OtherStyle = {
  path: 'orders/src/test/java/orders/ParserTest.java',
  text: `package orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParserTest {
  @ParameterizedTest
  @CsvSource({"2x tea,2", "3x tea,3"})
  void counts(String text, int count) {
    assertThat(Parser.parse(text))
        .isNotNull()
        .extracting(Order::count)
        .isEqualTo(count);
  }

  @Test
  void refusesNothing() {
    assertThatThrownBy(() -> Parser.parse(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("empty");
  }
}
`,
  hostile: {
    'the end of a chain goes': [['\n        .hasMessage("empty");', ';']],
    'the middle of a chain goes': [['        .isNotNull()\n', '']],
    'a case of the table goes': [['"2x tea,2", "3x tea,3"', '"2x tea,2"']],
    'the class is wider': [['IllegalArgumentException.class', 'Exception.class']],
    'the chain is left hanging': [
      [
        '    assertThat(Parser.parse(text))\n',
        '    assertThat(Parser.parse(text));\n    assertThat(new Order(count))\n',
      ],
    ],
    'an assertion is an argument of nothing': [
      ['    assertThatThrownBy(() ->', '    Runnable never = () -> assertThatThrownBy(() ->'],
    ],
    'the class is abstract': [['class ParserTest {', 'abstract class ParserTest {']],
    'the test is private': [['  void refusesNothing', '  private void refusesNothing']],
    'the test is static': [['  void refusesNothing', '  static void refusesNothing']],
  },
  honest: {
    'one more link in the chain': [
      ['        .hasMessage("empty");', '        .hasMessage("empty")\n        .hasNoCause();'],
    ],
    'another test': [
      [
        '  @Test\n  void refuses',
        '  @Test\n  void trims() {\n    assertThat(Parser.parse(" 2x tea").count()).isEqualTo(2);\n  }\n\n  @Test\n  void refuses',
      ],
    ],
  },
};
