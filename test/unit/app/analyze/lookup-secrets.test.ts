import { writeZip } from '@selfheal/fake-github/zip/zip-writer.ts';
import { jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { logLookups } from '#shared/app/analyze/lookups-log.ts';
import { serviceLookups } from '#shared/app/analyze/lookups-service.ts';
import type { Lookup } from '#shared/ports/diagnosis-model.ts';
import type { MetricReader } from '#shared/ports/metric-reader.ts';
import { aConfiguration, aGithubTarget, anAlarmTarget, anEvidence, aService } from '#test/builders/index.ts';
import { fakeClock, fakeCodeHost, fakeServiceLogs, scripted } from '#test/fakes/index.ts';

/** Made here of random characters; no key of anybody. Split, so that nothing takes it for one. */
const body = fc
  .array(fc.stringMatching(/^[A-Za-z0-9+/]{64}$/), { minLength: 30, maxLength: 90 })
  .map((lines) => [['-----BEGIN RSA PRIVATE', 'KEY-----'].join(' '), ...lines, '-----END RSA PRIVATE KEY-----']);
const STAMP = '2026-11-20T10:00:00.0000000Z ';

/** Pieces of the key that stand in a text. */
function piecesIn(text: string, key: readonly string[]): string[] {
  return key.slice(1, -1).filter((line) => text.includes(line.slice(0, 8)) || text.includes(line.slice(20, 44)));
}

async function everything(lookups: readonly Lookup[], inputs: Readonly<Record<string, readonly unknown[]>>) {
  const found = [];
  for (const lookup of lookups)
    for (const input of inputs[lookup.name] ?? [])
      found.push(JSON.stringify(await lookup.run(input, AbortSignal.timeout(5000))));
  return found;
}

describe('a private key whose first line is outside of what is looked up', () => {
  it('is brought by no lookup in the logs of a run, wherever it stands and whatever is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(body, fc.nat({ max: 60 }), fc.nat({ max: 44 }), async (key, before, after) => {
        const lines = [
          ...Array.from({ length: before }, (_, n) => `${STAMP}step ${n}`),
          ...key.map((line) => STAMP + line),
          ...Array.from({ length: after }, (_, n) => `${STAMP}after ${n}`),
          `${STAMP}##[error]Process completed with exit code 1.`,
        ];
        const codeHost = fakeCodeHost({
          listJobs: async () => [
            { id: 2, name: jobNameOf('unit'), conclusion: 'failure', url: null, failedStep: null },
          ],
          downloadLogs: async () => ({
            kind: 'archive',
            bytes: writeZip([{ name: '1_unit.txt', content: `${lines.join('\n')}\n` }]),
          }),
        });
        const at = before + Math.floor(key.length / 2);
        const line = { ref: 'L1', number: at, text: '[redacted:private-key:1]', score: 1 };
        const evidence = anEvidence({
          sources: [{ id: 'job-2', name: 'unit', url: null, totalLines: lines.length, lines: [line] }],
        });
        const lookups = logLookups(aGithubTarget(), evidence, { codeHost, archives: makeZipLogArchive() });
        const middle = key[Math.floor(key.length / 2)] ?? '';
        const found = await everything(lookups, {
          failing_step: [{}],
          log_around: [{ ref: 'L1' }],
          search_log: [{ contains: middle.slice(0, 6) }, { contains: middle.slice(30, 40) }, { contains: 'ab' }],
        });
        expect(found).toHaveLength(5);
        expect(found[1]).toContain('"kind":"found"');
        expect(piecesIn(found.join('\n'), key)).toEqual([]);
        // Neither does a search tell what was taken out.
        expect(found[3]).toContain('No line contains it.');
      }),
      { numRuns: 40 },
    );
  });

  it("is brought by no lookup in a service's log, whether it is one event or one for each line", async () => {
    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), async (key, isOneEvent) => {
        const texts = isOneEvent ? [key.join('\n')] : key;
        const recent = async () => texts.map((text) => ({ at: '2026-11-21T11:00:00.000Z', text: `${text}\n` }));
        const lookups = serviceLookups(anAlarmTarget(), {
          serviceLogs: fakeServiceLogs({ recent }),
          metrics: scripted<MetricReader>('metrics'),
          configuration: aConfiguration({ services: [{ ...aService(), alarms: ['checkout-errors'] }] }),
          clock: fakeClock(),
        });
        const words = key.slice(10, 13).flatMap((line) => [line.slice(0, 5), line.slice(9, 20)]);
        const found = await everything(lookups, {
          search_log: [...words, 'redacted', 'a', 'PRIVATE'].map((contains) => ({ contains })),
        });
        expect(piecesIn(found.join('\n'), key)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
