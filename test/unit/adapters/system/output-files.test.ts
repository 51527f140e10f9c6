import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeFolder, writeOutput, writeOutputs } from '#shared/adapters/system/output-files.ts';

const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-output-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

describe('writing what somebody named', () => {
  it('makes the folders above a file, also from many at once', async () => {
    const folder = aFolder();
    const names = Array.from({ length: 20 }, (_, at) => join(folder, 'a/b/c', `${at}.txt`));
    await Promise.all(names.map((name) => writeOutput(name, name)));
    expect(names.map((name) => readFileSync(name, 'utf8'))).toEqual(names);
    await writeOutputs(join(folder, 'x/y'), { 'one.txt': '1', 'two.txt': '2' });
    expect(readFileSync(join(folder, 'x/y/two.txt'), 'utf8')).toBe('2');
    await makeFolder(join(folder, 'private/inner'), 0o700);
    expect(statSync(join(folder, 'private')).mode & 0o777).toBe(0o700);
  });

  it('says why it cannot be written, and does not hang where a folder takes no other', async () => {
    const folder = aFolder();
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    const refused = [
      [folder, /^--out .*: cannot be written: it is a folder \(EISDIR\)\.$/],
      [join(file, 'x.json'), /a file stands where a folder is needed/],
      [join(file, 'deep/x.json'), /a file stands where a folder is needed \(E\w+\)/],
      [`${folder}/${'n'.repeat(300)}`, /the name is too long/],
      ...(existsSync('/proc/self') ? [['/proc/none/x.json', /cannot be made here \(ENOENT\)/] as const] : []),
    ] as const;
    for (const [path, message] of refused) {
      const written = writeOutput(path, 'text', '--out');
      await expect(written).rejects.toThrow(InvalidInput);
      await expect(written).rejects.toThrow(message);
    }
    await expect(writeOutputs(file, { 'a.txt': '' }, 'out')).rejects.toThrow(
      /^out .*file: cannot be written: a file stands where a folder is needed \(EEXIST\)\.$/,
    );
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });
});
