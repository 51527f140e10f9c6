import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCollection } from '../src/collection.ts';
import { DamagedFile } from '../src/damaged-file.ts';
import { makeJournal } from '../src/journal.ts';
import { machineTime } from '../src/world-time.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'damaged-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a damaged file of the state folder', () => {
  it.each([
    ['cut off', '{"name":"checkout-err'],
    ['empty', ''],
    ['something else', '\u0000\u0001'],
  ])('is named with what is lost and what to do: %s', (_what, text) => {
    mkdirSync(join(folder, 'aws/alarms'), { recursive: true });
    const file = join(folder, 'aws/alarms/checkout-errors.json');
    writeFileSync(file, text);
    const open = () => makeCollection(folder, 'aws/alarms');
    expect(open).toThrow(DamagedFile);
    expect(open).toThrow(`The file ${file} in the state folder is damaged`);
    expect(open).toThrow('Delete it to go on without checkout-errors of aws/alarms');
    rmSync(file);
    expect(open().size).toBe(0);
  });

  it('is the list of effects when a line in its middle is broken; a cut last line is none', () => {
    const file = join(folder, 'effects.jsonl');
    const effect = '{"sequence":1,"at":"2026-11-21T12:00:00Z","kind":"github.run.rerun","target":"x","facts":{}}\n';
    writeFileSync(file, `${effect}{"sequen`);
    expect(makeJournal(machineTime, folder).entries()).toHaveLength(1);
    writeFileSync(file, `${effect}not json\n${effect}`);
    expect(() => makeJournal(machineTime, folder)).toThrow(`The file ${file} in the state folder is damaged`);
  });
});
