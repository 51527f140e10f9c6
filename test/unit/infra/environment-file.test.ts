import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadEnvironmentFile } from '#infra/environment-file.ts';

describe('the file .env', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'selfheal-env-'));
    vi.stubEnv('LOG_LEVEL', undefined);
    vi.stubEnv('AI_MODEL', undefined);
    vi.stubEnv('AI_MAX_TOKENS', '300');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it('sets what is not set, leaves out what it sets to nothing, and changes nothing that is set', () => {
    writeFileSync(join(folder, '.env'), 'LOG_LEVEL=DEBUG\nAI_MODEL=\nAI_MAX_TOKENS=4000\n');
    loadEnvironmentFile(folder);
    expect(process.env).toMatchObject({ LOG_LEVEL: 'DEBUG', AI_MAX_TOKENS: '300' });
    expect(process.env).not.toHaveProperty('AI_MODEL');
  });

  it('need not be there', () => {
    loadEnvironmentFile(folder);
    expect(process.env).not.toHaveProperty('LOG_LEVEL');
  });
});
