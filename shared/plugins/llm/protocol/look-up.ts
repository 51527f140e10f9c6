import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { ConsultedLine, Lookup, LookupResult } from '#shared/ports/diagnosis-model.ts';
import type { ToolResult, ToolUse } from '#shared/ports/model-client.ts';
import { renderLines } from './prompt.ts';

const SECONDS = 15;
const MAX_LINES = 60;
const MAX_CHARACTERS = 6000;
const MAX_LINE_LENGTH = 400;
/** Tool calls per turn that are answered. */
export const MAX_USES = 4;

export interface LookedUp {
  readonly result: ToolResult;
  readonly lines: readonly ConsultedLine[];
}

/**
 * Runs one lookup that the model requested. Never throws: a lookup that fails, takes too long or does not exist gives a
 * failed result. `first`: the number of the first new reference.
 */
export async function lookUp(
  use: ToolUse,
  lookups: readonly Lookup[],
  first: number,
  signal: AbortSignal,
): Promise<LookedUp> {
  const failed = (text: RedactedText): LookedUp => ({
    result: { id: use.id, name: use.name, text, failed: true },
    lines: [],
  });
  const lookup = lookups.find(({ name }) => name === use.name);
  if (lookup === undefined) return failed(phrase`There is no tool with this name.`);
  try {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(SECONDS * 1000)]);
    const found = await beforeAbort(lookup.run(use.input, bound), bound);
    if (found.kind === 'nothing') return failed(found.reason.slice(0, 300));
    return foundLines(use, found, first);
  } catch (error) {
    return failed(redactOutgoing(`It could not be read (${error instanceof Error ? error.name : 'unknown'}).`));
  }
}

function foundLines(use: ToolUse, found: Extract<LookupResult, { kind: 'found' }>, first: number): LookedUp {
  const texts: RedactedText[] = [];
  let room = MAX_CHARACTERS;
  for (const text of found.lines.slice(0, MAX_LINES)) {
    room -= Math.min(text.length, MAX_LINE_LENGTH);
    if (room < 0) break;
    texts.push(text.slice(0, MAX_LINE_LENGTH));
  }
  const lines = texts.map((text, at) => ({ ref: `F${first + at}`, origin: found.origin, text }));
  const left = found.lines.length - texts.length;
  const cut = left === 0 ? '' : `\n(${left} more lines were omitted)`;
  const text = redactOutgoing(`${found.origin}\n${renderLines('found', lines)}${cut}`);
  return { result: { id: use.id, name: use.name, text, failed: false }, lines };
}

/** Work that ignores its signal must not block its caller. */
export async function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return await Promise.race([work, aborted]);
}
