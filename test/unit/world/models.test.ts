import { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import type { Reply } from '@selfheal/fake-models/scripted-model.ts';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { connectModel } from '#shared/app/analyze/connect.ts';
import type { ModelPorts } from '#shared/plugins/llm/contract.ts';
import { TOOL_NAME } from '#shared/plugins/llm/protocol/reply.ts';
import { aFullBudget } from '#test/builders/index.ts';
import { diagnoseIn, KEY, PROVIDERS, portsOf, request } from './model-rig.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.models.setDefault({ kind: 'plausible' }));
const diagnose = (sample: Readonly<Record<string, unknown>>, change: object = {}) => diagnoseIn(world, sample, change);

describe.each(PROVIDERS)('the diagnosis protocol on the wire of $title', ({ id, sample }) => {
  it('looks something up, is answered, and reports what cites it', async () => {
    world.models.script({ kind: 'look', uses: [{ name: 'blame', input: { file: 'a.ts' } }] });
    const result = await diagnose(sample);
    expect(result).toMatchObject({
      kind: 'answered',
      reply: { choice: 'rerun', evidence: expect.arrayContaining(['L7', 'F1']) },
      spent: { turns: 2, lookups: ['blame'], modelId: sample.modelId },
    });
    expect(result.spent.tokens.input).toBeGreaterThan(500);
    expect(result.spent.tokens.output).toBeGreaterThan(20);
    const last = world.models.calls().at(-1);
    expect(last).toMatchObject({ provider: id, modelId: sample.modelId });
    expect(last?.prompt).toContain('F1| abc by someone');
    expect(last?.system).toContain('Diagnose.');
  });

  it('answers several lookups of one turn, and one that fails', async () => {
    const uses = [
      { name: 'blame', input: { file: 'a.ts' } },
      { name: 'nothing_like_this', input: {} },
      { name: 'blame', input: { file: 'b.ts' } },
    ];
    world.models.script({ kind: 'look', uses }, { kind: 'look', uses: uses.slice(0, 1) });
    expect(await diagnose(sample)).toMatchObject({ kind: 'answered', spent: { turns: 3 } });
  });

  it('[D192] is sent the temperature that is set, and none otherwise', async () => {
    const sent = () => JSON.stringify(world.models.calls().at(-1)?.request);
    expect(await diagnose(sample, { temperature: 0.3 })).toMatchObject({ kind: 'answered' });
    expect(sent()).toContain('"temperature":0.3');
    await diagnose(sample);
    expect(sent()).not.toContain('temperature');
  });

  const REPAIRED: readonly Reply[] = [
    { kind: 'prose' },
    { kind: 'invalid' },
    { kind: 'cut-off' },
    { kind: 'invented-evidence' },
    { kind: 'tool', input: {} },
  ];
  it.each(REPAIRED)('repairs $kind in a second turn, and gives up after the same again', async (reply) => {
    world.models.script(reply);
    expect(await diagnose(sample)).toMatchObject({ kind: 'answered', spent: { turns: 2 } });
    world.models.script(reply, reply);
    expect(await diagnose(sample)).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('twice') });
  });

  const BROKEN: readonly [string, Reply, RegExp][] = [
    ['no JSON', { kind: 'garbage' }, /could not be reached/],
    ['an answer that never ends', { kind: 'endless' }, /could not be reached/],
    ['a wrong key', { kind: 'error', status: 403 }, /refused/],
    ['a model that does not exist', { kind: 'error', status: 400 }, /refused/],
    ['no answer in time', { kind: 'slow', ms: 1500 }, /in time/],
  ];
  it.each(BROKEN)('gives up on %s', async (_what, reply, words) => {
    world.models.script(reply);
    const change = reply.kind === 'slow' ? { timeoutSeconds: 1 } : {};
    expect(await diagnose(sample, change)).toMatchObject({ kind: 'unavailable', reason: expect.stringMatching(words) });
  });

  it('never sends the key anywhere but into its header', async () => {
    await diagnose(sample);
    expect(JSON.stringify(world.models.calls().at(-1)?.request)).not.toContain(KEY);
  });
});

const OVER_HTTP = PROVIDERS.filter(({ id }) => id !== 'bedrock');

describe.each(OVER_HTTP)('the API of $title when it is busy', ({ sample }) => {
  it.each([429, 500, 503, 529])('is asked once more after %i', async (status) => {
    world.models.script({ kind: 'error', status, retryAfterSeconds: 0 });
    expect((await diagnose(sample)).kind).toBe('answered');
    world.models.script(
      { kind: 'error', status, retryAfterSeconds: 0 },
      { kind: 'error', status, retryAfterSeconds: 0 },
    );
    expect(await diagnose(sample)).toMatchObject({ reason: 'The language model could not be reached.' });
  });

  it('is not waited for longer than ten seconds', async () => {
    world.models.script({ kind: 'error', status: 429, retryAfterSeconds: 3600 });
    expect(await diagnose(sample)).toMatchObject({ reason: 'The language model could not be reached.' });
  });
});

