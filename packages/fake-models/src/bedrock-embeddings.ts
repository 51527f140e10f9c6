import { createHash, randomUUID } from 'node:crypto';
import type { Service, WireRequest, WireResponse } from '@selfheal/fake-server/wire.ts';
import * as z from 'zod';
import { parseBody, Unacceptable } from './wire-check.ts';

const PATH = /^\/model\/([^/]+)\/invoke$/;
const COHERE_DIMENSIONS = 1024;

const TitanRequest = z.strictObject({
  inputText: z.string().min(1).max(50_000),
  dimensions: z.literal([256, 512, 1024]).default(1024),
  normalize: z.boolean().default(true),
});
const CohereRequest = z.strictObject({
  texts: z.array(z.string().min(1).max(2048)).min(1).max(96),
  input_type: z.enum(['search_document', 'search_query', 'classification', 'clustering']),
  truncate: z.enum(['NONE', 'START', 'END']).optional(),
});

/** Request format and answer format of each model. */
const MODELS: Readonly<Record<string, (request: WireRequest) => object>> = {
  'amazon.titan-embed-text-v2:0': (request) => {
    const { inputText, dimensions } = parseBody(TitanRequest, request);
    return { embedding: vectorOf(inputText, dimensions), inputTextTokenCount: Math.ceil(inputText.length / 4) };
  },
  'cohere.embed-english-v3': cohere,
  'cohere.embed-multilingual-v3': cohere,
};

function cohere(request: WireRequest): object {
  const { texts } = parseBody(CohereRequest, request);
  const embeddings = texts.map((text) => vectorOf(text, COHERE_DIMENSIONS));
  return { embeddings, id: randomUUID(), response_type: 'embeddings_floats', texts };
}

/** Words that this small model treats as synonyms. */
const MEANINGS: readonly ReadonlySet<string>[] = [
  new Set(['full', 'space', 'enospc', 'quota', 'exhausted']),
  new Set(['disk', 'device', 'volume', 'filesystem']),
  new Set(['refused', 'unreachable', 'econnrefused', 'timeout']),
];

/** Each word has its own direction, synonyms the same one. The vector is their sum, scaled to length 1. */
function vectorOf(text: string, dimensions: number): number[] {
  const words = text.toLowerCase().match(/[a-z]{3,}/g) ?? [text];
  const sum = new Array<number>(dimensions).fill(0);
  for (const word of words) {
    const meaning = MEANINGS.findIndex((set) => set.has(word));
    // One byte per dimension, scaled to -1 to 1.
    const bytes = createHash('shake256', { outputLength: dimensions })
      .update(meaning < 0 ? word : `meaning ${meaning}`)
      .digest();
    for (const [at, byte] of bytes.entries()) sum[at] = (sum[at] ?? 0) + byte / 127.5 - 1;
  }
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}

const failed = (status: number, code: string, message: string): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': code, 'x-amzn-requestid': randomUUID() },
  body: JSON.stringify({ message }),
});
const CODES: Readonly<Record<number, string>> = {
  403: 'AccessDeniedException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
};

/** Bedrock's InvokeModel for embedding models. The gateway in front checks its signature. */
export const bedrockEmbeddings: Service = {
  recognise(request) {
    const [, encoded] = (request.method === 'POST' && PATH.exec(request.path)) || [];
    if (encoded === undefined) return null;
    const model = MODELS[decodeURIComponent(encoded)];
    return {
      service: 'bedrock',
      operation: 'bedrock:InvokeModel',
      fail: (status, { message = 'The request failed.' }) =>
        failed(status, CODES[status] ?? 'ValidationException', message),
      perform() {
        if (model === undefined) return failed(400, 'ValidationException', 'The provided model identifier is invalid.');
        try {
          const headers = { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() };
          return { status: 200, headers, body: JSON.stringify(model(request)) };
        } catch (error) {
          if (error instanceof Unacceptable) return failed(error.status, 'ValidationException', error.message);
          throw error;
        }
      },
    };
  },
};
