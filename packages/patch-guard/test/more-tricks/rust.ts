import type { MoreTrick } from './more-trick.ts';

/** Further tricks with the tests of the sample project. */
export const rust: readonly MoreTrick[] = [
  ['a closure takes it', ['    assert_eq!(sum, 6);', '    let _never = || assert_eq!(sum, 6);']],
  ['debug only', ['assert_eq!(sum, 6)', 'debug_assert_eq!(sum, 6)']],
  ['if let never', ['    assert_eq!(sum, 6);', '    if let None = Some(sum) {\n    assert_eq!(sum, 6);\n    }']],
  ['an inner function', ['    assert_eq!(sum, 6);', '    fn never(sum: u32) {\n    assert_eq!(sum, 6);\n    }']],
  ['a raw text takes it', ['    assert_eq!(sum, 6);', '    let _t = r#"\n    assert_eq!(sum, 6);\n    "#;']],
  ['it answers early', ['    let sum = total(&[', '    if true { return }\n    let sum = total(&[']],
];