describe('where a model is looked for', () => {
  const urls: string[] = [];
  const json: ModelPorts['json'] = {
    async post({ url, headers }) {
      urls.push(`${url} ${headers.authorization ?? headers['x-api-key'] ?? 'no key'}`);
      throw new Error('asked');
    },
  };
  const asked = async (settings: object) => {
    await connectModel(
      ModelSettings.parse(settings),
      { base: 'x', ofFamily: {} },
      { ...portsOf(world), json },
    ).diagnose(request, aFullBudget());
    return urls.at(-1);
  };

  it('is the usual address of the provider, or another one', async () => {
    expect(await asked({ provider: 'anthropic', modelId: 'm' })).toBe(`https://api.anthropic.com/v1/messages ${KEY}`);
    expect(await asked({ provider: 'openai', modelId: 'm' })).toBe(
      `https://api.openai.com/v1/chat/completions Bearer ${KEY}`,
    );
    const local = { provider: 'openai', modelId: 'm', baseUrl: 'http://vllm:8000/v1/', sendsKey: false };
    expect(await asked(local)).toBe('http://vllm:8000/v1/chat/completions no key');
    expect(await asked({ provider: 'ollama', modelId: 'm' })).toBe('http://127.0.0.1:11434/api/chat no key');
  });

  it('[A35] is this machine when a model of Ollama is named and nothing else, without a key and within bounds', async () => {
    const parsed = ModelSettings.parse({ provider: 'ollama', modelId: 'm' });
    expect(await asked(parsed)).toBe('http://127.0.0.1:11434/api/chat no key');
    expect(parsed).toMatchObject({
      timeoutSeconds: 90,
      maxTurns: 6,
      maxOutputTokens: 3000,
      maxTokensPerIncident: 120_000,
    });
  });

  it.each(['codellama:13b', 'deepseek-coder'])('[A31] is asked for %s by its name', async (modelId) => {
    const sample = { provider: 'ollama', modelId, baseUrl: 'http://ollama.internal:11434' };
    expect(await diagnose(sample)).toMatchObject({ kind: 'answered', spent: { modelId } });
    expect(world.models.calls().at(-1)).toMatchObject({ provider: 'ollama', modelId });
  });

  it('[A69] is only the address inside the network that was configured', async () => {
    urls.length = 0;
    await asked({ provider: 'ollama', modelId: 'm', baseUrl: 'http://10.20.0.5:11434' });
    await asked({ provider: 'openai', modelId: 'm', baseUrl: 'http://10.20.0.6:8000/v1', sendsKey: false });
    expect(new Set(urls)).toEqual(
      new Set(['http://10.20.0.5:11434/api/chat no key', 'http://10.20.0.6:8000/v1/chat/completions no key']),
    );
  });

  it('[A70] may want a key where a model of its own is exposed', async () => {
    const exposed = { provider: 'ollama', modelId: 'm', baseUrl: 'https://models.example.com/ollama', sendsKey: true };
    expect(await asked(exposed)).toBe(`https://models.example.com/ollama/api/chat Bearer ${KEY}`);
  });

  it('is nowhere while the secret holds no key', async () => {
    const unset = { ...portsOf(world), json, key: async () => 'not-set' };
    const before = urls.length;
    const model = connectModel(
      ModelSettings.parse({ provider: 'anthropic', modelId: 'm' }),
      { base: 'x', ofFamily: {} },
      unset,
    );
    expect(await model.diagnose(request, aFullBudget())).toMatchObject({ kind: 'unavailable' });
    expect(urls).toHaveLength(before);
  });

  it('has settings that its provider can use', () => {
    for (const { sample, problem } of PROVIDERS) expect(problem(ModelSettings.parse(sample))).toBeNull();
    for (const { id, sample, problem } of PROVIDERS) {
      const said = problem(ModelSettings.parse({ ...sample, temperature: 1.5 }));
      expect(said, id).toBe(
        ['anthropic', 'bedrock'].includes(id) ? 'temperature is 1.5; this provider takes 0 to 1.' : null,
      );
    }
    const unknown = ModelSettings.parse({ provider: 'parrot', modelId: 'm' });
    expect(() => connectModel(unknown, { base: 'x', ofFamily: {} }, portsOf(world))).toThrow(/unknown provider parrot/);
  });
});

describe('what every provider is sent', () => {
  it('is a schema that JSON Schema understands', async () => {
    await diagnose({ provider: 'anthropic', modelId: 'm' });
    const schema =
      world.models
        .calls()
        .at(-1)
        ?.tools.find(({ name }) => name === TOOL_NAME)?.schema ?? {};
    const isValid = new Ajv({ strict: true, strictTuples: false }).compile(schema);
    expect(isValid({})).toBe(false);
  });
});
