import { describe, expect, it } from 'vitest';
import { analyze } from '#shared/app/analyze/analyze.ts';
import {
  anEvidence,
  answeredDiagnosis,
  aTelemetry,
  redactedText,
  someRunFacts,
  someSpending,
} from '#test/builders/index.ts';
import type { MemoryPolicyStore, makeMemoryEvidenceStore, makeMemoryStatsStore } from '#test/fakes/index.ts';
import { answered, MODEL, PRICES, setUp } from '../analyze-rig.ts';

describe('analysing', () => {
  it('[D23] [C72] asks the model among the candidates of code, records its choice and what it cost', async () => {
    const { run, read, asked, control, meter, incident } = await setUp({ model: { prices: PRICES } });
    expect(await run()).toEqual({ source: 'model', confidence: 0.85, preExisting: false });
    expect(asked[0]?.candidates.map(({ label }) => label)).toEqual(['rerun-failed-jobs']);
    expect(await read()).toMatchObject({
      source: 'model',
      confidence: 0.85,
      rootCause: answered.reply.rootCause,
      choice: 'rerun-failed-jobs',
      preExisting: false,
      note: { code: 'by-model', text: 'Written by a language model (900 tokens in 1 turn, 0.0039 US dollars).' },
      model: { modelId: MODEL, inputTokens: 800, outputTokens: 100, microdollars: 3900 },
    });
    expect(await control.total(`tokens#${incident.id}`)).toBe(900);
    expect(meter.counts['model-tokens']).toBe(900);
    expect(meter.counts['model-microdollars']).toBe(3900);
  });

  it('takes the incident that the search right before stored, and reads it where that was not of this execution', async () => {
    const { run, deps, incident } = await setUp();
    await run();
    let reads = 0;
    const { get } = deps.incidents;
    Object.assign(deps.incidents, {
      get: async (id: string) => {
        reads += 1;
        return await get(id);
      },
    });
    const input = { incidentId: incident.id, useModel: false, knowledgeId: null };
    await analyze({ ...input, isKept: true }, deps);
    expect(reads).toBe(0);
    await analyze(input, deps);
    expect(reads).toBe(1);
  });

  it('[D23] says which incident cannot be analysed when its evidence is gone, and asks nobody', async () => {
    const { run, deps, asked, incident } = await setUp({ model: { prices: PRICES } });
    Object.assign(deps.evidence, { getEvidence: async () => null });
    await expect(run()).rejects.toThrow(
      `Incident ${incident.id} cannot be analysed: its evidence or classification is missing.`,
    );
    expect(asked).toEqual([]);
  });

  it('shows claims, code and what was dropped to the reader, and keeps what each rests on', async () => {
    const evidence = ['L1', 'F1'];
    const result = answeredDiagnosis({
      evidence,
      findings: [{ claim: redactedText('The mirror was down.'), evidence: ['L1'] }],
      suggestions: [
        {
          title: redactedText('Retry'),
          file: redactedText('src/a.ts'),
          code: redactedText('const fence = "```";'),
          evidence,
        },
      ],
      consulted: [{ ref: 'F1', origin: redactedText('Commits'), text: redactedText('abc') }],
      dropped: 2,
    });
    const { run, read } = await setUp({ result });
    await run();
    const diagnosis = await read();
    expect(diagnosis.rootCause).toBe('The registry reset the connection.\n\nThe mirror was down.');
    expect(diagnosis.fix).toContain('Change 1: Retry (`src/a.ts`)\n\n````ts\nconst fence = "```";\n````');
    expect(diagnosis.unchecked[0]?.text).toContain('2 statements of the language model left out');
    expect(diagnosis.model).toMatchObject({
      findings: [{ claim: 'The mirror was down.', evidence: ['L1'] }],
      consulted: [{ ref: 'F1', origin: 'Commits', text: 'abc' }],
    });
  });

  it('takes "human" for no advice where nothing could be chosen', async () => {
    const { run, read, deps, incident } = await setUp();
    const evidence = deps.evidence as ReturnType<typeof makeMemoryEvidenceStore>;
    await evidence.putTelemetry(incident.id, aTelemetry({ facts: someRunFacts({ conclusion: 'success' }) }));
    await run();
    expect(await read()).toMatchObject({ choice: null });
  });

  it('says that coverage fell and that the run took twice as long, against the baseline of the default branch', async () => {
    const { run, read, deps, incident } = await setUp({ result: null });
    const evidence = deps.evidence as ReturnType<typeof makeMemoryEvidenceStore>;
    const stats = deps.stats as ReturnType<typeof makeMemoryStatsStore>;
    const [source] = anEvidence().sources;
    if (source === undefined) throw new Error('The evidence has no source.');
    const [line] = source.lines;
    if (line === undefined) throw new Error('The evidence has no line.');
    const total = { ...line, ref: 'L99', number: 99, text: redactedText('TOTAL    1200    262    78%') };
    await evidence.putEvidence(anEvidence({ sources: [{ ...source, lines: [...source.lines, total] }] }));
    const facts = (usualSeconds: number[]) => aTelemetry({ facts: someRunFacts({ usualSeconds }) });
    await evidence.putTelemetry(incident.id, facts([290, 310, 300]));
    const metrics = { coverage: { mean: 85.25, runs: 10 } };
    await stats.keepRunBaseline('acme/shop', { at: '2026-11-20T12:00:00.000Z', metrics });
    await run();
    const { rootCause } = await read();
    expect(rootCause).toContain(
      'Coverage fell to 78.0 %; the baseline is 85.3 % (the last 10 runs of the default branch).',
    );
    expect(rootCause).toContain('The run took 10 minutes, 2.0 times the 5 minutes of the runs that passed');
    await evidence.putTelemetry(incident.id, facts([590, 610, 600]));
    await stats.keepRunBaseline('acme/shop', {
      at: '2026-11-20T12:00:00.000Z',
      metrics: { coverage: { mean: 78.4, runs: 10 } },
    });
    await run();
    expect((await read()).rootCause).not.toMatch(/Coverage|The run took/);
  });

  it.each([
    [
      'Total: 7 (UNKNOWN: 0, LOW: 0, MEDIUM: 0, HIGH: 5, CRITICAL: 2)',
      /counts 5 high .* baseline is 3 .* counts 2 critical vuln.* is 0 /,
    ],
    [
      '7 vulnerabilities (1 low, 5 high, 1 critical)',
      /counts 5 high vulnerabilities; .*counts 1 critical vulnerability; /,
    ],
    ['found 3 vulnerabilities (3 high, 0 critical)', null],
    ['found 9 vulnerabilities', /The checks count 9 findings; the baseline is 4\.5 \(the last 10 runs of the default/],
    ['✖ 5 problems (5 errors, 0 warnings)', /The checks count 5 findings; /],
    ['12 issues:', /The checks count 12 findings; /],
    ['Found 6 errors in 2 files (checked 40 source files)', /The checks count 6 findings; /],
    ['found 0 vulnerabilities', null],
    ['Found 4 errors.', null],
    ['12 issues were closed', null],
    ['CRITICAL: 2 of the jobs took long', null],
  ])('says that the scans of a run count more than the baseline: %s', async (text, says) => {
    const { run, read, deps } = await setUp({ result: null });
    const stats = deps.stats as ReturnType<typeof makeMemoryStatsStore>;
    await (deps.evidence as ReturnType<typeof makeMemoryEvidenceStore>).putEvidence(
      anEvidence({ texts: ['Error', text] }),
    );
    const metrics = {
      'vulnerabilities.high': { mean: 3, runs: 10 },
      'vulnerabilities.critical': { mean: 0, runs: 10 },
      findings: { mean: 4.5, runs: 10 },
    };
    await stats.keepRunBaseline('acme/shop', { at: '2026-11-20T12:00:00.000Z', metrics });
    await run();
    const { rootCause } = await read();
    if (says === null) expect(rootCause).not.toMatch(/The (?:scan|checks) counts?/);
    else expect(rootCause).toMatch(says);
  });

  it('[A75] asks no model for a known fix', async () => {
    const { run, asked } = await setUp();
    expect((await run(false)).source).not.toBe('model');
    expect(asked).toEqual([]);
  });

  it('[B89] says that no model is configured', async () => {
    const { run, read } = await setUp({ result: null });
    await run();
    expect(await read()).toMatchObject({
      source: 'rules',
      choice: null,
      note: { code: 'no-model', text: expect.stringContaining('No language model is configured') },
    });
  });

  it('asks no model while it is switched off or the policy cannot be used, and says so', async () => {
    const { run, read, deps, asked } = await setUp();
    const policy = deps.policy as MemoryPolicyStore;
    await policy.set({ features: { languageModel: false } });
    await run();
    const note = { code: 'no-model', text: expect.stringContaining('is switched off') };
    expect(await read()).toMatchObject({ source: 'rules', note });
    await policy.set({});
    policy.breaks({ kind: 'unreadable', reason: 'broken', revision: null });
    await run();
    expect([(await read()).source, asked.length]).toEqual(['rules', 0]);
  });

  it('falls back to the rules with the reason and the cost when the model gives no usable answer', async () => {
    const reason = 'The language model gave an invalid answer twice.';
    const { run, read } = await setUp({ result: { kind: 'unavailable', reason, spent: someSpending({ turns: 2 }) } });
    expect((await run()).source).toBe('rules');
    expect(await read()).toMatchObject({
      source: 'rules',
      note: {
        code: 'model-failed',
        text: `The language model gave no usable answer: diagnosis by the rules. ${reason} It took 900 tokens in 2 turns.`,
      },
      model: { turns: 2 },
    });
  });
});
