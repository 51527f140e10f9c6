import { describe, expect, it } from 'vitest';
import { aFile, runCommand } from './run-command.ts';

const LOG = [
  'starting the shop',
  '2026-11-21T03:04:00Z ERROR connect ECONNREFUSED db:5432',
  '2026-11-21T03:04:05Z ERROR query timed out after 5000 ms at db:5432 (/srv/shop/store.js:12:3)',
  '2026-11-21T03:04:07Z ERROR health check of checkout failed: unhealthy',
  '##[error]Process completed with exit code 1.',
  '',
].join('\n');

describe('log chain', () => {
  it('[C27][C30][C32][C33][C34][C36][C37][C38] prints the cause, what followed, and each event with time, severity, categories and entities', async () => {
    const { code, stdout, stderr } = await runCommand(['log', 'chain', aFile(LOG), '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout.toString());
    expect(Object.keys(document)).toEqual(['file', 'cause', 'reasons', 'followed', 'events']);
    expect(document.cause).toMatchObject({ line: 2, severity: 'error', link: null });
    expect(document.followed.map(({ line, link }: { line: number; link: string }) => [line, link])).toEqual([
      [3, 'same-name'],
      [4, 'cascade'],
      [5, 'summary'],
    ]);
    expect(document.events[0]).toMatchObject({
      line: 2,
      at: '2026-11-21T03:04:00.000Z',
      severity: 'error',
      categories: expect.arrayContaining(['network_connectivity']),
      text: '2026-11-21T03:04:00Z ERROR connect ECONNREFUSED db:5432',
    });
    const entities = document.events.flatMap(
      ({ entities }: { entities: { kind: string; value: string }[] }) => entities,
    );
    for (const [kind, value] of [
      ['timestamp', '2026-11-21T03:04:05.000Z'],
      ['error-code', 'ECONNREFUSED'],
      ['host', 'db:5432'],
      ['file', '/srv/shop/store.js'],
      ['error-code', 'exit 1'],
    ])
      expect(entities).toContainEqual(expect.objectContaining({ kind, value }));
  });

  it('tells it in words without --json', async () => {
    const { stdout } = await runCommand(['log', 'chain', aFile(LOG)]);
    expect(stdout.toString()).toContain('  First, 03:04:00 UTC: `');
    expect(stdout.toString()).toContain('  Then, 03:04:05 UTC: `');
  });

  it('says so when no cause can be told', async () => {
    const file = aFile('built\n0 errors\n');
    expect(JSON.parse((await runCommand(['log', 'chain', file, '--json'])).stdout.toString())).toMatchObject({
      cause: null,
    });
    expect((await runCommand(['log', 'chain', file])).stdout.toString()).toBe(`${file}\n  No cause found.\n`);
  });
});
