/** Sources of the sample shop. `good` passes; the others are the files that each kind of failure changes. */
const PACKAGE = {
  name: 'shop',
  version: '4.12.0',
  private: true,
  type: 'module',
  dependencies: { express: '5.1.0' },
};

const CART = `import { discountFor } from './discount.ts';

export interface Line {
  readonly sku: string;
  readonly cents: number;
  readonly quantity: number;
}

/** Total of a cart in cents, after the discount of the customer's tier. */
export function totalOf(lines: readonly Line[], tier: string): number {
  const sum = lines.reduce((all, line) => all + line.cents * line.quantity, 0);
  return Math.round(sum * (1 - discountFor(tier)));
}
`;

const DISCOUNT = `const RATES: Readonly<Record<string, number>> = { bronze: 0.02, silver: 0.05, gold: 0.1 };

export function discountFor(tier: string): number {
  return RATES[tier] ?? 0;
}
`;

const STOCK = `const held = new Map<string, number>();

export function reserve(sku: string, quantity: number, available: number): boolean {
  const taken = held.get(sku) ?? 0;
  if (taken + quantity > available) return false;
  held.set(sku, taken + quantity);
  return true;
}
`;

const CART_TEST = `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { totalOf } from '../src/cart.ts';

const RATES = { none: 0, bronze: 0.02, silver: 0.05, gold: 0.1 };

describe('cart totals', () => {
  for (const [tier, rate] of Object.entries(RATES)) {
    for (let quantity = 1; quantity <= 40; quantity += 1) {
      it(\`charges \${quantity} of a line to a customer of tier \${tier}\`, () => {
        const lines = [{ sku: 'TEA-100', cents: 1995, quantity }];
        assert.equal(totalOf(lines, tier), Math.round(1995 * quantity * (1 - rate)));
      });
    }
  }
});

describe('carts of several lines', () => {
  for (let count = 1; count <= 60; count += 1) {
    it(\`adds up \${count} lines before it rounds\`, () => {
      const lines = Array.from({ length: count }, (_, index) => ({ sku: \`S-\${index}\`, cents: 333, quantity: 1 }));
      assert.equal(totalOf(lines, 'bronze'), Math.round(333 * count * 0.98));
    });
  }
});
`;

const STOCK_TEST = `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reserve } from '../src/stock.ts';

describe('stock', () => {
  for (let available = 0; available < 80; available += 1) {
    it(\`reserves no more than the \${available} that are there\`, () => {
      const sku = \`SKU-\${available}\`;
      assert.equal(reserve(sku, available, available), true);
      assert.equal(reserve(sku, 1, available), false);
    });
  }
});
`;

/** The bug: sums only the first 57 lines of the cart. */
const CART_REGRESSION = CART.replace(
  'const sum = lines.reduce(',
  'const shown = lines.slice(0, 57);\n  const sum = shown.reduce(',
);

const CART_COMPILE = CART.replace('line.cents * line.quantity', 'line.price * line.quantity').replace(
  'tier: string): number',
  'tier: string | undefined): number',
);

const RELEASE = `const steps = ['Read the change log', 'Collect the assets', 'Seal the bundle', 'Publish the notes'];
for (const [index, step] of steps.entries()) {
  console.log(\`[\${index + 1}/\${steps.length}] \${step}\`);
  for (let part = 1; part <= 90; part += 1) console.log(\`      part \${part} of 90 is in place\`);
  if (index === 2) process.exit(3);
}
`;

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'es2024',
    lib: ['es2024'],
    module: 'nodenext',
    types: [],
    allowImportingTsExtensions: true,
  },
  include: ['src'],
};

export const SHOP_FILES = {
  common: { 'package.json': JSON.stringify(PACKAGE, null, 2) },
  good: {
    'tsconfig.json': JSON.stringify(TSCONFIG, null, 2),
    'biome.json': JSON.stringify({
      formatter: { enabled: false },
      linter: { rules: { preset: 'none' } },
      assist: { enabled: false },
    }),
    'src/cart.ts': CART,
    'src/discount.ts': DISCOUNT,
    'src/stock.ts': STOCK,
    'test/cart.test.ts': CART_TEST,
    'test/stock.test.ts': STOCK_TEST,
  },
  regression: { 'src/cart.ts': CART_REGRESSION },
  compile: { 'src/cart.ts': CART_COMPILE },
  unknown: { 'scripts/release.mjs': RELEASE },
} satisfies Record<string, Record<string, string>>;
