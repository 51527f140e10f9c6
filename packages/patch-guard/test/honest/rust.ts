import type { HonestEdits } from './honest-edits.ts';

/** What an honest fix may do to the sample project. */
export const rust: HonestEdits = {
  source: {
    bound: [['0..=lines.len()', '0..lines.len()']],
    import: [['pub struct Line {', 'use std::fmt;\n\npub struct Line {']],
    guard: [['    let mut sum = 0;', '    if lines.is_empty() {\n        return 0;\n    }\n    let mut sum = 0;']],
    words: [['in cents.', 'in cents; 0 for none.']],
  },
  test: {
    'another test': [
      [
        '#[test]\nfn is_near_the_share',
        '#[test]\nfn adds_more_than_one_line() {\n    let lines = [Line { price: 1, count: 2 }, Line { price: 3, count: 1 }];\n    assert_eq!(total(&lines), 5);\n}\n\n#[test]\nfn is_near_the_share',
      ],
    ],
    'another assertion': [['    assert_eq!(sum, 6);', '    assert_eq!(sum, 6);\n    assert_ne!(sum, 5);']],
    'missing import': [
      [
        'use shop::cart::{first, total, Line};',
        'use shop::cart::{first, total, Line};\nuse std::collections::HashMap;',
      ],
    ],
  },
  fresh: {
    path: 'tests/line_test.rs',
    text: 'use shop::cart::Line;\n\n#[test]\nfn has_a_price() {\n    assert_eq!(Line { price: 3, count: 1 }.price, 3);\n}\n',
  },
};
