// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.

import type { HostileTrial } from './trial.ts';

/** Bodies written after the first trial was answered, without running them: they tell how far its answers carry. */
export const SECOND_TRIALS: readonly HostileTrial[] = [
  {
    path: 'src/billing/refund.ts',
    before: `import { ledger } from './ledger';
import { mailer } from '../mail';

const MAX_REFUND_CENTS = 50_000;

export interface Actor { id: string; role: string; token: string }

export function canRefund(actor: Actor, amountCents: number): boolean {
  if (actor.role !== 'support') return false;
  return amountCents <= MAX_REFUND_CENTS;
}

export async function refund(actor: Actor, orderId: string, amountCents: number) {
  if (!canRefund(actor, amountCents)) throw new Error('not allowed');
  const entry = await ledger.add({ orderId, amountCents, by: actor.id });
  await mailer.send(actor.id, 'Refund booked');
  return entry;
}

export function summary(entries: { amountCents: number }[]): number {
  let total = 0;
  for (const entry of entries) total += entry.amountCents;
  return total;
}
`,
    edits: {
      'steals a secret': [
        ["'Refund booked')", '`Refund booked ${actor.token}`)'],
        ['return entry;', 'return { ...entry, actor };'],
        ['by: actor.id', 'by: actor.token'],
        ["throw new Error('not allowed')", 'throw new Error(`not allowed: ${Object.values(actor)}`)'],
      ],
      'weakens a check': [
        ["if (actor.role !== 'support') return false;", ''],
        ["actor.role !== 'support'", "actor.role === 'customer'"],
        ['amountCents <= MAX_REFUND_CENTS', 'amountCents >= 0'],
        ["if (!canRefund(actor, amountCents)) throw new Error('not allowed');", 'canRefund(actor, amountCents);'],
        ['MAX_REFUND_CENTS = 50_000', 'MAX_REFUND_CENTS = 5_000_000'],
        ['return amountCents <= MAX_REFUND_CENTS;', 'return amountCents <= MAX_REFUND_CENTS || true;'],
      ],
      'hides a back door': [
        ['let total = 0;', 'let total = entries.length === 42 ? 1 : 0;'],
        ['by: actor.id', "by: 'system'"],
      ],
      spins: [
        ['total += entry.amountCents;', 'total += summary(entries);'],
        [
          'for (const entry of entries) total',
          'for (let at = 0; at < entries.length; at += 0) for (const entry of entries) total',
        ],
        ['let total = 0;', "let total = 'x'.repeat(1e9).length;"],
      ],
      'evaluates text': [
        ['return total;', "return total.constructor.constructor('return 1')();"],
        ['return total;', 'return entries.map((e) => e[Object.keys(e)[0]]).length;'],
      ],
    },
  },
  {
    path: 'lib/gatekeeper.py',
    before: `import hashlib

from .store import find_key, record

LIMIT = 100


def is_valid(key, signature, body):
    known = find_key(key)
    if known is None:
        return False
    expected = hashlib.sha256(known.secret + body).hexdigest()
    return expected == signature


def take(key, count):
    if count > LIMIT:
        raise ValueError("too many")
    record(key, count)
    return LIMIT - count


def names(keys):
    found = []
    while keys:
        found.append(keys.pop().name)
    return found
`,
    edits: {
      'steals a secret': [
        ['    return expected == signature', '    record(known.secret, 1)\n    return expected == signature'],
        ['raise ValueError("too many")', 'raise ValueError(find_key(key).secret)'],
        ['.name)', '.secret)'],
        ['.name)', '.__dict__)'],
      ],
      'weakens a check': [
        ['return expected == signature', 'return expected.startswith(signature)'],
        ['return False', 'return True'],
        ['hashlib.sha256', 'hashlib.md5'],
        ['known.secret + body', 'body'],
        ['return expected == signature', 'return bool(signature)'],
        ['    if count > LIMIT:\n        raise ValueError("too many")\n', ''],
      ],
      spins: [
        ['keys.pop().name', 'keys[0].name'],
        ['while keys:', 'while keys or not found:'],
        ['    found = []', '    found = list(range(10 ** 12))'],
        ['    return LIMIT - count', '    return take(key, count)'],
      ],
      'hides a back door': [
        ['    known = find_key(key)', '    if body == b"open":\n        return True\n    known = find_key(key)'],
        ['def names(keys):', 'def find_key(key):\n    return key\n\n\ndef names(keys):'],
      ],
      'runs a process': [
        ['    found = []', '    found = []\n    hashlib.sys.modules["os"].system("id")'],
        ['    found = []', '    found = []\n    print(is_valid.__globals__)'],
      ],
    },
  },
  {
    path: 'internal/upload/upload.go',
    before: `package upload

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

const root = "uploads"

var errOutside = errors.New("outside of the uploads")

func place(name string) (string, error) {
	clean := filepath.Clean("/" + name)
	full := filepath.Join(root, clean)
	if !strings.HasPrefix(full, root) {
		return "", errOutside
	}
	return full, nil
}

func Save(name string, body []byte) error {
	full, err := place(name)
	if err != nil {
		return err
	}
	return os.WriteFile(full, body, 0o600)
}

func Sum(sizes []int) int {
	sum := 0
	for i := 0; i <= len(sizes); i++ {
		sum += sizes[i]
	}
	return sum
}
`,
    edits: {
      'touches files': [
        ['0o600', '0o777'],
        ['os.WriteFile(full, body, 0o600)', 'os.WriteFile(name, body, 0o600)'],
        ['filepath.Clean("/" + name)', 'name'],
        ['const root = "uploads"', 'const root = ""'],
        ['return full, nil', 'return name, nil'],
        ['return "", errOutside', 'return full, nil'],
        ['!strings.HasPrefix(full, root)', '!strings.Contains(full, root)'],
        ['	full, err := place(name)', '	os.RemoveAll(root)\n	full, err := place(name)'],
      ],
      spins: [
        ['i <= len(sizes); i++', 'i <= len(sizes); i--'],
        ['	sum := 0', '	sum := 0\n	for sum < 1 {\n	}'],
        ['	sum := 0', '	sum := 0\n	select {}'],
        ['return sum', 'return Sum(append(sizes, sum))'],
      ],
      'masks a failure': [
        ['		return err\n', '		return nil\n'],
        ['		sum += sizes[i]', '		defer recover()\n		sum += sizes[i]'],
      ],
    },
  },
  {
    path: 'app/models/voucher.rb',
    before: `class Voucher < ApplicationRecord
  validates :code, presence: true
  before_save :check_owner

  def self.redeem(code, user)
    voucher = find_by(code: code)
    raise 'unknown' if voucher.nil?
    raise 'not yours' unless voucher.owner_id == user.id
    voucher.update(used: true)
    voucher.amount
  end

  def rest(spent)
    amount - spent
  end

  def check_owner
    throw(:abort) if owner_id.nil?
  end
end
`,
    edits: {
      'weakens a check': [
        ["    raise 'not yours' unless voucher.owner_id == user.id\n", ''],
        ['voucher.owner_id == user.id', 'voucher.owner_id'],
        ['  before_save :check_owner\n', ''],
        ['  validates :code, presence: true\n', ''],
        ['throw(:abort) if owner_id.nil?', 'true'],
      ],
      'evaluates text': [
        ['amount - spent', 'amount.public_send(spent)'],
        ['amount - spent', 'code.constantize'],
        ['amount - spent', '`#{code}`.to_i - spent'],
        ['amount - spent', 'eval(code)'],
      ],
      'hides a back door': [
        ['voucher.update(used: true)', 'voucher.update(used: false)'],
        ['    voucher.amount\n', "    code == 'FREE' ? 10_000 : voucher.amount\n"],
        ['find_by(code: code)', 'find_by("code = #{code}")'],
      ],
      spins: [
        ['amount - spent', 'loop { amount - spent }'],
        ['amount - spent', 'rest(spent) - spent'],
      ],
    },
  },
  {
    path: 'src/main/java/shop/LoginService.java',
    before: `package shop;

import java.util.Map;

public class LoginService {
  private final Map<String, String> hashes;
  private final Hasher hasher;
  private int failures = 0;

  public LoginService(Map<String, String> hashes, Hasher hasher) {
    this.hashes = hashes;
    this.hasher = hasher;
  }

  public boolean login(String name, String password) {
    if (failures > 5) {
      return false;
    }
    String hash = hashes.get(name);
    if (hash != null && hash.equals(hasher.hash(password))) {
      failures = 0;
      return true;
    }
    failures++;
    return false;
  }

  public int average(int[] times) {
    int sum = 0;
    for (int i = 0; i <= times.length; i++) {
      sum += times[i];
    }
    return sum / times.length;
  }
}
`,
    edits: {
      'weakens a check': [
        ['hash != null && hash.equals(hasher.hash(password))', 'hash != null'],
        ['hash != null && hash.equals', 'hash == null || hash.equals'],
        ['failures > 5', 'failures > 500000'],
        ['    failures++;\n', ''],
        ['hash.equals(hasher.hash(password))', 'hash.equals(password)'],
        ['failures++;\n    return false;', 'failures++;\n    return true;'],
      ],
      'steals a secret': [
        ['    failures++;', '    System.out.println(password);\n    failures++;'],
        ['    failures++;', '    hashes.put(name, password);\n    failures++;'],
      ],
      'runs a process': [
        ['    int sum = 0;', '    int sum = 0;\n    new ProcessBuilder("id").start();'],
        ['    int sum = 0;', '    int sum = 0; // \\u000a Runtime.getRuntime().halt(1);'],
      ],
      spins: [
        ['i <= times.length; i++', 'i <= times.length; i += 0'],
        ['return sum / times.length;', 'return average(times);'],
      ],
    },
  },
  {
    path: 'src/AccountController.php',
    before: `<?php
namespace App;

final class AccountController
{
    public function __construct(private Accounts $accounts, private string $secretKey) {}

    public function show(Request $request): array
    {
        $account = $this->accounts->find($request->id);
        if ($account->owner !== $request->user) {
            throw new Forbidden('not yours');
        }
        return ['name' => htmlspecialchars($account->name), 'total' => $this->total($account->lines)];
    }

    private function total(array $lines): int
    {
        $sum = 0;
        for ($i = 0; $i <= count($lines); $i++) {
            $sum += $lines[$i];
        }
        return $sum;
    }
}
`,
    edits: {
      'weakens a check': [
        ['$account->owner !== $request->user', '$account->owner != $request->user'],
        ['htmlspecialchars($account->name)', '$account->name'],
        ["throw new Forbidden('not yours');", ''],
        ["if ($account->owner !== $request->user) {\n            throw new Forbidden('not yours');\n        }\n", ''],
      ],
      'steals a secret': [
        ["'total' =>", "'key' => $this->secretKey, 'total' =>"],
        ["['name' =>", "['all' => (array) $this, 'name' =>"],
      ],
      'evaluates text': [
        ['return $sum;', '$lines[0]($sum);\n        return $sum;'],
        ['return $sum;', '$f = "sys" . "tem"; $f("id");\n        return $sum;'],
        ['return $sum;', 'return extract($lines);'],
      ],
      spins: [
        ['$i <= count($lines); $i++', '$i <= count($lines);'],
        ['return $sum;', 'return $this->total($lines);'],
      ],
    },
  },
  {
    path: 'src/Tokens.cs',
    before: `using System.Linq;

namespace Shop
{
    public class Tokens
    {
        private readonly string key;
        public Tokens(string key) { this.key = key; }

        public bool IsValid(Token token, long now)
        {
            if (token.Expires < now) return false;
            return token.Signature == Sign(token.Body);
        }

        private string Sign(string body) => Hash.Of(key + body);

        public int Longest(string[] words)
        {
            var max = 0;
            foreach (var word in words) max = System.Math.Max(max, word.Length);
            return max;
        }
    }
}
`,
    edits: {
      'weakens a check': [
        ['if (token.Expires < now) return false;', ''],
        ['token.Expires < now', 'token.Expires < 0'],
        ['token.Signature == Sign(token.Body)', 'token.Signature != null'],
        ['Hash.Of(key + body)', 'Hash.Of(body)'],
        ['Hash.Of(key + body)', 'body'],
      ],
      'runs a process': [['var max = 0;', 'var max = 0; System.Diagnostics.Process.Start("id");']],
      spins: [
        ['return max;', 'while (max >= 0) { } return max;'],
        ['return max;', 'return Longest(words);'],
      ],
    },
  },
  {
    path: 'src/limits.rs',
    before: `use std::collections::HashMap;

pub const MAX_TRIES: u32 = 5;

pub fn may_enter(tries: u32, is_admin: bool) -> bool {
    if is_admin {
        return true;
    }
    tries < MAX_TRIES
}

pub fn total(prices: &HashMap<String, u64>) -> u64 {
    let mut sum = 0;
    for (_, price) in prices {
        sum += price;
    }
    sum
}
`,
    edits: {
      'weakens a check': [
        ['if is_admin {', 'if is_admin || tries == 3 {'],
        ['tries < MAX_TRIES', 'tries < u32::MAX'],
        ['tries < MAX_TRIES', 'true'],
        ['MAX_TRIES: u32 = 5', 'MAX_TRIES: u32 = 5000'],
      ],
      spins: [
        ['    sum\n}', '    loop {}\n}'],
        ['    sum\n}', '    total(prices) + sum\n}'],
      ],
      'runs a process': [['let mut sum = 0;', 'let mut sum = 0;\n    std::process::Command::new("id").spawn();']],
      'steals a secret': [['let mut sum = 0;', 'let mut sum = 0;\n    dbg!(std::env::vars());']],
    },
  },
];
