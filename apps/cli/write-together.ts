import type { Terminal } from './terminal.ts';

const CHARACTERS_AT_ONCE = 1 << 16;

/** Writes small pieces as they come, many at once. */
export async function writeTogether(
  terminal: Terminal,
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  let pending = '';
  for await (const piece of pieces) {
    pending += piece;
    if (pending.length < CHARACTERS_AT_ONCE) continue;
    await terminal.write(pending);
    pending = '';
  }
  await terminal.write(pending);
}
