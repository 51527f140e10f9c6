import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { verifyChain } from '#shared/domain/audit/audit-chain.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';

const folder = mkdtempSync(join(tmpdir(), 'selfheal-restore-'));
let healer: Healer | undefined;
afterEach(async () => {
  await healer?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('a deployment on restored tables knows its incidents, has whole audit trails, and heals what fails next', async () => {
  const [original, backup] = [join(folder, 'state'), join(folder, 'backup')];
  const first = await openHealer({ dataDir: original });
  healer = first;
  const { id } = await first.ended(first.world.samples.failRun('transient', { rerunMs: 20 }).runId);
  await first.quiet();
  const trail = await first.incidents.auditTrail(id);
  await first.stop();
  healer = undefined;
  cpSync(original, backup, { recursive: true });
  rmSync(original, { recursive: true });

  const restored = await openHealer({ dataDir: backup });
  healer = restored;
  expect(await restored.incidents.get(id)).toMatchObject({ id, status: 'resolved' });
  const kept = await restored.incidents.auditTrail(id);
  expect(kept).toEqual(trail);
  expect(verifyChain(id, kept)).toMatchObject({ kind: 'intact', chained: trail.length });
  const next = await restored.ended(restored.world.samples.failRun('transient', { rerunMs: 20 }).runId);
  expect(next).toMatchObject({ status: 'resolved' });
  expect(verifyChain(next.id, await restored.incidents.auditTrail(next.id)).kind).toBe('intact');
  expectClean(restored);
});
