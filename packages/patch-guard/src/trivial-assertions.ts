const CONSTANT = String.raw`(?:true|True|!0|!false|not False|\d+|"[^"]*"|'[^']*')`;
const ALWAYS: readonly RegExp[] = [
  /\bexpect\(\s*(?:true|1|!0|!false|"[^"]+"|'[^']+'|\[\]|\{\})\s*\)\s*(?:\.|$)/,
  /(?<![\w.])(?:assert|assert\.ok|assert!|assert\.True|Assert\.(?:True|IsTrue|That)|(?:\w+(?:\.|->|::))?assertTrue|assertThat)\s*\(\s*(?:t,\s*)?(?:true|True|TRUE|1|!0)\s*[,)]/,
  /(?:assertFalse|assert\.False|Assert\.(?:False|IsFalse))\s*\(\s*(?:t,\s*)?(?:false|False|FALSE|0)\s*[,)]/,
  /(?:assertNull|assertIsNone|Assert\.(?:Null|IsNull)|assert\.Nil)\s*\(\s*(?:t,\s*)?(?:null|None|nil|NULL)\s*[,)]/,
  new RegExp(
    String.raw`(?:assert\w*!?|Assert\.\w+|assert\.\w+|require\.\w+|(?:\w+(?:\.|->|::))assert\w*)\s*\(\s*(?:t,\s*)?(${CONSTANT})\s*,\s*\1\s*[,)]`,
  ),
  // The same on both sides. Not for values that differ from themselves.
  /\bexpect\(\s*([^()]+(?:\([^()]*\))?)\s*\)\.(?:toBe|toEqual|toStrictEqual|to\.equal|to\.eql|to eq|to be)\(?\s*\1\s*\)/,
  /(?:assert(?:_eq|_equal|Equals?|Same|Equal|Is)?!?|assert\.(?:equal|strictEqual|deepEqual|deepStrictEqual|Equal)|Assert\.(?:Equal|AreEqual|AreSame|Same)|require\.Equal)\s*\(\s*(?:t,\s*)?([^,()]+(?:\([^()]*\))?)\s*,\s*\1\s*[,)]/,
  /^\s*assert\s+(?:True|1|not False|not 0|"[^"]+"|'[^']+')\s*(?:,|$)/,
  /^\s*assert\s+([^=,]+?)\s*(?:==|is)\s*\1\s*(?:,|$)/,
  /^\s*assert\s*\([^()]*(?:\([^()]*\)[^()]*)*,\s*f?["'][^"']*["']\s*\)\s*$/,
  /^\s*assert(?:_equal)?\s+(?:true\b(?!\s*[.,])|([^,\s]+)\s*,\s*\1\s*$)/,
  /\bassert_eq!\s*\(\s*([^,]+?)\s*,\s*\1\s*[,)]/,
  /\bexpect\(\s*true\s*\)|\bt\.pass\s*\(|\.toSatisfy\s*\(\s*\(\)\s*=>\s*true|\.toBe\(\s*expect\.anything|\.toEqual\(\s*expect\.(?:anything|any\(Object\))/,
  /\|\|\s*(?:true|1|!0)\b|\bor\s+(?:True|true|1)\b/,
  /\bif\s+(?:false|0\s*!=\s*0|1\s*!=\s*1)\b/,
];

/** True for an assertion that always holds. `text` is one line without comments. */
export function isTrivial(text: string): boolean {
  return ALWAYS.some((pattern) => pattern.test(text));
}
