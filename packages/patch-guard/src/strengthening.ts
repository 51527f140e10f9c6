/** A value that is defined, not empty and not zero: equality with it is stricter than existence. */
const VALUE =
  String.raw`(?:-?(?:[1-9][\d_]*(?:\.\d+)?|0\.\d*[1-9]\d*)\w{0,2}|(["'\x60])(?!\k<q>)[^"'\x60]*\k<q>|true|True|[\[{][^\]}]+[\]}]|vec!\[[^\]]+\]|&\[[^\]]+\])`.replace(
    '(["',
    '(?<q>["',
  );
const SUBJECT = '(?<s>.+?)';

interface Pair {
  readonly weak: RegExp;
  /** With the subject also in `s`, or without it when only the weak form's groups count. */
  readonly strong: RegExp;
}

const pair = (weak: string, strong: string): Pair => ({
  weak: new RegExp(`^${weak.replaceAll('SUBJECT', SUBJECT)}$`),
  strong: new RegExp(`^${strong.replaceAll('SUBJECT', SUBJECT).replaceAll('VALUE', VALUE)}$`),
});

/** "It exists" and "it holds", and stricter statements about the same subject. Blanks are folded. */
const PAIRS: readonly Pair[] = [
  pair(
    String.raw`(?<p>await )?expect\(SUBJECT\)\.(?:toBeDefined\(\)|toBeTruthy\(\)|not\.(?:toBeNull|toBeUndefined|toBeFalsy|toThrow)\(\)|to\.(?:exist|be\.ok)|to be_truthy|not_to be_nil|to be_present)`,
    String.raw`(?<p>await )?expect\(SUBJECT\)\.(?:(?:toBe|toEqual|toStrictEqual|toHaveLength|toContain|to\.equal|to\.eql)\(VALUE\)|to eq\(VALUE\)|to eq VALUE|to eql\(VALUE\))`,
  ),
  pair(
    String.raw`assert(?:\.ok)?\(SUBJECT\)`,
    String.raw`assert\.(?:strictEqual|deepStrictEqual|equal|deepEqual)\(SUBJECT,VALUE\)`,
  ),
  pair(
    String.raw`self\.assert(?:True|IsNotNone)\(SUBJECT\)`,
    String.raw`self\.assert(?:Equal|ListEqual|DictEqual)\(SUBJECT,VALUE\)`,
  ),
  pair(
    String.raw`assert (?!.*(?:\b(?:and|or|in|not|is|if)\b|[!=<>]=|[<>]))SUBJECT`,
    String.raw`assert SUBJECT\s?==\s?VALUE`,
  ),
  pair(
    String.raw`assert (?!.*(?:\b(?:and|or|in|if)\b|[!=<>]=|[<>]))SUBJECT\s?is not None`,
    String.raw`assert SUBJECT\s?==\s?VALUE`,
  ),
  pair(
    String.raw`(?<c>\w*\.?)assert(?:NotNull|True)\((?<s>[^,]+?)(?: != null)?\)`,
    String.raw`(?<c>\w*\.?)assertEquals\(VALUE,(?<s>.+?)\)`,
  ),
  pair(
    String.raw`assertThat\(SUBJECT\)\.(?:isNotNull|isNotEmpty|isTrue|isPresent)\(\)`,
    String.raw`assertThat\(SUBJECT\)\.(?:isEqualTo|hasSize|containsExactly)\(VALUE\)`,
  ),
  pair(
    String.raw`(?<c>assert|require)\.(?:NotNil|NotEmpty|NotZero)\(t,SUBJECT\)`,
    String.raw`(?<c>assert|require)\.(?:Equal|EqualValues)\(t,VALUE,SUBJECT\)`,
  ),
  pair(String.raw`assert!\(SUBJECT\.is_some\(\)\)`, String.raw`assert_eq!\(SUBJECT,Some\(VALUE\)\)`),
  pair(String.raw`assert!\(SUBJECT\.is_ok\(\)\)`, String.raw`assert_eq!\(SUBJECT,Ok\(VALUE\)\)`),
  pair('(?:assert|refute_nil) SUBJECT', String.raw`assert_equal VALUE,\s*SUBJECT`),
  pair(
    String.raw`Assert\.(?:NotNull|IsNotNull|NotEmpty)\(SUBJECT\)`,
    String.raw`Assert\.(?:Equal|AreEqual)\(VALUE,SUBJECT\)`,
  ),
  pair(String.raw`SUBJECT\.Should\(\)\.NotBeNull\(\)`, String.raw`SUBJECT\.Should\(\)\.Be\(VALUE\)`),
  pair(
    String.raw`(?<c>\$this->|self::|static::)assert(?:NotNull|NotEmpty|True)\(SUBJECT\)`,
    String.raw`(?<c>\$this->|self::|static::)assert(?:Same|Equals)\(VALUE,SUBJECT\)`,
  ),
];

