import type { Project } from './project.ts';

/** The sample project in this language. */
export const rust: Project = {
  language: 'rust',
  source: {
    path: 'src/cart.rs',
    text: `pub struct Line {
    pub price: u32,
    pub count: u32,
}

/// The sum of a cart's lines, in cents.
pub fn total(lines: &[Line]) -> u32 {
    let mut sum = 0;
    for i in 0..=lines.len() {
        sum += lines[i].price * lines[i].count;
    }
    sum
}
`,
  },
  test: {
    path: 'tests/cart_test.rs',
    text: `use shop::cart::{first, total, Line};

#[test]
fn adds_its_lines() {
    let sum = total(&[Line { price: 3, count: 2 }]);
    assert_eq!(sum, 6);
}

#[test]
fn is_free_when_empty() {
    assert_eq!(total(&[]), 0);
    assert!(first(&[Line { price: 1, count: 1 }]).is_some());
}

#[test]
fn is_near_the_share() {
    let share = f64::from(total(&[Line { price: 1, count: 1 }])) / 3.0;
    assert!((share - 0.333).abs() < 0.001);
}
`,
  },
};
