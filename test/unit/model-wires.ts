import type { Exchange } from '@selfheal/fake-server/wire.ts';

const key = (...parts: readonly string[]): string => [...parts, 'made', 'up', '0'].join('-');
/** Forms of keys; none is real. */
export const KEYS = {
  anthropic: key('sk', 'ant', 'api03'),
  openai: key('sk', 'proj'),
  groq: ['gsk', 'madeup'].join('_'),
};

export interface ModelWireRow {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Who is asked, for which model, with which key; null: nobody. */
  readonly asked: { readonly wire: RegExp; readonly modelId: string; readonly key: string | null } | null;
  /** Said about the variables. */
  readonly said?: RegExp;
  readonly isRefused?: true;
}

const ANTHROPIC = /^anthropic:/;
const OPENAI = /^openai:/;
const OLLAMA = /^ollama:/;
const CLAUDE = 'claude-3-5-sonnet-20241022';
const GPT = 'gpt-4-turbo-preview';

/** Sets of variables, and the wire that each calls: the same for `npm start`, the command line, the Action and a deployment. `URL`: the local model servers. */
export const MODEL_WIRES: readonly ModelWireRow[] = [
  {
    name: 'a key of Anthropic',
    variables: { AI_API_KEY: KEYS.anthropic },
    asked: { wire: ANTHROPIC, modelId: 'claude-sonnet-4-5', key: KEYS.anthropic },
  },
  {
    name: 'a key of OpenAI with a model',
    variables: { AI_API_KEY: KEYS.openai, AI_MODEL: GPT },
    asked: { wire: OPENAI, modelId: GPT, key: KEYS.openai },
  },
  {
    name: "Anthropic's own variable",
    variables: { ANTHROPIC_API_KEY: KEYS.anthropic, AI_MODEL: CLAUDE, AI_MAX_TOKENS: '700' },
    asked: { wire: ANTHROPIC, modelId: CLAUDE, key: KEYS.anthropic },
  },
  {
    name: "OpenAI's own variable",
    variables: { OPENAI_API_KEY: KEYS.openai },
    asked: { wire: OPENAI, modelId: 'gpt-5.1', key: KEYS.openai },
  },
  {
    name: 'Ollama',
    variables: { OLLAMA_URL: 'URL', OLLAMA_MODEL: 'codellama:13b' },
    asked: { wire: OLLAMA, modelId: 'codellama:13b', key: null },
  },
  {
    name: 'two keys, and a model of the one',
    variables: { ANTHROPIC_API_KEY: KEYS.anthropic, OPENAI_API_KEY: KEYS.openai, AI_MODEL: GPT },
    asked: { wire: OPENAI, modelId: GPT, key: KEYS.openai },
    said: /ANTHROPIC_API_KEY is set but not used/,
  },
  {
    name: 'Ollama beside a key',
    variables: { OLLAMA_URL: 'URL', AI_API_KEY: KEYS.openai },
    asked: { wire: OLLAMA, modelId: 'qwen2.5-coder', key: null },
    said: /AI_API_KEY is set but not used/,
  },
  {
    name: 'two keys',
    variables: { ANTHROPIC_API_KEY: KEYS.anthropic, OPENAI_API_KEY: KEYS.openai },
    asked: null,
    said: /ANTHROPIC_API_KEY is for .*OPENAI_API_KEY is for/,
    isRefused: true,
  },
  {
    name: 'a key of another provider than the model',
    variables: { AI_API_KEY: KEYS.openai, AI_MODEL: CLAUDE },
    asked: null,
    said: /AI_MODEL is .*AI_API_KEY is a key of OpenAI/,
    isRefused: true,
  },
  {
    name: 'a key in the wrong variable',
    variables: { ANTHROPIC_API_KEY: KEYS.openai },
    asked: null,
    said: /ANTHROPIC_API_KEY has the form of a key of OpenAI/,
    isRefused: true,
  },
  {
    name: 'a key of somebody else',
    variables: { AI_API_KEY: KEYS.groq },
    asked: null,
    said: /AI_API_KEY has the form of a key of Groq/,
    isRefused: true,
  },
  {
    name: 'a model without a provider',
    variables: { AI_MODEL: 'our-own' },
    asked: null,
    said: /AI_MODEL is set but not used/,
  },
  {
    name: 'limits without a model',
    variables: { AI_MAX_TOKENS: '1000' },
    asked: null,
    said: /AI_MAX_TOKENS is set but not used/,
  },
];

/** The variables of a row with the addresses of the local model servers. */
export function withAddresses({ variables }: ModelWireRow, url: string): Record<string, string> {
  const text = JSON.stringify(variables);
  return {
    ...(JSON.parse(text.replaceAll('"URL"', JSON.stringify(url))) as Record<string, string>),
    ...(/sk-ant|ANTHROPIC/.test(text) ? { ANTHROPIC_BASE_URL: url } : {}),
    ...(text.includes(KEYS.openai) && !text.includes(CLAUDE) && !/"ANTHROPIC_API_KEY":"sk-proj/.test(text)
      ? { OPENAI_BASE_URL: `${url}/v1` }
      : {}),
  };
}

const WIRES = /^(?:anthropic|openai|ollama|bedrock):/;

/** The calls of models among exchanges: wire, model, key and token limit. */
export function modelCalls(exchanges: readonly Exchange[]) {
  return exchanges
    .map(({ service, operation, request: { headers, body } }) => ({
      wire: `${service}:${operation}`,
      operation,
      headers,
      body,
    }))
    .filter(({ wire, operation }) => WIRES.test(wire) || WIRES.test(operation))
    .map(({ operation, wire, headers, body }) => {
      const sent = JSON.parse(body.toString('utf8')) as { model?: string; max_tokens?: number };
      const bearer = headers.authorization?.replace(/^Bearer /, '');
      return {
        wire: WIRES.test(operation) ? operation : wire,
        modelId: sent.model,
        key: headers['x-api-key'] ?? bearer ?? null,
        maxTokens: sent.max_tokens,
      };
    });
}
