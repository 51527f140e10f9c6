import { BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { embeddingOf } from '#shared/domain/knowledge/search/embedding.ts';
import type { EmbeddingModelId } from '#shared/domain/knowledge/search/recall-settings.ts';
import type { Embedder } from '#shared/ports/recall.ts';
import { callAws } from './errors.ts';

const TITAN_DIMENSIONS = 256;
const Vector = z.array(z.number()).min(16).max(4096);
const TitanAnswer = z.object({ embedding: Vector });
const CohereAnswer = z.object({ embeddings: z.tuple([Vector]) });

export interface BedrockEmbedderOptions {
  readonly modelId: EmbeddingModelId;
  readonly timeoutSeconds: number;
  readonly client?: BedrockRuntimeClient;
}

/**
 * Amazon Titan Text Embeddings V2 and Cohere Embed 3 through InvokeModel
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html,
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html). One attempt: recall does not wait
 * twice.
 */
export function makeBedrockEmbedder(options: BedrockEmbedderOptions): Embedder {
  const { modelId, timeoutSeconds, client = new BedrockRuntimeClient({ maxAttempts: 1 }) } = options;
  return {
    async embed(text, purpose) {
      const command = new InvokeModelCommand({
        modelId,
        contentType: 'application/json',
        accept: 'application/json',
        body: JSON.stringify(bodyOf(modelId, text, purpose)),
      });
      try {
        const abortSignal = AbortSignal.timeout(timeoutSeconds * 1000);
        const { body } = await callAws('Asking the embedding model', () => client.send(command, { abortSignal }));
        return { kind: 'embedded', embedding: embeddingOf(modelId, vectorIn(modelId, body.transformToString())) };
      } catch (error) {
        if (error instanceof Retryable) return unavailable('did not answer in time or is busy');
        if (error instanceof Refused) return unavailable('refused the request');
        if (error instanceof z.ZodError || error instanceof SyntaxError) return unavailable('gave no usable answer');
        throw error;
      }
    },
  };
}

const unavailable = (what: string) => ({ kind: 'unavailable', reason: `The embedding model ${what}.` }) as const;

function bodyOf(modelId: EmbeddingModelId, text: string, purpose: 'document' | 'query'): object {
  return modelId === 'amazon.titan-embed-text-v2:0'
    ? { inputText: text, dimensions: TITAN_DIMENSIONS, normalize: true }
    : { texts: [text], input_type: `search_${purpose}`, truncate: 'END' };
}

/** Throws `SyntaxError` or `ZodError` when it is not an answer of the model. */
function vectorIn(modelId: EmbeddingModelId, body: string): readonly number[] {
  const json: unknown = JSON.parse(body);
  return modelId === 'amazon.titan-embed-text-v2:0'
    ? TitanAnswer.parse(json).embedding
    : CohereAnswer.parse(json).embeddings[0];
}
