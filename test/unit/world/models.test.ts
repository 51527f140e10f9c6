import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '#apps/local/world/models/scripted-model.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeBedrockModelClient } from '#shared/adapters/aws/bedrock-model-client.ts';
import { makeJsonPost } from '#shared/adapters/http/json-post.ts';
import { connectModel } from '#shared/app/analyze-connect.ts';
import { ModelSettings } from '#shared/domain/configuration/model-settings.ts';
import { makeDiagnosisModel } from '#shared/plugins/llm/ask-for-diagnosis.ts';
import type { ModelPorts } from '#shared/plugins/llm/contract.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';
import { TOOL_NAME } from '#shared/plugins/llm/reply.ts';
import type { DiagnosisRequest, Lookup } from '#shared/ports/diagnosis-model.ts';
import { aClassification, aFullPurse, anEvidenceLine } from '#test/builders/index.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.models.setDefault({ kind: 'plausible' }));
afterEach(() => world.faults.clear());

const KEY = 'local-key';
const PROVIDERS = MODEL_PROVIDERS.filter(({ id }) => id !== 'rules');

const blame: Lookup = {
  name: 'blame',
  description: 'The last commits that touched a file.',
  schema: { type: 'object', properties: { file: { type: 'string' } }, required: ['file'], additionalProperties: false },
  run: async () => ({ kind: 'found', origin: 'Commits', lines: ['abc by someone: Error in totals'] }),
};
const request: DiagnosisRequest = {
  subject: 'A failed run',
  classification: aClassification(),
  lines: [anEvidenceLine({ ref: 'L7', number: 7, text: 'Error: 1 !== 2' })],
  candidates: [{ label: 'rerun', description: 'Run the failed jobs again' }],
  similar: [],
  lookups: [blame],
};

/** In production Bedrock is behind the gateway, which speaks HTTP/2 as its client does; this one speaks HTTP/1.1 like Lambda's. */
function bedrockClient(): BedrockRuntimeClient {
  const settings = {
    endpoint: world.awsUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'role', secretAccessKey: 'unused' },
    maxAttempts: 1,
  };
  return new BedrockRuntimeClient({ ...settings, requestHandler: new LambdaClient(settings).config.requestHandler });
}

const ports = (): ModelPorts => ({
  json: makeJsonPost({ origin: world.url }),
  key: async () => KEY,
  bedrock: (modelId, { caches }) => makeBedrockModelClient({ modelId, caches, client: bedrockClient() }),
});

const settingsOf = (sample: Readonly<Record<string, unknown>>, change: object = {}) =>
  ModelSettings.parse({ ...sample, timeoutSeconds: 5, ...change });

const diagnose = (sample: Readonly<Record<string, unknown>>, change: object = {}, asked = request) =>
  connectModel(settingsOf(sample, change), { base: 'Diagnose.', ofFamily: {} }, ports()).diagnose(asked, aFullPurse());

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

