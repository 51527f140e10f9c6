import { BASE64_LITERALS, redactBase64 } from './encoded-secrets.ts';
import { makeLiteralFinder } from './literal-finder.ts';
import { makeKeyBlocks } from './private-key.ts';
import { makePlaceholders, type Placeholders } from './secret-placeholders.ts';
import { LONG_QUOTE, QUOTED_LITERALS } from './secret-rules-shapes.ts';
import { redactSteps, STEP_LITERALS } from './secret-steps.ts';
import { redactAcrossEscapes, redactUrlEncoded } from './secret-views.ts';

export interface Redaction {
  readonly text: string;
  /** How many secrets of each kind were replaced. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Redacts line by line with a memory: equal secrets get equal placeholders in everything one redactor saw. */
export interface Redactor {
  /** One line without its LF; lines must come in order (private keys span several). */
  line(text: string): string;
  /** Whether the next line may belong to a private key; otherwise only lines with one of `SECRET_LITERALS` need to be given. */
  readonly isInsideKey: boolean;
  /** Forgets an unfinished private key block: call between sources. */
  nextSource(): void;
  counts(): Readonly<Record<string, number>>;
}

const PRIVATE_KEY = 'private key';
/** Nothing is redacted in a line in which, colours left out, none of these occurs in either case, unless it continues a private key. */
export const SECRET_LITERALS: readonly string[] = [...STEP_LITERALS, PRIVATE_KEY, '%3a%2f%2f', ...BASE64_LITERALS];
const TELLING = makeLiteralFinder(SECRET_LITERALS.filter((literal) => !QUOTED_LITERALS.includes(literal)));
const ESC = String.fromCharCode(0x1b);

/** Secrets in plain sight, split by colours, or encoded once. */
function redactLine(text: string, placeholders: Placeholders): string {
  let redacted = redactAcrossEscapes(text, placeholders, redactSteps);
  redacted = redactUrlEncoded(redacted, placeholders, redactSteps);
  redacted = redactSteps(redacted, placeholders);
  return redactBase64(redacted, placeholders, redactSteps);
}

/** Makes a redactor. All patterns are linear and run only on lines in which one of their literals occurs. */
export function makeRedactor(): Redactor {
  const placeholders = makePlaceholders();
  const keys = makeKeyBlocks((material) => placeholders.of('private-key', material));
  return {
    line(text) {
      const isCandidate = text.includes(ESC) || TELLING.occursIn(text) || LONG_QUOTE.test(text);
      const withoutKeys = keys.open || isCandidate ? keys.line(text) : text;
      return isCandidate ? redactLine(withoutKeys, placeholders) : withoutKeys;
    },
    get isInsideKey() {
      return keys.open;
    },
    nextSource: () => keys.reset(),
    counts: () => ({ ...placeholders.counts }),
  };
}

/** Redacts a whole text; everything that is not a secret stays as it is, character for character. */
export function redact(text: string): Redaction {
  const redactor = makeRedactor();
  const lines = text.split('\n').map((line) => redactor.line(line));
  return { text: lines.join('\n'), counts: redactor.counts() };
}
