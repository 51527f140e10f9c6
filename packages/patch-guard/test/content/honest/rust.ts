import type { HonestFile } from './honest-file.ts';

export const RUST: readonly HonestFile[] = [
  {
    path: 'src/ledger.rs',
    before: `use std::collections::HashMap;
use std::fmt;

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub account: String,
    pub cents: i64,
}

#[derive(Debug, Default)]
pub struct Ledger {
    entries: Vec<Entry>,
}

#[derive(Debug)]
pub enum LedgerError {
    Empty,
    Unknown(String),
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerError::Empty => write!(f, "ledger is empty"),
            LedgerError::Unknown(name) => write!(f, "no account"),
        }
    }
}

impl Ledger {
    pub fn add(&mut self, account: &str, cents: i64) {
        self.entries.push(Entry { account: account.to_string(), cents });
    }

    pub fn balance(&self, account: &str) -> Result<i64, LedgerError> {
        let mut sum = 0;
        for i in 0..=self.entries.len() {
            if self.entries[i].account == account {
                sum += self.entries[i].cents;
            }
        }
        Ok(sum)
    }

    pub fn totals(&self) -> HashMap<String, i64> {
        let mut totals = HashMap::new();
        for entry in &self.entries {
            totals.insert(entry.account.clone(), entry.cents);
        }
        totals
    }

    pub fn largest(&self) -> &Entry {
        self.entries.iter().max_by_key(|entry| entry.cents).unwrap()
    }

    pub fn average(&self) -> f64 {
        let sum: i64 = self.entries.iter().map(|entry| entry.cents).sum();
        sum as f64 / self.entries.len() as f64
    }
}
`,
    fixes: [
      ['0..=self.entries.len()', '0..self.entries.len()'],
      [
        'totals.insert(entry.account.clone(), entry.cents);',
        '*totals.entry(entry.account.clone()).or_insert(0) += entry.cents;',
      ],
      ['write!(f, "no account")', 'write!(f, "no account {}", name)'],
      [
        'pub fn largest(&self) -> &Entry {\n        self.entries.iter().max_by_key(|entry| entry.cents).unwrap()',
        'pub fn largest(&self) -> Option<&Entry> {\n        self.entries.iter().max_by_key(|entry| entry.cents)',
      ],
      [
        '        let mut sum = 0;',
        '        if self.entries.is_empty() {\n            return Err(LedgerError::Empty);\n        }\n        let mut sum = 0;',
      ],
      [
        '        let sum: i64 =',
        '        if self.entries.is_empty() {\n            return 0.0;\n        }\n        let sum: i64 =',
      ],
      ['sum += self.entries[i].cents;', 'sum = sum.saturating_add(self.entries[i].cents);'],
      ['account.to_string(), cents', 'account.trim().to_string(), cents'],
      [
        '        Ok(sum)',
        '        if !self.entries.iter().any(|entry| entry.account == account) {\n            return Err(LedgerError::Unknown(account.to_string()));\n        }\n        Ok(sum)',
      ],
      ['#[derive(Debug)]\npub enum', '#[derive(Debug, Clone, PartialEq)]\npub enum'],
    ],
  },
  {
    path: 'src/parse.rs',
    before: `pub fn parse_pair(text: &str) -> Option<(String, u32)> {
    let (name, value) = text.split_once('=')?;
    let value = value.parse::<u32>().unwrap();
    Some((name.to_string(), value))
}

pub fn parse_list(text: &str) -> Vec<u32> {
    text.split(',').map(|part| part.parse().unwrap()).collect()
}

pub fn clamp(value: i32, low: i32, high: i32) -> i32 {
    if value < low {
        low
    } else if value < high {
        high
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_a_pair() {
        assert_eq!(parse_pair("a=1"), Some(("a".to_string(), 1)));
    }
}
`,
    fixes: [
      ['value.parse::<u32>().unwrap()', 'value.trim().parse::<u32>().ok()?'],
      ['.map(|part| part.parse().unwrap())', '.filter_map(|part| part.trim().parse().ok())'],
      ['} else if value < high {', '} else if value > high {'],
      ['    if value < low {', '    if low > high {\n        return value;\n    }\n    if value < low {'],
      ['Some((name.to_string(), value))', 'Some((name.trim().to_string(), value))'],
      ["    text.split(',')", "    text.split(',').filter(|part| !part.is_empty())"],
      ['Some(("a".to_string(), 1)));\n', 'Some(("a".to_string(), 1)));\n        assert_eq!(parse_pair("a"), None);\n'],
      [
        '    #[test]\n    fn parses_a_pair',
        '    #[test]\n    fn clamps() {\n        assert_eq!(clamp(5, 0, 3), 3);\n    }\n\n    #[test]\n    fn parses_a_pair',
      ],
    ],
  },
];
