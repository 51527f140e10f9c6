import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CorruptRecord, InvalidInput, Retryable } from '@selfheal/kernel/errors.ts';
import { readDocument, updateDocument } from '@selfheal/pull-request-quality/app/quality-state/update-document.ts';
import { MAX_QUALITY_DOCUMENT_BYTES } from '@selfheal/pull-request-quality/ports/quality-state.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { makeFolderState } from '#shared/adapters/state/folder-state.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';

const COUNTER = {
  schema: z.strictObject({ version: z.literal(1), count: z.number() }),
  empty: { version: 1 as const, count: 0 },
  what: 'counter',
};

describe('the documents in a folder', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'selfheal-state-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const state = () => makeFolderState(join(folder, 'state'), systemClock);
  const deps = () => ({ state: state(), clock: systemClock, random: () => 0.5 });

  it('gives back what was written, and null before', async () => {
    expect(await state().read('baselines/main')).toBeNull();
    expect(await state().write('baselines/main', '{}', null)).toBe('written');
    expect((await state().read('baselines/main'))?.text).toBe('{}');
    expect(await readdir(join(folder, 'state', 'baselines'))).toEqual(['main.json']);
  });

  it('refuses a write that replaces another revision', async () => {
    await state().write('runs', 'a', null);
    const first = await state().read('runs');
    expect(await state().write('runs', 'b', null)).toBe('changed-meanwhile');
    expect(await state().write('runs', 'b', first?.revision ?? '')).toBe('written');
    expect(await state().write('runs', 'c', first?.revision ?? '')).toBe('changed-meanwhile');
    expect((await state().read('runs'))?.text).toBe('b');
  });

  it('loses no change of twenty writers at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        updateDocument(deps(), 'runs', COUNTER, (value) => ({ ...value, count: value.count + 1 })),
      ),
    );
    expect((await readDocument(state(), 'runs', COUNTER)).value.count).toBe(20);
    expect(await readdir(join(folder, 'state'))).toEqual(['runs.json']);
  });

  it.each(['../evil', '/etc/passwd', 'a/../b', 'A', 'a b', '', '.hidden', 'a/b/c/d/e', 'a..b', 'con\\x'])(
    'refuses the name %j',
    async (name) => {
      await expect(state().read(name)).rejects.toThrow(InvalidInput);
      await expect(state().write(name, '{}', null)).rejects.toThrow(InvalidInput);
    },
  );

  it.each([
    ['long ago', -60_000],
    ['by a clock that was set back since', 60_000],
  ])('takes over the lock of a process that died %s', async (_, offset) => {
    await state().write('runs', 'a', null);
    const lock = join(folder, 'state', 'runs.json.lock');
    await writeFile(lock, 'dead');
    const at = new Date(Date.now() + offset);
    await utimes(lock, at, at);
    const { revision = '' } = (await state().read('runs')) ?? {};
    expect(await state().write('runs', 'b', revision)).toBe('written');
    expect(await readdir(join(folder, 'state'))).toEqual(['runs.json']);
  });

  it('waits for a living lock, and gives up with an error that passes', async () => {
    await state().write('runs', 'a', null);
    await writeFile(join(folder, 'state', 'runs.json.lock'), 'alive');
    // Its time stands still: on a slow machine the lock must not become stale meanwhile.
    const now = new Date();
    const hurried = makeFolderState(join(folder, 'state'), { now: () => now, sleep: async () => {} });
    await expect(hurried.write('runs', 'b', null)).rejects.toThrow(Retryable);
    expect(await readFile(join(folder, 'state', 'runs.json'), 'utf8')).toBe('a');
  });

  it('says that it cannot be reached where a file is in its place', async () => {
    await writeFile(join(folder, 'state'), 'a file');
    await expect(state().read('runs')).rejects.toThrow(Retryable);
    await expect(state().write('runs', '{}', null)).rejects.toThrow(/cannot be used \(/);
  });

  it('refuses documents that are too large', async () => {
    await expect(state().write('runs', 'x'.repeat(MAX_QUALITY_DOCUMENT_BYTES + 1), null)).rejects.toThrow(InvalidInput);
  });

  it.each([
    ['not JSON', '{"version":1,'],
    ['of version 2', '{"version":2,"count":1}'],
    ['of no version', '[]'],
    ['changed by hand', '{"version":1,"count":"many"}'],
  ])('never replaces a document that is %s', async (_, text) => {
    await state().write('runs', text, null);
    await expect(updateDocument(deps(), 'runs', COUNTER, () => COUNTER.empty)).rejects.toThrow(CorruptRecord);
    expect((await state().read('runs'))?.text).toBe(text);
  });
});