describe('the local model servers refuse what the real ones would', () => {
  const sent: { url: string; headers: Record<string, string>; body: Record<string, unknown> }[] = [];
  const recording = (): ModelPorts['json'] => ({
    async post(one) {
      sent.push({
        url: one.url,
        headers: { ...one.headers },
        body: structuredClone(one.body) as Record<string, unknown>,
      });
      return makeJsonPost({ origin: world.url }).post(one);
    },
  });

  /** The second request of a conversation with a lookup. */
  async function goodRequest(id: string) {
    const { sample } = PROVIDERS.find((one) => one.id === id) ?? { sample: {} };
    const settings = settingsOf(sample);
    const provider = PROVIDERS.find((one) => one.id === id);
    world.models.script({ kind: 'look', uses: [{ name: 'blame', input: { file: 'a.ts' } }] });
    const clientOf = (modelId: string) => {
      if (provider === undefined) throw new Error(id);
      return provider.connect(modelId, settings, { ...ports(), json: recording() });
    };
    await makeDiagnosisModel({ settings, prompts: { base: 'x', ofFamily: {} }, clientOf }).diagnose(
      request,
      aFullPurse(),
    );
    const last = sent.at(-1);
    if (last === undefined) throw new Error('Nothing was sent.');
    return last;
  }

  async function statusOf({ url, headers, body }: (typeof sent)[number]): Promise<number> {
    const { pathname } = new URL(url);
    const response = await fetch(world.url + pathname, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return response.status;
  }

  type Spoil = (good: (typeof sent)[number]) => void;
  const toolsOf = (body: Record<string, unknown>) => body.tools as Record<string, Record<string, unknown>>[];
  const messagesOf = (body: Record<string, unknown>) => (body.messages ?? body.input) as Record<string, unknown>[];
  const CASES: readonly [string, string, number, Spoil][] = [
    ['anthropic', 'no key', 401, ({ headers }) => delete headers['x-api-key']],
    ['anthropic', 'no version', 400, ({ headers }) => delete headers['anthropic-version']],
    ['anthropic', 'no limit of tokens', 400, ({ body }) => delete body.max_tokens],
    ['anthropic', 'an unknown field', 400, ({ body }) => Object.assign(body, { response_format: {} })],
    [
      'anthropic',
      "another provider's tool shape",
      400,
      ({ body }) => Object.assign(body, { tools: [{ type: 'function', function: {} }] }),
    ],
    [
      'anthropic',
      'a schema that is no object',
      400,
      ({ body }) => Object.assign(toolsOf(body)[0]?.input_schema ?? {}, { type: 'string' }),
    ],
    [
      'anthropic',
      'a forced tool that is not there',
      400,
      ({ body }) => Object.assign(body, { tool_choice: { type: 'tool', name: 'other' } }),
    ],
    [
      'anthropic',
      'an unanswered use of a tool',
      400,
      ({ body }) => messagesOf(body).push({ role: 'assistant', content: [{ type: 'text', text: 'x' }] }),
    ],
    [
      'anthropic',
      'an empty text',
      400,
      ({ body }) => Object.assign(messagesOf(body)[0] ?? {}, { content: [{ type: 'text', text: ' ' }] }),
    ],
    ['openai', 'no key', 401, ({ headers }) => delete headers.authorization],
    [
      'openai',
      "another provider's tool shape",
      400,
      ({ body }) => Object.assign(body, { tools: [{ name: 'x', input_schema: {} }] }),
    ],
    [
      'openai',
      'two limits of tokens',
      400,
      ({ body }) => Object.assign(body, { max_tokens: 5, max_completion_tokens: 5 }),
    ],
    [
      'openai',
      'arguments that are no text',
      400,
      ({ body }) =>
        Object.assign(messagesOf(body)[2] ?? {}, {
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'x', arguments: {} } }],
        }),
    ],
    [
      'openai',
      'a result of no call',
      400,
      ({ body }) => messagesOf(body).push({ role: 'tool', tool_call_id: 'other', content: 'x' }),
    ],
    ['openai-responses', 'no key', 401, ({ headers }) => delete headers.authorization],
    ['openai-responses', 'messages instead of input', 400, ({ body }) => Object.assign(body, { messages: [] })],
    [
      'openai-responses',
      'an output of no call',
      400,
      ({ body }) => messagesOf(body).push({ type: 'function_call_output', call_id: 'other', output: 'x' }),
    ],
    ['ollama', 'a stream', 400, ({ body }) => Object.assign(body, { stream: true })],
    [
      'ollama',
      'a context that is too small',
      400,
      ({ body }) => Object.assign(body, { options: { num_predict: 3000, num_ctx: 2048 } }),
    ],
    [
      'ollama',
      'a choice of tools, which it does not know',
      400,
      ({ body }) => Object.assign(body, { tool_choice: 'required' }),
    ],
  ];
  it.each(CASES)('%s: %s', async (id, _what, status, spoil) => {
    const good = await goodRequest(id);
    expect(await statusOf(good)).toBe(200);
    spoil(good);
    expect(await statusOf(good)).toBe(status);
  });

  it('gives Bedrock the shapes of Converse, and refuses others', async () => {
    const good = { messages: [{ role: 'user', content: [{ text: 'x' }] }] };
    const url = `${world.url}/model/maker.model-v1%3A0/converse`;
    const changes = [
      {},
      { messages: [{ role: 'user', content: 'x' }] },
      { max_tokens: 5 },
      { toolConfig: { tools: [] } },
    ];
    const statuses = await Promise.all(
      changes.map((change) => statusOf({ url, headers: {}, body: { ...good, ...change } })),
    );
    expect(statuses).toEqual([200, 400, 400, 400]);
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
    await connectModel(ModelSettings.parse(settings), { base: 'x', ofFamily: {} }, { ...ports(), json }).diagnose(
      request,
      aFullPurse(),
    );
    return urls.at(-1);
  };

  it('[B12] is the usual address of the provider, or another one', async () => {
    expect(await asked({ provider: 'anthropic', modelId: 'm' })).toBe(`https://api.anthropic.com/v1/messages ${KEY}`);
    expect(await asked({ provider: 'openai', modelId: 'm' })).toBe(
      `https://api.openai.com/v1/chat/completions Bearer ${KEY}`,
    );
    const local = { provider: 'openai', modelId: 'm', baseUrl: 'http://vllm:8000/v1/', sendsKey: false };
    expect(await asked(local)).toBe('http://vllm:8000/v1/chat/completions no key');
    expect(await asked({ provider: 'ollama', modelId: 'm' })).toBe('http://127.0.0.1:11434/api/chat no key');
  });

  it('[A70] may want a key where a model of its own is exposed', async () => {
    const exposed = { provider: 'ollama', modelId: 'm', baseUrl: 'https://models.example.com/ollama', sendsKey: true };
    expect(await asked(exposed)).toBe(`https://models.example.com/ollama/api/chat Bearer ${KEY}`);
  });

  it('is nowhere while the secret holds no key', async () => {
    const unset = { ...ports(), json, key: async () => 'not-set' };
    const before = urls.length;
    const model = connectModel(
      ModelSettings.parse({ provider: 'anthropic', modelId: 'm' }),
      { base: 'x', ofFamily: {} },
      unset,
    );
    expect(await model.diagnose(request, aFullPurse())).toMatchObject({ kind: 'unavailable' });
    expect(urls).toHaveLength(before);
  });

  it('has settings that its provider can use', () => {
    for (const { sample, problem } of PROVIDERS) expect(problem(ModelSettings.parse(sample))).toBeNull();
    const unknown = ModelSettings.parse({ provider: 'parrot', modelId: 'm' });
    expect(() => connectModel(unknown, { base: 'x', ofFamily: {} }, ports())).toThrow(/no provider parrot/);
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
