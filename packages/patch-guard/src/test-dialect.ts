import type { Language } from './language.ts';

/** How tests look in a language, over the common frameworks. All patterns are matched line by line. */
export interface TestDialect {
  /** A test or group of tests named by a string or by its own name; groups: `suite` or `test`. */
  readonly named: readonly RegExp[];
  /** Marks the function that follows as a test. */
  readonly marker: RegExp | null;
  /** The name of the marked function, in group 1. */
  readonly marked: RegExp | null;
  /** Where an assertion begins. */
  readonly assertion: RegExp;
  /** Lines that only import names. */
  readonly imports: RegExp;
}

const JVM_MARKER = /@(?:\w+\.)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\b/;
const JVM_ASSERTION =
  /(?<!\w)(?:assert\w*|fail|verify\w*|expectThrows|expectThat)\s*[({]|\bassert\b|\.(?:should\w*|andExpect|expectStatus|expectBody|expectNext\w*|verifyComplete|verifyError|isEqualTo|statusCode)\b|\bshould(?:Be|Not|Throw|Have|Contain|Equal)\w*/;
const JVM_IMPORTS = /^\s*(?:import|package)\b/;

export const TEST_DIALECTS: Readonly<Record<Language, TestDialect>> = {
  javascript: {
    named: [
      /(?<![\w$.])(?<suite>describe|context|suite)(?:\.\w+)*\s*(?:\([^()]*\))?\s*\(\s*(?<name>[^,]*?)\s*(?:,|$)/,
      /(?<![\w$.])(?:t\.)?(?:it|test|specify)(?:\.\w+)*\s*(?:\([^()]*\)|\(\[.*\]\)|`[^`]*`)?\s*\(\s*(?<name>[^,)]*?)\s*(?:,|$)/,
      /^\s*(?:\]\s*\)|`)\s*\(\s*(?<name>["'`][^,]*?)\s*,/,
    ],
    marker: null,
    marked: null,
    assertion:
      /(?<![\w$.])(?:expect|assert)(?:[A-Z]\w*)?\b(?!\s*[,}:=])|(?<![\w$])t\.(?:is|not|true|false|truthy|falsy|like|throws\w*|notThrows\w*|deepEqual|equal|same|ok|fail|assert|regex|snapshot|plan)\s*\(|\.should\b|(?<![\w$])(?:sinon\.assert|fail|done\.fail)\b/,
    imports: /^\s*(?:import\b|export\b.*\bfrom\b|\}\s*from\b)|\brequire\s*\(/,
  },
  python: {
    named: [
      /^\s*class\s+(?<suite>(?<name>Test\w*|\w+Tests?|\w+TestCase))\b/,
      /^\s*(?:async\s+)?def\s+(?<name>test\w*)\s*\(/,
    ],
    marker: null,
    marked: null,
    assertion:
      /^\s*assert\b|\bself\.(?:assert\w+|fail\w*)\s*\(|\bpytest\.(?:raises|fail|warns|deprecated_call)\b|\b(?:np|numpy|torch|pd|pandas)\.testing\.|(?<!\w)assert_\w+\s*\(|\.assert_(?:called|not_called|has_|any_|awaited|not_awaited)\w*/,
    imports: /^\s*(?:import|from)\b/,
  },
  java: {
    named: [/\bclass\s+(?<suite>(?<name>\w+))/, /\bvoid\s+(?<name>test\w*)\s*\(/],
    marker: JVM_MARKER,
    marked: /[\w>\]]\s+(\w+)\s*\(/,
    assertion: JVM_ASSERTION,
    imports: JVM_IMPORTS,
  },
  kotlin: {
    named: [
      /\bclass\s+(?<suite>(?<name>\w+))/,
      /^\s*(?:test|it|should|describe|context|scenario|given|When|then)\s*\(\s*(?<name>"[^"]*")/,
    ],
    marker: JVM_MARKER,
    marked: /\bfun\s+(`[^`]+`|\w+)\s*\(/,
    assertion: JVM_ASSERTION,
    imports: JVM_IMPORTS,
  },
  go: {
    named: [
      /^func\s+(?:\([^)]*\)\s*)?(?<name>(?:Test|Benchmark|Example|Fuzz)\w*)\s*\(/,
      /\b\w\.Run\(\s*(?<name>"[^"]*"|[\w.]+)/,
      /(?<![\w.])(?:It|Describe|Context|Specify|When|Entry|DescribeTable)\s*\(\s*(?<name>"[^"]*")/,
    ],
    marker: null,
    marked: null,
    assertion:
      /\b[tbf]\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\s*\(|(?<![\w.])(?:assert|require|is|qt)\.\w+\s*\(|(?<![\w.])(?:assert|require|check|expect|must|verify)\w*\s*\(\s*t\b|(?<![\w.])(?:Expect|Eventually|Consistently|Ω)\s*\(|(?<![\w.])panic\s*\(/,
    imports: /^\s*(?:import\b|"[\w./-]+"$|\w+\s+"[\w./-]+"$|package\b)/,
  },
  rust: {
    named: [/\bmod\s+(?<suite>(?<name>\w+))\s*\{/],
    marker: /#\[\s*(?:\w+::)*(?:test|rstest|test_case|quickcheck|bench|proptest|test_log)\b/,
    marked: /\bfn\s+(\w+)/,
    assertion:
      /\b(?:debug_|prop_)?assert(?:_\w+)?!|\bassert_\w+\s*\(|\b(?:panic|unreachable)!|\.(?:unwrap_err|expect_err)\s*\(/,
    imports: /^\s*(?:pub\s+)?use\b/,
  },
  ruby: {
    named: [
      /^\s*(?:RSpec\.)?(?<suite>describe|context|feature|class)\b\s*\(?\s*(?<name>"[^"]*"|'[^']*'|[\w:]+)/,
      /^\s*(?:it|specify|example|scenario|test|should|its)\b\s*\(?\s*(?<name>"[^"]*"|'[^']*'|:\w+|\{)/,
      /^\s*def\s+(?<name>test_\w+)/,
    ],
    marker: null,
    marked: null,
    assertion:
      /(?<![\w.:])(?:expect|assert\w*|refute\w*|flunk|is_expected)\b|\.(?:must|wont|should|should_not)(?:_\w+)?\b/,
    imports: /^\s*(?:require|require_relative|load|using|include|extend)\b/,
  },
  csharp: {
    named: [/\bclass\s+(?<suite>(?<name>\w+))/],
    marker:
      /\[(?:[^\]]*[\s,.])?(?:Fact|Theory|Test|TestCase|TestCaseSource|TestMethod|DataTestMethod|Property|SkippableFact)\b/,
    marked: /[\w>\]]\s+(\w+)\s*\(/,
    assertion:
      /\b(?:Assert|Verify|Expect)[A-Z]\w*\s*\(|\b(?:Assert|StringAssert|CollectionAssert|ClassicAssert|Check|Verify)\b\s*[.(<]|\.(?:Should\w*|Verify\w*|Received\w*|DidNotReceive\w*|MustHaveHappened\w*)\s*[(<]/,
    imports: /^\s*(?:global\s+)?using\s+(?:static\s+)?[\w.]+\s*(?:=\s*[\w.<>]+\s*)?;|^\s*namespace\b/,
  },
  php: {
    named: [
      /\bclass\s+(?<suite>(?<name>\w+))/,
      /\bfunction\s+(?<name>test\w*)\s*\(/i,
      /^\s*(?:it|test|describe)\s*\(\s*(?<name>'[^']*'|"[^"]*")/,
    ],
    marker: /#\[\s*(?:\w*\\)*(?:Test|TestWith|DataProvider)\b|@test\b/,
    marked: /\bfunction\s+(\w+)/,
    assertion:
      /(?:\$this->|self::|static::|Assert::)(?:assert\w*|expect\w*|fail)\s*\(|(?<![\w>$:])expect\s*\(|->(?:should\w*|toBe\w*|toEqual\w*|toHave\w*|toThrow\w*|toContain\w*|throws\w*)\b/,
    imports: /^\s*(?:use|namespace|require|require_once|include|include_once)\b/,
  },
};
