import type { AwsCall } from '@selfheal/local-cloud/wire/call.ts';
import { makeForwarder } from '@selfheal/local-cloud/wire/forward.ts';
import { startServer } from '@selfheal/local-cloud/wire/server.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeRealBedrock } from '#apps/local/real-bedrock.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';

const MODEL = 'global.anthropic.claude-sonnet-4-5-20250929-v1:0';
const SECRET = ['not', 'a', 'secret'].join('-');
const ask = {
  messages: [{ role: 'user', content: [{ text: 'What broke?' }] }],
  toolConfig: { tools: [{ toolSpec: { name: 'answer', inputSchema: { json: { type: 'object', properties: {} } } } }] },
};

function aCall(path: string, body: unknown = ask): AwsCall {
  const url = path;
  const signal = new AbortController().signal;
  const headers = { 'content-type': 'application/json' };
  const sent = { method: 'POST', url, path, query: new URLSearchParams(), headers, sourceIp: '127.0.0.1', signal };
  const request = { ...sent, body: Buffer.from(JSON.stringify(body)), httpVersion: '2.0' as const };
  return { service: 'bedrock', accessKeyId: 'role', operation: '', input: {}, request };
}
const converse = (modelId: string) => `/model/${encodeURIComponent(modelId)}/converse`;

let world: World;
let signedBy: string[];
let address: Awaited<ReturnType<typeof startServer>>;
/** Amazon's address: the SDK speaks HTTP/2 to it, as it does to Amazon. */
beforeAll(async () => {
  world = await startWorld();
  const forwarder = makeForwarder(world.awsUrl);
  address = await startServer(0, (request) => {
    signedBy.push(`${request.httpVersion} ${request.headers.authorization ?? ''}`);
    return forwarder.forward(request);
  });
});
afterAll(async () => {
  await address.stop();
  await world.stop();
});
beforeEach(() => {
  signedBy = [];
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

function withCredentials(): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDOFSOMEBODY');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', address.endpoint);
}

describe("Amazon Bedrock behind the gateway, with one's own credentials", () => {
  it('is asked what the function asked, signed anew, and its answer comes back whole', async () => {
    withCredentials();
    const answer = await (await makeRealBedrock())(aCall(converse(MODEL)));
    expect(answer.status).toBe(200);
    expect(JSON.parse(String(answer.body))).toMatchObject({
      stopReason: 'tool_use',
      output: { message: { role: 'assistant', content: [{ toolUse: { name: 'answer' } }] } },
      usage: { inputTokens: expect.any(Number) },
    });
    expect(JSON.parse(String(answer.body))).not.toHaveProperty('$metadata');
    expect(world.models.calls().at(-1)).toMatchObject({ modelId: MODEL, prompt: 'What broke?' });
    expect(signedBy).toEqual([expect.stringMatching(/^2\.0 AWS4.*AKIDOFSOMEBODY\/\d+\/eu-west-1\/bedrock\//)]);
  });

  it('refuses in its own words, once', async () => {
    withCredentials();
    world.models.script({ kind: 'error', status: 429, code: 'ThrottlingException' });
    const bedrock = await makeRealBedrock();
    await expect(bedrock(aCall(converse(MODEL)))).rejects.toMatchObject({ code: 'ThrottlingException', status: 429 });
    expect(signedBy).toHaveLength(1);
  });

  it('is unavailable when nothing answers, and asked for Converse alone', async () => {
    withCredentials();
    const bedrock = await makeRealBedrock();
    await expect(bedrock(aCall('/model/x/invoke'))).rejects.toMatchObject({ code: 'NotImplemented' });
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'http://127.0.0.1:1');
    const nowhere = await makeRealBedrock();
    await expect(nowhere(aCall(converse(MODEL)))).rejects.toMatchObject({ code: 'ServiceUnavailableException' });
  });

  it('does not start without a region or with a profile that is not there, and says how to mend it', async () => {
    vi.stubEnv('AWS_PROFILE', 'nobody');
    await expect(makeRealBedrock()).rejects.toThrow(/no region: set AWS_REGION\. Set SELFHEAL_MODEL=rules/);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    await expect(makeRealBedrock()).rejects.toThrow(/no credentials: .*SELFHEAL_MODEL=rules/);
  });
});
