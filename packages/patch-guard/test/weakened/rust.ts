import type { Trick } from './trick.ts';

/** What could be done to the tests of the sample project so that they prove less. */
export const RUST: readonly Trick[] = [
  [
    'a test is deleted',
    'test-deleted',
    [
      '#[test]\nfn adds_its_lines() {\n    let sum = total(&[Line { price: 3, count: 2 }]);\n    assert_eq!(sum, 6);\n}\n\n',
      '',
    ],
  ],
  ['a test loses its mark', 'test-deleted', ['#[test]\nfn adds_its_lines', 'fn adds_its_lines']],
  ['an assertion is deleted', 'assertion-removed', ['    assert_eq!(sum, 6);\n', '']],
  ['an assertion becomes a comment', 'assertion-removed', ['    assert_eq!(sum', '    // assert_eq!(sum']],
  ['equality becomes being there', 'assertion-changed', ['assert_eq!(sum, 6)', 'assert!(sum > 0)']],
  ['equality becomes truth', 'assertion-trivial', ['assert_eq!(sum, 6)', 'assert!(true)']],
  ['it is about itself', 'assertion-trivial', ['assert_eq!(sum, 6)', 'assert_eq!(sum, sum)']],
  ['the expected value is another', 'expectation-changed', ['assert_eq!(sum, 6)', 'assert_eq!(sum, 0)']],
  ['the tolerance is wider', 'expectation-changed', ['< 0.001', '< 10.0']],
  ['it is ignored', 'test-skipped', ['#[test]\nfn adds', '#[test]\n#[ignore]\nfn adds']],
  ['it is for another system', 'test-skipped', ['#[test]\nfn adds', '#[test]\n#[cfg(windows)]\nfn adds']],
  [
    'it is ignored under a condition',
    'test-skipped',
    ['#[test]\nfn adds', '#[test]\n#[cfg_attr(not(windows), ignore)]\nfn adds'],
  ],
  ['it is expected to panic', 'swallowed-error', ['#[test]\nfn adds', '#[test]\n#[should_panic]\nfn adds']],
  [
    'a panic is caught',
    'swallowed-error',
    ['    assert_eq!(sum, 6);', '    let _ = std::panic::catch_unwind(|| assert_eq!(sum, 6));'],
  ],
  ['it returns early', 'assertion-bypassed', ['    assert_eq!(sum, 6);', '    return;\n    assert_eq!(sum, 6);']],
  [
    'it is under a condition',
    'assertion-bypassed',
    ['    assert_eq!(sum, 6);', '    if sum == 6 {\n    assert_eq!(sum, 6);\n    }'],
  ],
  [
    'the run is left',
    'assertion-bypassed',
    ['    assert_eq!(sum, 6);', '    std::process::exit(0);\n    assert_eq!(sum, 6);'],
  ],
  [
    'the macro is its own',
    'runner-patched',
    ['#[test]\nfn adds', 'macro_rules! assert_eq { ($($x:tt)*) => {}; }\n\n#[test]\nfn adds'],
  ],
  [
    'it comes from another place',
    'test-code-changed',
    ['use shop::cart::{first, total, Line};', 'use kind::cart::{first, total, Line};'],
  ],
  [
    'the result is written by hand',
    'test-code-changed',
    ['let sum = total(&[Line { price: 3, count: 2 }]);', 'let sum = SIX;'],
  ],
  ['the linter is silenced', 'suppression', ['#[test]\nfn adds', '#[allow(unused)]\n#[test]\nfn adds']],
];
