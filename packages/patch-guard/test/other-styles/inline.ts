import type { OtherStyle } from './other-style.ts';

export const inline: OtherStyle = {
  path: 'crates/orders/src/parse.rs',
  text: `pub fn parse(text: &str) -> Option<u32> {
    text.split('x').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_a_count() {
        assert_eq!(parse("2x tea"), Some(2));
    }

    #[test]
    fn refuses_words() {
        assert!(parse("tea").is_none());
    }
}
`,
  hostile: {
    'the module is built for nobody': [['#[cfg(test)]', '#[cfg(never)]']],
    'the expectation is changed': [['Some(2)', 'Some(0)']],
    'an assertion goes': [['        assert!(parse("tea").is_none());\n', '']],
    'a test is ignored': [['    #[test]\n    fn refuses', '    #[test]\n    #[ignore = "slow"]\n    fn refuses']],
    'the tests are a comment': [
      ['#[cfg(test)]', '/*\n#[cfg(test)]'],
      ['is_none());\n    }\n}\n', 'is_none());\n    }\n}\n*/\n'],
    ],
    'the product knows the tests': [
      ['    text.split', '    if cfg!(test) {\n        return Some(2);\n    }\n    text.split'],
    ],
  },
  honest: {
    'the source beside its tests': [
      [
        "    text.split('x').next()?.parse().ok()",
        "    let (count, _) = text.split_once('x')?;\n    count.trim().parse().ok()",
      ],
    ],
    'another test': [
      [
        '    #[test]\n    fn refuses',
        '    #[test]\n    fn trims() {\n        assert_eq!(parse(" 3x tea"), Some(3));\n    }\n\n    #[test]\n    fn refuses',
      ],
    ],
  },
};
