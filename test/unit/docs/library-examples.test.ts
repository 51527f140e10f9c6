import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { redact } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const LIBRARIES = [
  'kernel',
  'redaction',
  'log-reading',
  'reports',
  'patch-guard',
  'cli-kit',
  'anomaly',
  'diagnosis',
  'pull-request-quality',
];

describe('the README of a library', () => {
  it.each(LIBRARIES)('of %s imports what the library has', async (name) => {
    const text = readFileSync(join(ROOT, 'packages', name, 'README.md'), 'utf8');
    const [, names = '', from = ''] = /import (?:type )?\{ (\w+) \} from '([^']+)'/.exec(text) ?? [];
    expect(from).toMatch(new RegExp(`^@selfheal/${name}/`));
    const file = join(ROOT, 'packages', name, 'src', from.replace(`@selfheal/${name}/`, ''));
    expect(readFileSync(file, 'utf8')).toMatch(
      new RegExp(`export (?:async )?(?:function|const|interface|type) ${names}\\b`),
    );
  });

  it('of redaction shows what a password becomes', () => {
    const text = readFileSync(join(ROOT, 'packages/redaction/README.md'), 'utf8');
    expect(text).toContain(`// '${redact('password=hunter-2-hunter').text}'`);
  });
});