/** The same statement in a stricter form. */
const STRICTER: readonly (readonly [RegExp, string])[] = [
  [/\.toEqual\(/, '.toStrictEqual('],
  [/\.toMatchObject\(/, '.toStrictEqual('],
  [/\.toMatchObject\(/, '.toEqual('],
  [/^assert\.equal\(/, 'assert.strictEqual('],
  [/^assert\.deepEqual\(/, 'assert.deepStrictEqual('],
  [/->assertEquals\(/, '->assertSame('],
  [/^assert\.(?=\w+\(t,)/, 'require.'],
  [/^self\.assertTrue\(([^()=]+?(?:\([^()]*\))?)\s?==\s?([^()=]+)\)$/, 'self.assertEqual($1,$2)'],
  [/^assertTrue\((.+)\.equals\((.+)\)\)$/, 'assertEquals($2,$1)'],
  [/^assert!\(([^()=]+?(?:\([^()]*\))?)\s?==\s?([^()=]+)\)$/, 'assert_eq!($1,$2)'],
  [/^Assert\.True\(([^()=]+?(?:\([^()]*\))?)\s?==\s?([^()=]+)\)$/, 'Assert.Equal($2,$1)'],
];
/** AssertJ checks one link after the other: another link only asks for more. */
const MORE_LINKS = /^(?:\.(?:is|has|contains|does|starts|ends|matches)\w*\([^()]*\))+$/;
const THROWS_ANY = /^(?<start>.*(?:\.toThrow(?:Error)?\(|\.rejects\.toThrow\())\)$/;

/** True when `after` holds at most where `before` does, about the same subject: only known pairs, never a guess. */
export function strengthens(before: string, after: string): boolean {
  if (STRICTER.some(([weak, strong]) => weak.test(before) && before.replace(weak, strong) === after)) return true;
  const start = THROWS_ANY.exec(before)?.groups?.start;
  if (
    start !== undefined &&
    after.startsWith(start) &&
    /^(?:[A-Z]\w*|["'/].+["'/][a-z]*)\)$/.test(after.slice(start.length))
  )
    return true;
  if (after.startsWith(before) && MORE_LINKS.test(after.slice(before.length)) && /^assertThat\w*\(/.test(before))
    return true;
  return PAIRS.some(({ weak, strong }) => {
    const [a, b] = [weak.exec(before)?.groups, strong.exec(after)?.groups];
    return a !== undefined && b !== undefined && a.s === b.s && a.p === b.p && a.c === b.c;
  });
}

/** A statement without its numbers and strings: equal when only expectations or inputs differ. */
export function normaliseLiterals(text: string): string {
  return text
    .replace(/(["'`])(?:\\.|(?!\1).)*\1/g, '""')
    .replace(/-?\b\d[\w.]*/g, '0')
    .replace(/\b(?:true|false|True|False|null|None|nil|undefined)\b/g, '0')
    .replace(/\/(?:\\.|[^/\\\n])+\/[a-z]*/g, '""');
}
