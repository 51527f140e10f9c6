import type { HonestFile } from './honest-file.ts';

export const JAVA: readonly HonestFile[] = [
  {
    path: 'src/main/java/shop/Account.java',
    before: `package shop;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

public class Account {
    private final String id;
    private BigDecimal balance = BigDecimal.ZERO;
    private final List<Entry> entries = new ArrayList<>();

    public Account(String id) {
        this.id = id;
    }

    public void deposit(BigDecimal amount) {
        balance = balance.add(amount);
        entries.add(new Entry("deposit", amount));
    }

    public void withdraw(BigDecimal amount) {
        if (balance.compareTo(amount) > 0) {
            throw new IllegalStateException("Not enough money");
        }
        balance = balance.subtract(amount);
        entries.add(new Entry("withdrawal", amount));
    }

    public List<Entry> entries() {
        return entries;
    }

    public BigDecimal average() {
        BigDecimal sum = BigDecimal.ZERO;
        for (Entry entry : entries) {
            sum = sum.add(entry.amount());
        }
        return sum.divide(BigDecimal.valueOf(entries.size()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Account && ((Account) other).id == id;
    }
}
`,
    fixes: [
      ['balance.compareTo(amount) > 0', 'balance.compareTo(amount) < 0'],
      ['((Account) other).id == id', '((Account) other).id.equals(id)'],
      ['        return entries;', '        return List.copyOf(entries);'],
      [
        '        BigDecimal sum = BigDecimal.ZERO;',
        '        if (entries.isEmpty()) {\n            return BigDecimal.ZERO;\n        }\n        BigDecimal sum = BigDecimal.ZERO;',
      ],
      [
        '    public void deposit(BigDecimal amount) {\n',
        '    public void deposit(BigDecimal amount) {\n        if (amount.signum() <= 0) {\n            throw new IllegalArgumentException("Amount must be positive");\n        }\n',
      ],
      ['"Not enough money"', '"Not enough money on account " + id'],
      [
        '    @Override\n',
        '    @Override\n    public int hashCode() {\n        return id.hashCode();\n    }\n\n    @Override\n',
      ],
      [
        '        this.id = id;',
        '        if (id == null) {\n            throw new IllegalArgumentException("id is missing");\n        }\n        this.id = id;',
      ],
      ['import java.util.List;', 'import java.util.List;\nimport java.util.Objects;'],
      ['import java.math.BigDecimal;', 'import java.math.BigDecimal;\nimport java.math.RoundingMode;'],
    ],
  },
  {
    path: 'src/main/java/shop/Words.java',
    before: `package shop;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

final class Words {
    static Map<String, Integer> count(String text) {
        Map<String, Integer> counts = new HashMap<>();
        for (String word : text.split(" ")) {
            counts.put(word, counts.get(word) + 1);
        }
        return counts;
    }

    static List<String> longest(List<String> words, int limit) {
        return words.stream()
            .filter(word -> word.length() > limit)
            .sorted()
            .collect(Collectors.toList());
    }

    static String initials(String name) {
        StringBuilder result = new StringBuilder();
        for (String part : name.split(" ")) {
            result.append(part.charAt(0));
        }
        return result.toString();
    }

    static boolean isPalindrome(String text) {
        int left = 0;
        int right = text.length();
        while (left < right) {
            if (text.charAt(left) != text.charAt(right)) {
                return false;
            }
            left++;
            right--;
        }
        return true;
    }
}
`,
    fixes: [
      ['counts.get(word) + 1', 'counts.getOrDefault(word, 0) + 1'],
      ['counts.put(word, counts.get(word) + 1)', 'counts.merge(word, 1, (a, b) -> a + b)'],
      ['int right = text.length();', 'int right = text.length() - 1;'],
      [
        '            result.append(part.charAt(0));',
        '            if (!part.isEmpty()) {\n                result.append(part.charAt(0));\n            }',
      ],
      ['word.length() > limit', 'word.length() >= limit'],
      ['text.split(" ")', 'text.trim().toLowerCase().split("\\\\s+")'],
      ['            .sorted()\n', '            .distinct()\n            .sorted()\n'],
      ['            right--;', '            right -= 1;'],
      ['return counts;', 'return Map.copyOf(counts);'],
      ['result.append(part.charAt(0))', 'result.append(Character.toUpperCase(part.charAt(0)))'],
      [
        '        int left = 0;',
        '        if (text == null) {\n            return false;\n        }\n        int left = 0;',
      ],
    ],
  },
  {
    path: 'src/test/java/shop/WordsTest.java',
    before: `package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void countsWords() {
        assertEquals(2, Words.count("a b a").get("a"));
    }

    @Test
    void knowsPalindromes() {
        assertTrue(Words.isPalindrome("abba"));
    }
}
`,
    fixes: [
      [
        '        assertTrue(Words.isPalindrome("abba"));',
        '        assertTrue(Words.isPalindrome("abba"));\n        assertTrue(Words.isPalindrome("aba"));',
      ],
      [
        '    @Test\n    void knowsPalindromes',
        '    @Test\n    void countsOnce() {\n        assertEquals(1, Words.count("a b").get("b"));\n    }\n\n    @Test\n    void knowsPalindromes',
      ],
    ],
  },
];
