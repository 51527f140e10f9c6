import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { updateDocument } from '@selfheal/pull-request-quality/app/quality-state/update-document.ts';
import type { QualityState } from '@selfheal/pull-request-quality/ports/quality-state.ts';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { fakeClock } from '#test/fakes/index.ts';

const COUNTER = {
  schema: z.strictObject({ version: z.literal(1), count: z.number() }),
  empty: { version: 1 as const, count: 0 },
  what: 'counter',
};
/** About 2 MB of text that hardly shrinks, with characters of two and more bytes. */
const LARGE = Array.from({ length: 60_000 }, (_, at) => `${(at * 2654435761) % 4294967296} prüfung 🚀 ${at}`).join(
  '\n',
);

/** What every state of quality checks does, whatever it is made of. `open`: an empty one for each test, or another view of the same. */
export function qualityStateContract(name: string, open: () => Promise<() => QualityState>): void {
  describe(name, () => {
    it('has no document until somebody writes it, then the last one', async () => {
      const state = (await open())();
      expect(await state.read('baselines/main')).toBeNull();
      expect(await state.write('baselines/main', '{"a":1}', null)).toBe('written');
      const first = await state.read('baselines/main');
      expect(first?.text).toBe('{"a":1}');
      expect(await state.write('baselines/main', '{"a":2}', first?.revision ?? '')).toBe('written');
      expect((await state.read('baselines/main'))?.text).toBe('{"a":2}');
      expect(await state.read('baselines')).toBeNull();
    });

    it('refuses a write that replaces another revision, and overwrites nothing', async () => {
      const state = (await open())();
      await state.write('runs', 'a', null);
      const { revision = '' } = (await state.read('runs')) ?? {};
      expect(await state.write('runs', 'b', null)).toBe('changed-meanwhile');
      expect(await state.write('runs', 'b', revision)).toBe('written');
      expect(await state.write('runs', 'c', revision)).toBe('changed-meanwhile');
      expect((await state.read('runs'))?.text).toBe('b');
    });

    it('keeps large documents and every character of them', async () => {
      const view = await open();
      expect(await view().write('coverage-map', LARGE, null)).toBe('written');
      expect((await view().read('coverage-map'))?.text === LARGE).toBe(true);
    });

    it('loses no change of two workflows that finish at once', async () => {
      const view = await open();
      const count = (): Promise<unknown> =>
        updateDocument({ state: view(), clock: fakeClock(), random: () => 0 }, 'history/main', COUNTER, (value) => ({
          ...value,
          count: value.count + 1,
        }));
      await Promise.all([1, 2, 3, 4].map(count));
      expect(JSON.parse((await view().read('history/main'))?.text ?? '')).toEqual({ version: 1, count: 4 });
    });

    it.each(['../evil', '/etc/passwd', 'a/../b', 'A', ''])('takes no name like %j', async (wrong) => {
      const state = (await open())();
      await expect(state.read(wrong)).rejects.toThrow(InvalidInput);
      await expect(state.write(wrong, '{}', null)).rejects.toThrow(InvalidInput);
    });
  });
}
