import type { Project } from './project.ts';

/** The sample project in this language. */
export const javascript: Project = {
  language: 'javascript',
  source: {
    path: 'src/cart.ts',
    text: `import { rounded } from './money';

export interface Line {
  price: number;
  count: number;
}

/** The sum of a cart's lines, in cents. */
export function total(lines: Line[]): number {
  let sum = 0;
  for (let i = 0; i <= lines.length; i += 1) {
    sum += lines[i].price * lines[i].count;
  }
  return rounded(sum);
}

export function label(lines: Line[]): string {
  return lines.length === 1 ? 'one item' : \`\${lines.length} items\`;
}
`,
  },
  test: {
    path: 'src/cart.test.ts',
    text: `import { describe, expect, it } from 'vitest';
import { label, total } from './cart';

describe('a cart', () => {
  it('adds its lines', () => {
    const sum = total([{ price: 3, count: 2 }]);
    expect(sum).toBe(6);
  });

  it('is free when empty', () => {
    expect(total([])).toEqual(0);
    expect(label([])).toBeDefined();
  });

  it('is near the share', () => {
    expect(total([{ price: 1, count: 1 }]) / 3).toBeCloseTo(0.333, 3);
  });

  it('names itself', async () => {
    const name = label([{ price: 1, count: 1 }]);
    await expect(Promise.resolve(name)).resolves.toBe('one item');
  });
});
`,
  },
};
