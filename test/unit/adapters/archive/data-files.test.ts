import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadPlaybooks, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { lookupKnowledge } from '#shared/domain/knowledge/lookup.ts';
import { makeRecall } from '#shared/domain/knowledge/search/recall.ts';
import { type RememberedEntry, rememberedEntry } from '#shared/domain/knowledge/search/remembered-entry.ts';
import { termsOfText } from '#shared/domain/knowledge/search/terms.ts';
import { aClassification } from '#test/builders/index.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'data-files-'));
  mkdirSync(join(folder, 'signatures'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, text: string) => writeFileSync(join(folder, 'signatures', name), text);

const signature = (id: string) => ({
  id,
  title: 'Sound',
  class: 'test_failure',
  verdict: 'regression',
  confidence: 0.5,
  literals: ['sound'],
  pattern: 'sound',
  examples: { matches: ['sound a', 'sound b'], rejects: ['silence', 'noise'] },
  advice: { rootCause: 'It is.', fix: 'Mend it.', prevention: 'Test it.' },
});

it('reads YAML as people write it', async () => {
  put('a.yaml', `signatures:\n  - ${JSON.stringify(signature('from-yaml'))}\n`);
  const { signatures, problems } = await loadSignatures(folder);
  expect(problems).toEqual([]);
  expect([...signatures.byId.keys()]).toEqual(['from-yaml']);
});

it('prefers the JSON that a build made of a file, and checks it the same way', async () => {
  put('a.yaml', `signatures:\n  - ${JSON.stringify(signature('from-yaml'))}\n`);
  put('a.json', JSON.stringify({ signatures: [signature('from-json'), { ...signature('bad'), class: 'nonsense' }] }));
  const { signatures, problems } = await loadSignatures(folder);
  expect([...signatures.byId.keys()]).toEqual(['from-json']);
  expect(problems).toEqual([expect.stringContaining('a.json, signature bad: class')]);
});

it('names a file that cannot be parsed and reads the others', async () => {
  put('a.json', '{');
  put('b.yaml', 'signatures: [');
  put('c.json', JSON.stringify({ signatures: [signature('sound-one')] }));
  const { signatures, problems } = await loadSignatures(folder);
  expect(signatures.all).toHaveLength(1);
  expect(problems.map((problem) => problem.slice(0, 6))).toEqual(['a.json', 'b.yaml']);
});

it('[E48] takes the playbooks of a file that is added into the knowledge, where they are found', async () => {
  const playbook = {
    id: 'warehouse-scanner',
    title: 'Scanner gateway offline',
    class: 'service_unavailability',
    keywords: ['scanner', 'gateway'],
    rootCause: 'The gateway of the scanners lost its uplink.',
    resolution: 'Restart the uplink of the gateway.',
    prevention: 'Watch the uplink.',
    confidence: 0.7,
  };
  mkdirSync(join(folder, 'playbooks'));
  writeFileSync(join(folder, 'playbooks', 'warehouse.yaml'), `playbooks:\n  - ${JSON.stringify(playbook)}\n`);
  const shipped = await loadPlaybooks(join(import.meta.dirname, '../../../../shared/data'));
  const { entries, problems } = await loadPlaybooks(folder);
  expect(problems).toEqual([]);
  const classification = aClassification({ class: 'service_unavailability' });
  const recall = makeRecall<RememberedEntry>();
  for (const entry of [...shipped.entries, ...entries]) recall.put(rememberedEntry(entry));
  const terms = termsOfText('scanner gateway: uplink lost');
  const recalled = recall.find({ ...classification, terms, now: new Date(0) }, { limit: 5 });
  const found = lookupKnowledge(classification, recalled);
  expect((found.match ?? found.similar[0]?.entry)?.resolution).toBe('Restart the uplink of the gateway.');
});
