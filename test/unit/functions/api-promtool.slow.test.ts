import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { anEnding, aPrediction } from '#test/builders/index.ts';
import { anApi } from './api-rig.ts';

/** Prometheus' own checker: PROMTOOL names it where it is not on the PATH. */
const PROMTOOL = process.env.PROMTOOL ?? 'promtool';
const isThere = spawnSync(PROMTOOL, ['--version']).status === 0;
const MONITORING = join(import.meta.dirname, '../../../config/monitoring');

const check = (args: readonly string[], input = ''): { readonly status: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync(PROMTOOL, args, { input });
  return { status, said: `${stdout}${stderr}` };
};

it.skipIf(!isThere)('has nothing that promtool objects to in a scrape (PROMTOOL names the program)', async () => {
  const at = new Date().toISOString();
  const predictions = [aPrediction({ openedAt: at, ending: anEnding({ at }) })];
  const { call } = await anApi({ predictions });
  const headers = { 'content-type': 'application/json' };
  for (const [path, body] of [
    ['/api/analyze', { logs: 'ERROR the disk is full' }],
    ['/api/logs/analyze', { logs: 'ERROR the disk is full' }],
    ['/api/search', { query: 'disk full' }],
    ['/api/recommend', { cause: '' }],
    ['/api/nothing', {}],
  ] as const)
    await call(path, { as: 'viewer', method: 'POST', headers, body });
  const { body = '' } = await call('/metrics', { as: 'viewer' });
  expect(body).toContain('selfheal_requests_total{');
  expect(check(['check', 'metrics'], body)).toEqual({ status: 0, said: '' });
});

it.skipIf(!isThere)('ships only alert rules that promtool takes', () => {
  const rules = readdirSync(MONITORING).filter(
    (name) => name.endsWith('.yml') && readFileSync(join(MONITORING, name), 'utf8').includes('groups:'),
  );
  expect(rules.length).toBeGreaterThan(0);
  for (const name of rules) expect(check(['check', 'rules', join(MONITORING, name)])).toMatchObject({ status: 0 });
});
