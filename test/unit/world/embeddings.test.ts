import { InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeBedrockEmbedder } from '#shared/adapters/aws/bedrock-embedder.ts';
import { connectEmbedder } from '#shared/app/knowledge/budget.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { embeddingVectorOf, nearnessOf } from '#shared/domain/knowledge/search/embedding.ts';
import { EmbeddingModelId } from '#shared/domain/knowledge/search/recall-settings.ts';
import { termsOfText } from '#shared/domain/knowledge/search/terms.ts';
import type { Embedder } from '#shared/ports/recall.ts';
import { aConfiguration, aPastIncident, redactedText } from '#test/builders/index.ts';
import { fakeClock, makeMemoryControlStore, makeMemoryKnowledgeStore } from '#test/fakes/index.ts';
import { bedrockClient } from './model-rig.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.faults.clear());

const SCOPE = 'repository#501';
const TITAN = 'amazon.titan-embed-text-v2:0';
const OPERATION = 'bedrock:InvokeModel';
const embedder = (modelId: EmbeddingModelId, timeoutSeconds = 5): Embedder =>
  makeBedrockEmbedder({ modelId, timeoutSeconds, client: bedrockClient(world) });

async function meaningIn(one: Embedder, text: string, purpose: 'document' | 'query' = 'document') {
  const answer = await one.embed(redactedText(text), purpose);
  if (answer.kind === 'unavailable') throw new Error(answer.reason);
  return embeddingVectorOf(answer.embedding);
}

describe.each(EmbeddingModelId.options)('the embedding model %s on its wire', (modelId) => {
  it('[E4] brings near what means the same in other words, and nothing else', async () => {
    const one = embedder(modelId);
    const asked = await meaningIn(one, 'disk full', 'query');
    const [same, other] = [
      await meaningIn(one, 'device enospc'),
      await meaningIn(one, 'certificate expired yesterday'),
    ];
    expect(nearnessOf(asked, same)).toBeGreaterThan(0.9);
    expect(nearnessOf(asked, other)).toBeLessThan(0.5);
  });

  it.each([
    ['is busy', 429, /did not answer in time or is busy/],
    ['fails', 500, /did not answer in time or is busy/],
    ['may not be asked', 403, /refused the request/],
  ])('is unavailable, with a reason, when it %s', async (_what, status, reason) => {
    world.faults.inject(OPERATION, { kind: 'status', status }, { times: 1 });
    expect(await embedder(modelId).embed(redactedText('disk full'), 'query')).toEqual({
      kind: 'unavailable',
      reason: expect.stringMatching(reason),
    });
  });

  it('is given up when it takes too long', async () => {
    world.faults.inject(OPERATION, { kind: 'slow', ms: 1500 }, { times: 1 });
    expect(await embedder(modelId, 0.5).embed(redactedText('disk full'), 'query')).toMatchObject({
      kind: 'unavailable',
    });
  });
});

describe('the wire of embedding models', () => {
  it.each([
    [TITAN, { texts: ['x'], input_type: 'search_query' }],
    [TITAN, { inputText: 'x', dimensions: 300 }],
    ['cohere.embed-english-v3', { inputText: 'x' }],
    ['cohere.embed-english-v3', { texts: ['x'.repeat(3000)], input_type: 'search_query' }],
    ['amazon.titan-embed-text-v9:0', { inputText: 'x' }],
  ])('refuses %s with %j', async (modelId, body) => {
    const command = new InvokeModelCommand({ modelId, contentType: 'application/json', body: JSON.stringify(body) });
    await expect(bedrockClient(world).send(command)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('recall with a configured embedding model', () => {
  const query = (text: string) => ({
    incidentId: `gh-${'9'.repeat(24)}`,
    class: 'unknown' as const,
    fingerprint: null,
    terms: termsOfText(text),
    text,
    now: new Date('2026-11-21T12:00:00.000Z'),
  });

  async function setUp(settings: object = {}) {
    const clock = fakeClock();
    const configuration = aConfiguration({ recall: { embeddings: { modelId: TITAN, ...settings } } });
    const control = makeMemoryControlStore(clock);
    const bedrock = (model: { modelId: EmbeddingModelId; timeoutSeconds: number }) =>
      embedder(model.modelId, model.timeoutSeconds);
    const connected = connectEmbedder(configuration, { control, clock, bedrock });
    const store = makeMemoryKnowledgeStore();
    const document = await embedder(TITAN).embed(redactedText('device enospc'), 'document');
    const embedding = document.kind === 'embedded' ? { embedding: document.embedding } : {};
    await store.remember(aPastIncident({ text: 'device enospc', ...embedding }), SCOPE);
    return { recall: makeLocalRecall(store, [], { embedder: connected }), store, connected };
  }

  it('[E4] finds an incident that shares no word with the new one', async () => {
    const { recall } = await setUp();
    const { incidents, limits } = await recall.find(SCOPE, query('disk full'), 5);
    expect(incidents.map(({ reasons }) => reasons.map(({ text }) => text))).toEqual([['similar in meaning']]);
    expect(limits).toEqual([]);
  });

  it('falls back to words when the model fails, and says so', async () => {
    const { recall } = await setUp();
    world.faults.inject(OPERATION, { kind: 'status', status: 503 }, { times: 2 });
    const byWords = await recall.find(SCOPE, query('device enospc'), 5);
    expect(byWords.incidents).toHaveLength(1);
    expect(byWords.limits).toEqual([
      'Past incidents were compared by their words only. The embedding model did not answer in time or is busy.',
    ]);
    expect((await recall.find(SCOPE, query('disk full'), 5)).incidents).toEqual([]);
  });

  it("asks nothing that the day's budget has no room for", async () => {
    const { connected } = await setUp({ maxTokensPerDay: 1000 });
    const texts = Array.from({ length: 4 }, () => 'x'.repeat(1200));
    const answers = [];
    for (const text of texts) answers.push(await connected?.embed(redactedText(text), 'query'));
    expect(answers.map((answer) => answer?.kind)).toEqual(['embedded', 'embedded', 'unavailable', 'unavailable']);
    expect(answers.at(-1)).toMatchObject({ reason: "Today's budget for the embedding model is used up." });
  });

  it('asks no model in a place where none of the incidents has a meaning', async () => {
    const { connected } = await setUp();
    const store = makeMemoryKnowledgeStore();
    await store.remember(aPastIncident({ text: 'device enospc' }), SCOPE);
    world.faults.inject(OPERATION, { kind: 'status', status: 503 });
    const recall = makeLocalRecall(store, [], { embedder: connected });
    expect((await recall.find(SCOPE, query('disk full'), 5)).limits).toEqual([]);
    expect(world.faults.pending()).toEqual([OPERATION]);
  });

  it('is none unless one is configured', () => {
    const clock = fakeClock();
    const ports = { control: makeMemoryControlStore(clock), clock, bedrock: () => embedder(TITAN) };
    expect(connectEmbedder(aConfiguration(), ports)).toBeNull();
  });
});
