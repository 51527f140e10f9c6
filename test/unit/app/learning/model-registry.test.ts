import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseModelFile } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import { digestOf } from '@selfheal/kernel/digest.ts';
import { describe, expect, it } from 'vitest';
import { promoteModel, registerModel, rollBackModel } from '#shared/app/learning/model-registry.ts';
import { makeProductionModel } from '#shared/app/learning/production-model.ts';
import { productionOf } from '#shared/domain/learning/model-registry.ts';
import { aModelVersion, heldOut, rightOf } from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryModelArtifacts,
  makeMemoryModelRegistry,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

const BY = { at: new Date('2026-11-22T09:00:00.000Z'), by: 'dana' };
const SHIPPED_FILE = readFileSync(join(import.meta.dirname, '../../../../shared/data/models/failure.json'), 'utf8');
const shippedModel = parseModelFile(JSON.parse(SHIPPED_FILE));

function setUp() {
  const deps = {
    registry: makeMemoryModelRegistry(),
    artifacts: makeMemoryModelArtifacts(),
    shipped: aModelVersion('a', heldOut(rightOf(900, 1000))).version,
  };
  const production = async () => productionOf(await deps.registry.read())?.id;
  return { deps, production };
}

const better = () => aModelVersion('b', heldOut(rightOf(950, 1000)));

describe('the registry of models', () => {
  it('begins with the version that ships with the code, so that every other is compared with it', async () => {
    const { deps, production } = setUp();
    const worse = aModelVersion('c', heldOut(rightOf(700, 1000)));
    await registerModel(worse.version, worse.file, BY, deps);
    expect(await production()).toBe('a'.repeat(16));
    const refused = await promoteModel({ id: 'c'.repeat(16), to: 'production' }, BY, deps);
    expect(refused).toMatchObject({
      kind: 'refused',
      reasons: expect.arrayContaining([expect.stringContaining('worse')]),
    });
    expect(await production()).toBe('a'.repeat(16));
  });

  it('[C41] takes a better one stage after stage, and gives the one before back', async () => {
    const { deps, production } = setUp();
    const { version, file } = better();
    await registerModel(version, file, BY, deps);
    await registerModel(version, file, BY, deps);
    expect(await promoteModel({ id: 'b'.repeat(16) }, BY, deps)).toMatchObject({ kind: 'changed' });
    expect(await production()).toBe('a'.repeat(16));
    expect(await promoteModel({ id: 'b'.repeat(16) }, BY, deps)).toMatchObject({ kind: 'changed' });
    expect(await production()).toBe('b'.repeat(16));
    expect(await rollBackModel(BY, deps)).toMatchObject({ kind: 'changed' });
    expect(await production()).toBe('a'.repeat(16));
  });

  it('promotes nothing whose file is missing or not the one that was registered', async () => {
    const { deps } = setUp();
    const { version, file } = better();
    await registerModel(version, file, BY, deps);
    await deps.artifacts.put(version.artifact, `${file} `);
    expect(await promoteModel({ id: 'b'.repeat(16) }, BY, deps)).toMatchObject({
      reasons: [expect.stringContaining('differs from the registered one')],
    });
    const empty = { ...deps, artifacts: makeMemoryModelArtifacts() };
    expect(await promoteModel({ id: 'b'.repeat(16) }, BY, empty)).toMatchObject({
      reasons: [expect.stringContaining('missing')],
    });
    expect(await promoteModel({ id: 'f'.repeat(16) }, BY, deps)).toMatchObject({
      reasons: [expect.stringContaining('not registered')],
    });
  });

  it('loses no change when two are made at once', async () => {
    const { deps } = setUp();
    const samples = ['1', '2', '3', '4'].map((name) => aModelVersion(name));
    await Promise.all(samples.map(({ version, file }) => registerModel(version, file, BY, deps)));
    expect((await deps.registry.read()).entries).toHaveLength(5);
  });
});

describe('the model in production', () => {
  /** Another real model: the shipped one under another id. */
  const otherFile = SHIPPED_FILE.replace(shippedModel.id, 'b'.repeat(16));

  async function aProduction(file: string, stored: string | null = file) {
    const clock = fakeClock();
    const { deps } = setUp();
    const { version } = aModelVersion('b', heldOut(rightOf(950, 1000)), file);
    await registerModel(version, file, BY, deps);
    await promoteModel({ id: 'b'.repeat(16), to: 'production' }, BY, deps);
    const artifacts = makeMemoryModelArtifacts();
    if (stored !== null) await artifacts.put(version.artifact, stored);
    const meter = makeRecordingMeter();
    const ports = { registry: deps.registry, artifacts, shipped: shippedModel, clock, meter, log: makeRecordingLog() };
    return { ...ports, deps, model: makeProductionModel(ports) };
  }

  it('[C40] is the shipped one while nothing else was promoted', async () => {
    const ports = {
      registry: makeMemoryModelRegistry(),
      artifacts: makeMemoryModelArtifacts(),
      shipped: shippedModel,
      clock: fakeClock(),
      meter: makeRecordingMeter(),
      log: makeRecordingLog(),
    };
    expect(await makeProductionModel(ports)()).toBe(shippedModel);
    expect(ports.meter.counts).toEqual({});
  });

  it('[C40][E47] is the one that was promoted, within five minutes, and the one before after a rollback', async () => {
    const { model, deps, clock } = await aProduction(otherFile);
    expect((await model())?.id).toBe('b'.repeat(16));
    await rollBackModel(BY, deps);
    clock.advance(4 * 60_000);
    expect((await model())?.id).toBe('b'.repeat(16));
    clock.advance(2 * 60_000);
    // What was in production before is neither the shipped one of this test nor stored: the shipped one decides.
    expect(await model()).toBe(shippedModel);
  });

  it.each([
    ['is missing', otherFile, null],
    ['was changed by one byte', otherFile, `${otherFile} `],
    ['is no model', '{"version":1}', undefined],
    ['holds another model', SHIPPED_FILE, undefined],
  ] as const)('is the shipped one when the file %s, and that is counted', async (_why, file, stored) => {
    const { model, meter } = await aProduction(file, stored);
    expect(await model()).toBe(shippedModel);
    expect(meter.counts['model-registry-unusable']).toBe(1);
  });

  it('is the shipped one when the registry cannot be read', async () => {
    const { registry, ...ports } = await aProduction(otherFile);
    const broken = { ...registry, read: () => Promise.reject(new Error('The table is gone.')) };
    expect(await makeProductionModel({ ...ports, registry: broken })()).toBe(shippedModel);
    expect(digestOf(SHIPPED_FILE)).toHaveLength(64);
  });
});
