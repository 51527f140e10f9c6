import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@selfheal/local-cloud/storage/database.ts';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openStage, resetStageFolder } from '#apps/local/stage.ts';

function aStateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-reset-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'world'));
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  return folder;
}

it('[D21] deletes the state of a runtime, and nothing else in its folder', () => {
  const folder = aStateFolder();
  expect(resetStageFolder(folder)).toBe(false);
  expect(existsSync(join(folder, 'world'))).toBe(true);
  openDatabase(join(folder, 'runtime')).close();
  expect(resetStageFolder(folder)).toBe(true);
  expect(['runtime', 'world', 'notes.txt'].map((name) => existsSync(join(folder, name)))).toEqual([false, false, true]);
});

it('[D21] deletes a damaged state, and none that a runtime has', () => {
  const folder = aStateFolder();
  mkdirSync(join(folder, 'runtime'));
  writeFileSync(join(folder, 'runtime/state.db'), 'no database');
  expect(resetStageFolder(folder)).toBe(true);
  const database = openDatabase(join(folder, 'runtime'));
  expect(() => resetStageFolder(folder)).toThrow('in use');
  expect(existsSync(join(folder, 'runtime/state.db'))).toBe(true);
  database.close();
});

it('names the folder that cannot be written, and what to do', async () => {
  const folder = aStateFolder();
  onTestFinished(() => void vi.unstubAllEnvs());
  const open = (dataDir?: string) => openStage({ assemblyDir: folder, ...(dataDir === undefined ? {} : { dataDir }) });
  const file = join(folder, 'notes.txt');
  await expect(open(file)).rejects.toThrow(`The state folder ${file} cannot be written (`);
  vi.stubEnv('TMPDIR', file);
  await expect(open()).rejects.toThrow(/^No temporary folder can be made in .+ Set TMPDIR to a folder/);
});

it('leaves no temporary folder behind when it cannot start', async () => {
  const folder = aStateFolder();
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('TMPDIR', folder);
  const before = readdirSync(folder);
  await expect(openStage({ assemblyDir: join(folder, 'nowhere') })).rejects.toThrow('nowhere');
  expect(readdirSync(folder)).toEqual(before);
});
