import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@selfheal/local-cloud/storage/database.ts';
import { expect, it, onTestFinished } from 'vitest';
import { resetStageFolder } from '#apps/local/stage.ts';

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
