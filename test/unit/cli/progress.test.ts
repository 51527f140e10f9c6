import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { forEachFile } from '@selfheal/cli-kit/command.ts';
import { makeProgress } from '@selfheal/cli-kit/progress.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { describe, expect, it } from 'vitest';
import { openInput, textOf } from '#apps/workbench/input/open-input.ts';

/** A terminal whose clock goes on by so many milliseconds each time it is read. */
function aTerminal(step = 0) {
  const said: string[] = [];
  const clock = { at: 0 };
  const now = () => {
    clock.at += step;
    return clock.at;
  };
  const terminal = { stdin: Readable.from([]), now, say: (text: string) => said.push(text) };
  return { terminal: terminal as unknown as Terminal, said, clock };
}

describe('the progress of long work', () => {
  it('says how far it is and how long the rest takes at its pace, every five seconds', () => {
    const { terminal, said, clock } = aTerminal();
    const progress = makeProgress('train', 1000, terminal);
    for (clock.at = 1_000; clock.at <= 10_000; clock.at += 1_000) progress(clock.at / 100);
    clock.at = 600_000;
    progress(500);
    expect(said).toEqual([
      'selfheal: train: 5 % done, about 95 s left',
      'selfheal: train: 10 % done, about 90 s left',
      'selfheal: train: 50 % done, about 10 minutes left',
    ]);
  });

  it('says nothing of work that is short, or done', () => {
    const { terminal, said, clock } = aTerminal();
    const progress = makeProgress('train', 10, terminal);
    clock.at = 4_999;
    progress(5);
    clock.at = 60_000;
    progress(10);
    expect(said).toEqual([]);
  });

  it('is told of many files, and of one that takes long to read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-progress-'));
    try {
      const { terminal, said } = aTerminal(3_000);
      await forEachFile(['a.log', 'b.log', 'c.log', 'd.log'], terminal, async () => {});
      expect(said).toEqual([
        'selfheal: 4 files: 25 % done, about 18 s left',
        'selfheal: 4 files: 75 % done, about 4 s left',
      ]);
      said.length = 0;
      const file = join(folder, 'long.log');
      writeFileSync(file, 'a line\n'.repeat(40_000));
      let length = 0;
      for await (const text of textOf(await openInput(file, terminal))) length += text.length;
      expect(length).toBe(280_000);
      expect(said.length).toBeGreaterThan(0);
      for (const line of said) expect(line).toMatch(/long\.log: \d+ % done, about \d+ s left$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
