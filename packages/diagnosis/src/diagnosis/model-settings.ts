import * as z from 'zod';

const ModelId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}$/);
const Dollars = z.number().positive().max(100_000);

/** US dollars per million tokens. */
const Price = z.strictObject({
  input: z.number().nonnegative(),
  /** Tokens read from the provider's cache; the price of `input` when absent. */
  cachedInput: z.number().nonnegative().optional(),
  output: z.number().nonnegative(),
});
export type Price = z.infer<typeof Price>;

const RulesOnly = z.strictObject({ provider: z.literal('rules') });

/** A language model and its cost limits. Whether the provider exists and what it needs is checked by its plug-in. */
export const ModelSettings = z
  .strictObject({
    provider: z.string().regex(/^(?!rules$)[a-z][a-z0-9-]{1,40}$/),
    modelId: ModelId,
    /** Another model for a failure family: `{ "code": "..." }`. */
    modelIdOf: z
      .partialRecord(z.enum(['infrastructure', 'application', 'testing', 'security', 'code', 'unknown']), ModelId)
      .default({}),
    /**
     * Address of the provider's API, unless it is the usual one: a compatible server, a gateway, Ollama on another
     * machine.
     */
    baseUrl: z.url({ protocol: /^https?$/ }).optional(),
    /** Whether the key from the secret is sent; the provider's default when absent. */
    sendsKey: z.boolean().optional(),
    /** For one diagnosis, all turns together. */
    timeoutSeconds: z.number().int().min(1).max(240).default(90),
    maxOutputTokens: z.number().int().min(200).max(8192).default(3000),
    /** Sent only if it is set: newer models refuse it. Low values repeat themselves, high ones vary. */
    temperature: z.number().min(0).max(2).optional(),
    /** 1: the model gets no lookup tools. */
    maxTurns: z.number().int().min(1).max(6).default(6),
    maxTokensPerIncident: z.number().int().min(1000).default(120_000),
    maxTokensPerDay: z.number().int().min(1000).default(2_000_000),
    /** Of all incidents together, such as a provider's limit of 50. Without room for a call, rules diagnose. */
    maxCallsPerMinute: z.number().int().min(1).max(10_000).optional(),
    maxDollarsPerIncident: Dollars.optional(),
    maxDollarsPerDay: Dollars.optional(),
    /** By model id. */
    prices: z.record(ModelId, Price).default({}),
  })
  .superRefine((settings, context) => {
    if (settings.maxDollarsPerIncident === undefined && settings.maxDollarsPerDay === undefined) return;
    for (const modelId of modelIdsOf(settings)) {
      if (settings.prices[modelId] !== undefined) continue;
      const message = `a budget in dollars needs the price of ${modelId}`;
      context.addIssue({ code: 'custom', path: ['prices'], message });
    }
  });
export type ModelSettings = z.infer<typeof ModelSettings>;

/** All models in the settings, each once. */
export function modelIdsOf({ modelId, modelIdOf }: Pick<ModelSettings, 'modelId' | 'modelIdOf'>): string[] {
  return [...new Set([modelId, ...Object.values(modelIdOf)])];
}

/** `model` of `selfheal.json`. Not a union of schemas, whose errors would not name the wrong field. */
export const Model = z
  .looseObject({ provider: z.string() })
  .transform((value, context): z.infer<typeof RulesOnly> | ModelSettings => {
    const parsed = value.provider === 'rules' ? RulesOnly.safeParse(value) : ModelSettings.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });

/** The settings of the configured model; null for the rules alone. */
export function modelSettingsOf({ model }: { readonly model: z.infer<typeof Model> }): ModelSettings | null {
  return 'modelId' in model ? model : null;
}

/** Tokens of one or more calls. `input` includes those read from the provider's cache. */
export interface Tokens {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

export const NO_TOKENS: Tokens = { input: 0, cachedInput: 0, output: 0 };

export function addTokens(a: Tokens, b: Tokens): Tokens {
  return { input: a.input + b.input, cachedInput: a.cachedInput + b.cachedInput, output: a.output + b.output };
}

/** Dollars per million tokens equal microdollars per token. Rounded up, so that no call costs zero. */
export function microdollarsOf({ input, cachedInput, output }: Tokens, price: Price): number {
  const fresh = Math.max(0, input - cachedInput);
  return Math.ceil(fresh * price.input + cachedInput * (price.cachedInput ?? price.input) + output * price.output);
}
