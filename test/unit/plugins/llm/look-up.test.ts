import { Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import type { Lookup } from '#shared/ports/diagnosis-model.ts';
import type { ModelTurn } from '#shared/ports/model-client.ts';
import { anAnswer, redactedText } from '#test/builders/index.ts';
import { blame, look, open, report, request } from './diagnosis-rig.ts';

describe('what a model looks up before it answers', () => {
  it('lets the model look things up first, and cite what it found', async () => {
    const { call, diagnose } = open([look({ file: 'a.ts' }), report({ evidence: ['L1', 'F2'] })]);
    const result = await diagnose();
    expect(result).toMatchObject({
      kind: 'answered',
      reply: { evidence: ['L1', 'F2'], consulted: [{ ref: 'F2', origin: 'Commits', text: 'abc by someone' }] },
      spent: { turns: 2, lookups: ['blame'] },
    });
    expect(call(0).mustCall).toBe('any');
    expect(call(1).turns.at(-1)).toMatchObject({ role: 'results', results: [{ id: 'u0', failed: false }] });
    expect(JSON.stringify(call(1).turns.at(-1))).toContain('F1| asked {');
  });

  it('reminds the model of what it asked for without the secrets that it wrote', async () => {
    const token = ['ghp', 'Zx9Qw3Er7Ty1Ui5Op2As8Df4Gh6Jk0Lz3XcV'].join('_');
    const { call, diagnose } = open([
      look({ file: `a.ts?token=${token}` }),
      anAnswer({ name: 'blame', input: token }),
      report(),
    ]);
    await diagnose();
    const sent = call(2).turns.filter(({ role }) => role === 'assistant');
    expect(sent).toHaveLength(2);
    expect(JSON.stringify(sent)).not.toContain(token.slice(4, 12));
    expect(sent[0]).toMatchObject({ uses: [{ name: 'blame', input: { file: expect.stringContaining('a.ts') } }] });
  });

  it('takes six turns at most: the fifth has to report, the sixth is for a repair', async () => {
    const { client, call, diagnose } = open([look(), look(), look(), look(), look(), look(), report()]);
    expect(await diagnose()).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('invalid answer twice'),
    });
    expect(client.calls).toHaveLength(6);
    expect([0, 3, 4, 5].map((at) => call(at).mustCall)).toEqual(['any', 'any', 'report_diagnosis', 'report_diagnosis']);
  });

  it('lets a model without tools report at once', async () => {
    const { call, diagnose } = open([report()], { maxTurns: 1 });
    await diagnose();
    expect(call(0).mustCall).toBe('report_diagnosis');
  });

  it('tells the model of lookups that fail, hang on bad input or do not exist, and goes on', async () => {
    const broken: Lookup = { ...blame, name: 'broken', run: async () => Promise.reject(new Retryable('secret words')) };
    const uses = anAnswer({ name: 'broken', input: 1 }, { name: 'delete_everything', input: {} });
    const { call, diagnose } = open([uses, report()]);
    expect((await diagnose({ ...request, lookups: [broken] })).kind).toBe('answered');
    expect(call(1).turns.at(-1)).toMatchObject({
      results: [
        { failed: true, text: 'It could not be read (Retryable).' },
        { failed: true, text: 'There is no tool with this name.' },
      ],
    });
  });

  it('cuts what a lookup brings, in lines and characters', async () => {
    const endless: Lookup = {
      ...blame,
      run: async () => ({
        kind: 'found',
        origin: redactedText('Log'),
        lines: Array.from({ length: 5000 }, () => redactedText('x'.repeat(5000))),
      }),
    };
    const { call, diagnose } = open([look(), report()]);
    await diagnose({ ...request, lookups: [endless] });
    const [result] = (call(1).turns.at(-1) as Extract<ModelTurn, { role: 'results' }>).results;
    expect(result?.text.length).toBeLessThan(7000);
    expect(result?.text).toContain('more lines were omitted');
  });
});
