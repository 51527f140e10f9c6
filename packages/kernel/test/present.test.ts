import { expect, it } from 'vitest';
import { present } from '../src/present.ts';

it('leaves out undefined fields alone', () => {
  const fields: { a: number | undefined; b: undefined; c: null; d: string } = { a: 0, b: undefined, c: null, d: '' };
  expect(present(fields)).toStrictEqual({ a: 0, c: null, d: '' });
});
