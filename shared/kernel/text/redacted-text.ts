import { markRedacted, type RedactedText } from './brand.ts';

export type { RedactedText } from './brand.ts';

/** A sentence of code with redacted text and numbers in it: `` phrase`Job ${name} failed.` ``. */
export function phrase(words: TemplateStringsArray, ...values: readonly (RedactedText | number)[]): RedactedText {
  return markRedacted(String.raw({ raw: words }, ...values));
}

/** Redacted texts one after the other. */
export function joined(texts: readonly RedactedText[], separator: '' | ' ' | ', ' | '\n' | '\n\n'): RedactedText {
  return markRedacted(texts.join(separator));
}
