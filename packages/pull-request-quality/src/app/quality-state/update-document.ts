import { CorruptRecord, Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type * as z from 'zod';
import type { QualityState } from '../../ports/quality-state.ts';

const MAX_ATTEMPTS = 40;
const MAX_PAUSE_MS = 400;

/** A kind of state document: its schema, and what it holds before it was ever written. */
export interface DocumentKind<T extends { readonly version: number }> {
  readonly schema: z.ZodType<T>;
  readonly empty: T;
  /** For messages: `baseline`. */
  readonly what: string;
}

export interface StateDeps {
  readonly state: QualityState;
  readonly clock: Clock;
  /** From 0 to 1, spreads the attempts of those who write at once. */
  readonly random: () => number;
}

/**
 * A parsed state document; `found` is false when it was never written. Throws `CorruptRecord` for one that was changed by hand or belongs to another version of
 * Selfheal: it is never replaced by an empty one.
 */
export async function readDocument<T extends { readonly version: number }>(
  state: QualityState,
  name: string,
  kind: DocumentKind<T>,
): Promise<{ readonly value: T; readonly found: boolean; readonly revision: string | null }> {
  const document = await state.read(name);
  if (document === null) return { value: kind.empty, found: false, revision: null };
  return { value: parsed(document.text, name, kind), found: true, revision: document.revision };
}

function parsed<T extends { readonly version: number }>(text: string, name: string, kind: DocumentKind<T>): T {
  const mend = 'It was not changed. Restore or delete it; then it starts anew.';
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new CorruptRecord(`The ${kind.what} document ${name} is not JSON. ${mend}`, { cause });
  }
  const version = content !== null && typeof content === 'object' && 'version' in content ? content.version : null;
  if (version !== kind.empty.version)
    throw new CorruptRecord(
      `The ${kind.what} document ${name} has version ${typeof version === 'number' ? version : 'none'}; this Selfheal reads version ${kind.empty.version}. ${mend}`,
    );
  const result = kind.schema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CorruptRecord(
    `The ${kind.what} document ${name} is not valid at ${issue?.path.join('.') || 'its top'}: ${issue?.message ?? 'unknown'}. ${mend}`,
    { cause: result.error },
  );
}

/**
 * Reads, changes and writes a document; again with the newest revision when somebody else wrote meanwhile. `change` returns null to leave it
 * as it is. Throws `Retryable` after forty attempts.
 */
export async function updateDocument<T extends { readonly version: number }>(
  { state, clock, random }: StateDeps,
  name: string,
  kind: DocumentKind<T>,
  change: (value: T) => T | null,
): Promise<{ readonly value: T; readonly changed: boolean }> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const { value, revision } = await readDocument(state, name, kind);
    const next = change(value);
    if (next === null) return { value, changed: false };
    const text = `${JSON.stringify(kind.schema.parse(next), null, 1)}\n`;
    if ((await state.write(name, text, revision)) === 'written') return { value: next, changed: true };
    await clock.sleep(random() * Math.min(MAX_PAUSE_MS, 10 * attempt));
  }
  throw new Retryable(
    `Could not write the ${kind.what} document ${name} after ${MAX_ATTEMPTS} attempts, because others kept writing it. Run it again.`,
  );
}
