import { Refused, Retryable, UnreadableAnswer } from '@selfheal/kernel/errors.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeDiagnosisModel } from '#shared/plugins/llm/protocol/ask-for-diagnosis.ts';
import { aClassification, aFullBudget, anAnswer, aReport, someProse, someTokens } from '#test/builders/index.ts';
import { fakeModelClient } from '#test/fakes/index.ts';

import { ask, look, open, prompts, report, request, settings } from './diagnosis-rig.ts';

describe('asking a model for a diagnosis', () => {
  it('gives the parsed reply and what it took', async () => {
    expect(await ask(report())).toMatchObject({
      kind: 'answered',
      reply: { rootCause: 'The registry reset the connection.', choice: 'rerun', dropped: 0 },
      spent: { modelId: 'big', turns: 1, tokens: someTokens(), lookups: [] },
    });
  });

  it('[C21] offers only the candidates and human as choices', async () => {
    const { call, diagnose } = open([report()]);
    await diagnose();
    expect(call(0).tools.at(-1)?.schema).toMatchObject({
      properties: { choice: { enum: ['rerun', 'human'] }, confidence: { enum: ['high', 'medium', 'low'] } },
    });
  });

  it('[C52] asks for three changes where code is at fault, knowing the failure, its lines and the code, and keeps no more', async () => {
    const change = (title: string) => ({ title, file: 'src/cart.ts', code: `total(${title})`, evidence: ['L1', 'F2'] });
    const suggestions = ['a', 'b', 'c', 'd'].map(change);
    const { call, diagnose } = open([look({ file: 'src/cart.ts' }), report({ suggestions })]);
    const result = await diagnose();
    const { turns, tools } = call(1);
    const shown = JSON.stringify(turns);
    for (const known of ['test_failure', 'L1| ', 'F2| abc by someone']) expect(shown).toContain(known);
    expect(tools.at(-1)?.schema).toMatchObject({ properties: { suggestions: { maxItems: 3 } } });
    const consulted = [expect.objectContaining({ ref: 'F2' })];
    expect(result).toMatchObject({ kind: 'answered', reply: { suggestions: ['a', 'b', 'c'].map(change), consulted } });
  });

  it('[A74] asks the model of the failure family with its own prompt, others the usual one', async () => {
    const { used, call, diagnose } = open([report(), report()], { modelIdOf: { code: 'coder' } });
    expect(await diagnose()).toMatchObject({ spent: { modelId: 'coder' } });
    expect(await diagnose({ ...request, classification: aClassification() })).toMatchObject({
      spent: { modelId: 'big' },
    });
    expect(used).toEqual(['coder', 'big']);
    expect(call(0).system).toContain('Look at the code.');
    expect(call(1).system).not.toContain('Look at the code.');
  });

  it('removes references of lines that do not exist, and drops what cites nothing else, and counts it', async () => {
    const suggestion = { title: 'Retry', file: 'a.ts', code: '```ts\nretry();\n```', evidence: ['L2'] };
    const result = await ask(
      report({
        evidence: ['L2', 'L99', '[L2]', 'L1-L2'],
        findings: [
          { claim: 'It was reset.', evidence: ['L2'] },
          { claim: 'Invented.', evidence: ['L77'] },
          { claim: 'Uncited.', evidence: [] },
        ],
        suggestions: [suggestion, { ...suggestion, code: ' retry(); ' }, { ...suggestion, evidence: ['Z1'] }],
      }),
    );
    expect(result).toMatchObject({
      reply: {
        evidence: ['L2', 'L1'],
        findings: [{ claim: 'It was reset.', evidence: ['L2'] }],
        suggestions: [{ title: 'Retry', code: 'retry();' }],
        dropped: 3,
        unchecked: ['No line that was read names a.ts: whether it exists was not checked.'],
      },
    });
  });

  it('[C53] reads a report that the model wrote instead of calling the tool', async () => {
    const text = `Here is my analysis:\n\`\`\`json\n${JSON.stringify(aReport({ choice: 'rerun' }))}\n\`\`\`\nI hope it helps.`;
    expect(await ask(someProse(text))).toMatchObject({ kind: 'answered', reply: { choice: 'rerun' } });
  });

  it.each([
    ['prose', someProse('It broke.')],
    ['a choice that was not offered', report({ choice: 'delete-everything' })],
    ['no evidence that exists', report({ evidence: ['L77'] })],
    ['a missing root cause', report({ rootCause: '' })],
    ['an input that is no object', anAnswer({ name: 'report_diagnosis', input: 'garbage' })],
    ['nothing', someProse('')],
  ])('lets the model repair %s once and counts both turns', async (_what, first) => {
    const { call, diagnose } = open([first, report()]);
    expect(await diagnose()).toMatchObject({
      kind: 'answered',
      spent: { turns: 2, tokens: { input: 180, output: 20 } },
    });
    expect(
      call(1)
        .turns.map(({ role }) => role)
        .slice(0, 2),
    ).toEqual(['user', 'assistant']);
    expect(call(1).mustCall).toBe('report_diagnosis');
  });

  it('gives up after a second invalid answer', async () => {
    const bad = report({ choice: 'other' });
    expect(await ask(bad, bad)).toMatchObject({
      kind: 'unavailable',
      reason: 'The language model gave an invalid answer twice.',
      spent: { turns: 2 },
    });
  });

  it.each([new Retryable('throttled'), new Refused('denied'), new Error('a bug')])(
    'never throws: %s',
    async (error) => {
      const { diagnose, budget } = open([error]);
      expect((await diagnose()).kind).toBe('unavailable');
      expect((budget as ReturnType<typeof aFullBudget>).settled).toEqual([someTokens({ input: 0, output: 0 })]);
    },
  );

  it.each([
    ['no usage', null],
    ['zeros', someTokens({ input: 0, output: 0 })],
    ['no tokens read', someTokens({ input: 0 })],
    ['no tokens written', someTokens({ output: 0 })],
  ])('books the estimate when the provider reports %s', async (_what, tokens) => {
    const { diagnose, budget } = open([{ ...report(), tokens }]);
    const { spent } = await diagnose();
    expect(spent.tokens.input).toBeGreaterThan(100);
    expect(spent.tokens.output).toBe(settings.maxOutputTokens);
    expect((budget as ReturnType<typeof aFullBudget>).settled).toEqual([spent.tokens]);
  });

  it('books the estimate for an answer that cannot be read: it was paid', async () => {
    const { diagnose, budget } = open([new UnreadableAnswer('usage: not a number')]);
    expect((await diagnose()).kind).toBe('unavailable');
    expect((budget as ReturnType<typeof aFullBudget>).settled).toMatchObject([{ output: settings.maxOutputTokens }]);
  });

  it('[A58] tells a reader that nothing listens at the address, without telling the address', async () => {
    const { diagnose } = open([new Retryable('Asking Ollama: connect ECONNREFUSED 10.0.0.7:11434')]);
    const answer = await diagnose();
    expect(answer).toMatchObject({ reason: expect.stringContaining('refuses connections') });
    expect(JSON.stringify(answer)).not.toContain('10.0.0.7');
  });

  it('gives up in time even when the client ignores the signal, and leaves the estimate spent', async () => {
    const client = fakeModelClient({ call: () => new Promise(() => {}) });
    const budget = aFullBudget();
    const model = makeDiagnosisModel({
      settings: { ...settings, timeoutSeconds: 0.05 },
      prompts,
      clientOf: () => client,
    });
    expect(await model.diagnose(request, budget)).toMatchObject({
      kind: 'unavailable',
      reason: 'The language model did not answer in time.',
    });
    expect(budget.settled).toEqual([null]);
  });

  it('asks nothing that the budget has no room for, and no lookup without room for the answer', async () => {
    const empty = open([], {}, { reserve: async () => ({ kind: 'empty', reason: 'No room.' }) });
    expect(await empty.diagnose()).toMatchObject({ kind: 'unavailable', reason: 'No room.', spent: { turns: 0 } });
    const reserved: number[] = [];
    const tight = open(
      [report()],
      {},
      {
        reserve: async (_model, estimate) => {
          reserved.push(estimate.input + estimate.output);
          return reserved.length === 1
            ? { kind: 'empty', reason: 'No room.' }
            : { kind: 'reserved', settle: async () => {} };
        },
      },
    );
    expect((await tight.diagnose()).kind).toBe('answered');
    expect(tight.call(0).mustCall).toBe('report_diagnosis');
    expect(reserved[0]).toBeGreaterThan(2 * (reserved[1] ?? 0));
  });

  it('estimates at least what a call takes', async () => {
    const estimates: number[] = [];
    const { diagnose } = open(
      [report()],
      { maxTurns: 1 },
      {
        reserve: async (_model, { input }) => {
          estimates.push(input);
          return { kind: 'reserved', settle: async () => {} };
        },
      },
    );
    await diagnose();
    // Four characters a token is what providers count for such texts.
    expect(estimates[0]).toBeGreaterThan(JSON.stringify(request.lines).length / 4);
  });

  it('[C21] accepts nothing outside the candidates, whatever the model answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string(), async (value, choice) => {
        const first = anAnswer({ name: 'report_diagnosis', input: value });
        const answer = await ask(first, report({ choice, evidence: [choice] }));
        expect(['rerun', 'human']).toContain(answer.kind === 'answered' ? answer.reply.choice : 'human');
      }),
      { numRuns: 100 },
    );
  });
});
