import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeProgress } from '#apps/local/progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the progress of the first start', () => {
  it('rewrites one line of a terminal each second and wipes it away in the end', () => {
    const written: string[] = [];
    const { begin, end } = makeProgress({ write: (text) => void written.push(text), inPlace: true });
    begin('bundling 29 functions');
    vi.advanceTimersByTime(2500);
    begin('synthesizing the template');
    end();
    vi.advanceTimersByTime(5000);
    expect(written.map((text) => text.replace('\r\x1b[2K', ''))).toEqual([
      '  template   bundling 29 functions ... 0 s',
      '  template   bundling 29 functions ... 1 s',
      '  template   bundling 29 functions ... 2 s',
      '  template   synthesizing the template ... 0 s',
      '',
    ]);
    expect(written.every((text) => text.startsWith('\r\x1b[2K'))).toBe(true);
  });

  it('writes each step where the output is a file, again every ten seconds, and nothing when nothing has to be done', () => {
    const written: string[] = [];
    const progress = makeProgress({ write: (text) => void written.push(text), inPlace: false });
    progress.begin('bundling 29 functions');
    vi.advanceTimersByTime(19_000);
    progress.end();
    makeProgress({ write: (text) => void written.push(text), inPlace: true }).end();
    expect(written).toEqual([
      '  template   bundling 29 functions ...\n',
      '  template   bundling 29 functions ... 10 s\n',
    ]);
  });
});
