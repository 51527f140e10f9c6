import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeJsonPost } from '#shared/adapters/http/json-post.ts';
import type { ModelPorts } from '#shared/plugins/llm/contract.ts';
import { makeDiagnosisModel } from '#shared/plugins/llm/protocol/ask-for-diagnosis.ts';
import { aFullBudget } from '#test/builders/index.ts';
import { PROVIDERS, portsOf, request, settingsOf } from './model-rig.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.models.setDefault({ kind: 'plausible' }));

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
      return provider.connect(modelId, settings, { ...portsOf(world), json: recording() });
    };
    await makeDiagnosisModel({ settings, prompts: { base: 'x', ofFamily: {} }, clientOf }).diagnose(
      request,
      aFullBudget(),
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
