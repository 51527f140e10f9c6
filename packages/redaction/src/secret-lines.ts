import { makeManifestSecrets } from './manifest-secrets.ts';
import { makeKeyBlocks } from './private-key.ts';
import { makeContinuations } from './secret-continuations.ts';
import type { Placeholders } from './secret-placeholders.ts';

/** Redacts lines in order: a secret may begin in one and end in another. */
export interface SecretLines {
  line(text: string): string;
  /** Whether the next line may continue a secret. */
  readonly open: boolean;
  reset(): void;
}

export interface LineSteps {
  /** Whether a line needs a look when nothing is open. */
  isCandidate(text: string): boolean;
  /** Redacts one line by itself; with `random` false, merely random text stays. */
  redact(text: string, random: boolean): string;
  /** Whether a line may name the secret of the next lines. */
  mayAnnounce(text: string): boolean;
}

const ESC = String.fromCharCode(0x1b);
const COLOUR = `${ESC}\\[[0-9;]{0,12}[mK]`;
const COLOURS = new RegExp(COLOUR, 'g');
/** A colour code inside Base64. */
const SPLIT = new RegExp(`[A-Za-z0-9+/](?:${COLOUR})+[A-Za-z0-9+/]`);

export function makeSecretLines(
  placeholders: Placeholders,
  { isCandidate, redact, mayAnnounce }: LineSteps,
): SecretLines {
  const keys = makeKeyBlocks((material) => placeholders.of('private-key', material));
  const continued = makeContinuations((kind, secret) => placeholders.of(kind, secret));
  const manifests = makeManifestSecrets((secret) => placeholders.of('assigned-secret', secret));
  return {
    line(text) {
      if (!keys.open && !continued.open && !manifests.open && !isCandidate(text)) return text;
      const shown = keys.open && text.includes(ESC) && SPLIT.test(text) ? text.replace(COLOURS, '') : text;
      const withoutKeys = keys.line(shown);
      if (keys.isPublic) return redact(withoutKeys, false);
      const alone = redact(withoutKeys, true);
      const redacted = manifests.line(withoutKeys === shown ? continued.line(alone, text) : alone, text);
      return keys.open ? redacted : continued.after(text, redacted, redacted !== text || mayAnnounce(text));
    },
    get open() {
      return keys.open || continued.open || manifests.open;
    },
    reset() {
      keys.reset();
      continued.reset();
      manifests.reset();
    },
  };
}
