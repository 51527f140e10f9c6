import type { Price } from './model-settings.ts';

/** Tokens of one or more calls. `input` counts those read from the provider's cache too. */
export interface Tokens {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

export const NO_TOKENS: Tokens = { input: 0, cachedInput: 0, output: 0 };

export function addTokens(a: Tokens, b: Tokens): Tokens {
  return { input: a.input + b.input, cachedInput: a.cachedInput + b.cachedInput, output: a.output + b.output };
}

/** Dollars for a million tokens are microdollars for one. Rounded up, so that nothing costs nothing. */
export function microdollarsOf({ input, cachedInput, output }: Tokens, price: Price): number {
  const fresh = Math.max(0, input - cachedInput);
  return Math.ceil(fresh * price.input + cachedInput * (price.cachedInput ?? price.input) + output * price.output);
}
