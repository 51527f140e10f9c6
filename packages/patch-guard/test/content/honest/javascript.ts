import type { HonestFile } from './honest-file.ts';

export const JAVASCRIPT: readonly HonestFile[] = [
  {
    path: 'src/invoice.ts',
    before: `import { formatMoney } from './money';
import type { Customer } from './customer';

export interface Item {
  name: string;
  unitPrice: number;
  quantity: number;
  discount?: number;
}

const DEFAULT_TAX = 0.2;

export function subtotal(items: Item[]): number {
  let sum = 0;
  for (const item of items) {
    sum += item.unitPrice * item.quantity;
  }
  return sum;
}

export function tax(items: Item[], rate = DEFAULT_TAX): number {
  return subtotal(items) * rate;
}

export function describe(customer: Customer, items: Item[]): string {
  const names = items.map((item) => item.name).sort();
  return customer.name + ': ' + names.join(', ') + ' ' + formatMoney(subtotal(items));
}

export function largest(items: Item[]): Item | undefined {
  let best = items[0];
  for (let i = 1; i <= items.length; i++) {
    if (items[i].unitPrice > best.unitPrice) best = items[i];
  }
  return best;
}
`,
    fixes: [
      ['i <= items.length', 'i < items.length'],
      ['sum += item.unitPrice * item.quantity;', 'sum += item.unitPrice * item.quantity * (1 - (item.discount ?? 0));'],
      ['return subtotal(items) * rate;', 'return Math.round(subtotal(items) * rate * 100) / 100;'],
      ["' ' + formatMoney(subtotal(items))", "' ' + formatMoney(subtotal(items) + tax(items))"],
      ['  let best = items[0];', '  if (items.length === 0) return undefined;\n  let best = items[0];'],
      [
        'items.map((item) => item.name).sort()',
        'items.map((item) => item.name.trim()).sort((a, b) => a.localeCompare(b))',
      ],
      ['const DEFAULT_TAX = 0.2;', 'const DEFAULT_TAX = 0.21;'],
      ['customer.name + ', "(customer.name || 'unknown') + "],
      [
        '  let sum = 0;',
        "  if (items.some((item) => item.quantity < 0)) throw new RangeError('quantity must not be negative');\n  let sum = 0;",
      ],
      [
        "import { formatMoney } from './money';",
        "import { formatMoney } from './money';\nimport { toCents } from './cents';",
      ],
    ],
  },
  {
    path: 'src/paginate.js',
    before: `'use strict';

/** Splits a list into pages. */
function paginate(list, size) {
  const pages = [];
  let page = [];
  list.forEach((entry, index) => {
    page.push(entry);
    if (index % size === 0) {
      pages.push(page);
      page = [];
    }
  });
  return pages;
}

function pageOf(list, entry, size) {
  const index = list.indexOf(entry);
  return Math.floor(index / size);
}

function range(from, to) {
  return Array.from({ length: to - from }, (_, k) => from + k);
}

module.exports = { paginate, pageOf, range };
`,
    fixes: [
      ['if (index % size === 0)', 'if ((index + 1) % size === 0)'],
      ['  return pages;', '  if (page.length > 0) pages.push(page);\n  return pages;'],
      ['  return Math.floor(index / size);', '  return index < 0 ? -1 : Math.floor(index / size);'],
      ['length: to - from }', 'length: Math.max(0, to - from) }'],
      [
        '  const pages = [];',
        '  if (!Number.isInteger(size) || size < 1) throw new RangeError("bad page size");\n  const pages = [];',
      ],
      ['list.forEach((entry, index) => {', '[...list].forEach((entry, index) => {'],
      ['list.indexOf(entry)', 'list.findIndex((one) => one === entry)'],
      ['/** Splits a list into pages. */', '/** Splits a list into pages; the last one may be shorter. */'],
      ['(_, k) => from + k', '(_, k) => k + from'],
      ['  let page = [];\n', '  let page = [];\n  if (!Array.isArray(list)) return pages;\n'],
    ],
  },
  {
    path: 'src/Price.tsx',
    before: `import { useMemo } from 'react';
import { formatMoney } from './money';

interface Props {
  amount: number;
  currency?: string;
  old?: number;
}

export function Price({ amount, currency, old }: Props) {
  const text = useMemo(() => formatMoney(amount, currency), [amount]);
  const saved = old - amount;
  return (
    <span className="price">
      {text}
      {saved && <em className="saved">{formatMoney(saved, currency)}</em>}
    </span>
  );
}
`,
    fixes: [
      ['[amount]);', '[amount, currency]);'],
      ['{saved && <em', '{saved > 0 && <em'],
      ['const saved = old - amount;', 'const saved = old === undefined ? 0 : old - amount;'],
      ['currency, old }: Props', "currency = 'EUR', old }: Props"],
      ['<span className="price">', '<span className="price" title={text}>'],
      ['old?: number;', 'old?: number | null;'],
      ['className="saved"', 'className="saved" aria-label="saved"'],
      ['      {text}\n', '      <strong>{text}</strong>\n'],
    ],
  },
  {
    path: 'src/users/store.mjs',
    before: `import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const FILE = path.join('data', 'users.json');

export async function loadUsers() {
  const text = await readFile(FILE, 'utf8');
  const users = JSON.parse(text);
  return users.filter((user) => user.active);
}

export async function saveUsers(users) {
  const sorted = users.sort((a, b) => a.id - b.id);
  await writeFile(FILE, JSON.stringify(sorted));
}

export function findUser(users, email) {
  return users.find((user) => user.email == email);
}

export function initials(user) {
  return user.first[0] + user.last[0];
}
`,
    fixes: [
      ['user.email == email', 'user.email.toLowerCase() === email.toLowerCase()'],
      ['user.first[0] + user.last[0]', '`$' + '{user.first.charAt(0)}$' + '{user.last.charAt(0)}`.toUpperCase()'],
      ['users.sort(', '[...users].sort('],
      ['users.filter((user) => user.active)', 'users.filter((user) => user.active && !user.deleted)'],
      ['const users = JSON.parse(text);', 'const users = JSON.parse(text) ?? [];'],
      ['  return users.find(', '  if (!email) return undefined;\n  return users.find('],
      ['a.id - b.id', 'Number(a.id) - Number(b.id)'],
    ],
  },
  {
    path: 'src/cart.test.ts',
    before: `import { describe, expect, it } from 'vitest';
import { addItem, emptyCart, total } from './cart';

describe('the cart', () => {
  it('is empty at first', () => {
    expect(emptyCart().items).toEqual([]);
  });

  it('adds items', () => {
    const cart = addItem(emptyCart(), { sku: 'apple', price: 3 });
    expect(cart.items).toHaveLength(1);
    expect(total(cart)).toBe(3);
  });
});
`,
    fixes: [
      [
        "  it('adds items'",
        "  it('costs nothing when empty', () => {\n    expect(total(emptyCart())).toBe(0);\n  });\n\n  it('adds items'",
      ],
      [
        '    expect(total(cart)).toBe(3);',
        "    expect(total(cart)).toBe(3);\n    expect(cart.items[0]).toMatchObject({ sku: 'apple' });",
      ],
      ['expect(emptyCart().items).toEqual([]);', 'expect(emptyCart().items).toStrictEqual([]);'],
      [
        "  it('adds items'",
        "  it('adds the same item twice', () => {\n    const once = addItem(emptyCart(), { sku: 'pear', price: 2 });\n    const twice = addItem(once, { sku: 'pear', price: 2 });\n    expect(total(twice)).toBe(4);\n  });\n\n  it('adds items'",
      ],
    ],
  },
  {
    path: 'src/rate-limit.ts',
    before: `export interface Window {
  start: number;
  hits: number;
}

export class RateLimiter {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly limit: number,
    private readonly seconds: number,
  ) {}

  allow(key: string, now: number): boolean {
    const window = this.windows.get(key);
    if (!window || now - window.start > this.seconds) {
      this.windows.set(key, { start: now, hits: 1 });
      return true;
    }
    window.hits++;
    return window.hits < this.limit;
  }

  reset(key: string): void {
    this.windows.delete(key);
  }
}
`,
    fixes: [
      ['window.hits < this.limit', 'window.hits <= this.limit'],
      ['now - window.start > this.seconds', 'now - window.start >= this.seconds * 1000'],
      ['    window.hits++;', '    window.hits += 1;'],
      [
        '  reset(key: string): void {',
        '  remaining(key: string): number {\n    return this.limit - (this.windows.get(key)?.hits ?? 0);\n  }\n\n  reset(key: string): void {',
      ],
      [
        '    private readonly seconds: number,\n  ) {}',
        "    private readonly seconds: number,\n  ) {\n    if (limit < 1) throw new RangeError('limit must be positive');\n  }",
      ],
      ['const window = this.windows.get(key);', 'const window = this.windows.get(key.toLowerCase());'],
    ],
  },
];
