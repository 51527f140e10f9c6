import { markRedacted, type RedactedText } from './brand.ts';

export type { RedactedText } from './brand.ts';

/** A sentence written in code with redacted texts and numbers in it: `` phrase`Job ${name} failed.` ``. */
export function phrase(words: TemplateStringsArray, ...values: readonly (RedactedText | number)[]): RedactedText {
  return markRedacted(String.raw({ raw: words }, ...values));
}

/** Concatenates redacted texts. */
export function joined(texts: readonly RedactedText[], separator: '' | ' ' | ', ' | '\n' | '\n\n'): RedactedText {
  return markRedacted(texts.join(separator));
}
