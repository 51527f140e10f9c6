import { describe, expect, it } from 'vitest';
import { isBlockedPort } from '../../src/wire/blocked-ports.ts';
import { startServer } from '../../src/wire/server.ts';

const BLOCKED = Array.from({ length: 65_535 }, (_, at) => at + 1).filter(isBlockedPort);

describe('a port that no browser opens', () => {
  it.each(BLOCKED)('is one that fetch refuses without a connection: %i', async (port) => {
    const error: unknown = await fetch(`http://127.0.0.1:${port}/`).catch((refused: unknown) => refused);
    expect((error as Error).cause).toMatchObject({ message: 'bad port' });
  });

  it('is refused at the start, with what to do', async () => {
    await expect(startServer(6000, async () => Promise.reject(new Error('unused')))).rejects.toThrow(
      /^Port 6000 is blocked .*choose another port\.$/,
    );
  });

  it.each([80, 443, 3000, 4566, 8000, 8080, 8443, 9000, 49_152])('is none of the usual ones: %i', (port) => {
    expect(isBlockedPort(port)).toBe(false);
  });
});
