import { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import type { ModelProvider, ModelVariables } from './llm/contract.ts';
import { keyOwner } from './llm/key-forms.ts';
import { MODEL_PROVIDERS } from './llm/registry.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Configured = ModelProvider & { readonly environment: ModelVariables };

export interface ModelChoice {
  readonly settings: ModelSettings;
  /** Empty when the provider needs none, or when it is stored elsewhere. */
  readonly key: string;
  /** The environment variable or the option that chose the provider. */
  readonly by: string;
}

export interface ModelResolution {
  /** Null: rules alone. */
  readonly choice: ModelChoice | null;
  /** A sentence for each variable that is set and changes nothing. */
  readonly unused: readonly string[];
}

export interface ModelQuestion {
  /** Provider, or a model whose name tells it; `rules` for none. Wins over the environment. */
  readonly model?: string | undefined;
  /** Whether AWS credentials alone choose Bedrock. */
  readonly withAwsCredentials?: boolean;
  /** The key is in a secret of the deployment, so none has to be set. */
  readonly isKeyStored?: boolean;
  /** Variables that the caller itself reads. */
  readonly reads?: readonly string[];
}

/** A model was named and its key is missing, as in every job for a fork. */
export class MissingModelKey extends InvalidInput {}

/** Tokens of one answer where `AI_MAX_TOKENS` says nothing. */
const DEFAULT_MAX_TOKENS = 4096;
const KEY = 'AI_API_KEY';
/** Variables that name a model of any provider; the first wins. */
const NAMES = ['AI_MODEL', 'SELFHEAL_MODEL'];
/** Variables that show that AWS credentials are available: a key, a profile, a container role or a Bedrock token. */
const AWS_VARIABLES = [
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

const CONFIGURED = MODEL_PROVIDERS.filter((one): one is Configured => one.environment !== null);
/** Of providers with the same variables the first is chosen, unless another one is named. */
const DETECTED = CONFIGURED.filter(
  ({ environment }, at) => CONFIGURED.findIndex((one) => one.environment.model === environment.model) === at,
);

/** Every variable that the resolver reads, AWS credentials left out. */
export const MODEL_VARIABLES: readonly string[] = [
  ...new Set([
    KEY,
    ...NAMES,
    'AI_MAX_TOKENS',
    'AI_TEMPERATURE',
    'AI_CONFIDENCE_THRESHOLD',
    ...CONFIGURED.flatMap(({ environment: { key, url, model } }) => [key?.name ?? [], url ?? [], model].flat()),
  ]),
];

/** Those that hold a key. */
export const KEY_VARIABLES: readonly string[] = MODEL_VARIABLES.filter((name) => name.endsWith('_API_KEY'));

/** Limits of the environment for a model of whatever choice. Throws `InvalidInput` for values that are no such numbers. */
export function modelLimitsOf(
  environment: Environment,
): Partial<Pick<ModelSettings, 'maxOutputTokens' | 'temperature'>> {
  const maxOutputTokens = numberOf('AI_MAX_TOKENS', environment.AI_MAX_TOKENS, { min: 200, max: 8192 });
  const temperature = numberOf('AI_TEMPERATURE', environment.AI_TEMPERATURE, { min: 0, max: 2 });
  return {
    ...(maxOutputTokens === null ? {} : { maxOutputTokens: Math.floor(maxOutputTokens) }),
    ...(temperature === null ? {} : { temperature }),
  };
}

/**
 * The model that the environment configures. In this order the provider is: the one asked for; the one whose models are named like `AI_MODEL`; Ollama, where its address or model
 * is set, because then nothing leaves the network; the one of the only key. Throws `InvalidInput`, naming the variables, when two of them contradict each other, when
 * a value is unusable, and when a key has not the form of its provider's keys; `MissingModelKey` when no key is set. No message contains a key.
 */
export function resolveModel(environment: Environment, question: ModelQuestion = {}): ModelResolution {
  const given = new Map(
    Object.entries(environment).flatMap(([name, value]) => {
      const text = value?.trim() ?? '';
      return text === '' ? [] : [[name, text] as const];
    }),
  );
  const asked = question.model ?? (given.get('SELFHEAL_MODEL') === 'rules' ? 'rules' : undefined);
  const picked = asked === 'rules' ? null : asked === undefined ? detect(given, question) : named(asked, given);
  const used = new Set(question.reads);
  const choice = picked && settle(picked, given, question, used);
  if (asked === 'rules' && question.model === undefined) used.add('SELFHEAL_MODEL');
  const why =
    choice === null ? noModelBecause(asked, given) : `${choice.settings.modelId} is asked (${choice.by} is set)`;
  const unused = MODEL_VARIABLES.filter((name) => given.has(name) && !used.has(name));
  return { choice, unused: unused.map((name) => `${name} is set but not used: ${why}.`) };
}

/** `AI_CONFIDENCE_THRESHOLD`, 0 to 1; null when it is not set. Throws `InvalidInput` for other values. */
export function confidenceThresholdOf(environment: Environment): number | null {
  return numberOf('AI_CONFIDENCE_THRESHOLD', environment.AI_CONFIDENCE_THRESHOLD, { min: 0, max: 1 });
}

function noModelBecause(asked: string | undefined, given: Given): string {
  if (asked === 'rules') return 'the rules were asked for';
  const model = NAMES.find((name) => given.has(name));
  return model === undefined
    ? 'no model is configured'
    : `nothing tells which provider has ${given.get(model)}; set ${KEY} or OLLAMA_URL`;
}

type Given = ReadonlyMap<string, string>;

interface Picked {
  readonly provider: Configured;
  readonly by: string;
  /** The model, if an option named it. */
  readonly modelId?: string;
}

const tellerOf = (model: string | undefined): Configured | undefined =>
  model === undefined ? undefined : DETECTED.find(({ environment: { models } }) => models.test(model));

/** What an option names: a provider, or a model. */
function named(asked: string, given: Given): Picked {
  const by = `--model ${asked}`;
  const provider = CONFIGURED.find(({ id }) => id === asked);
  if (provider !== undefined) return { provider, by };
  const teller = tellerOf(asked);
  if (teller !== undefined) return { provider: gatewayFor(teller, given) ?? teller, by, modelId: asked };
  throw new InvalidInput(
    unknownValue(
      'model provider',
      asked,
      MODEL_PROVIDERS.map(({ id }) => id),
    ),
  );
}

/** The variables that speak for a provider. */
function speakersFor({ environment }: Configured, given: Given): string[] {
  const { key, url, model } = environment;
  if (key === null) return [url ?? [], model].flat().filter((name) => given.has(name));
  const isOwner = ownerOf(given)?.environment.model === model;
  return [given.has(key.name) ? key.name : [], isOwner ? KEY : []].flat();
}

/** Whose key `AI_API_KEY` is: by its form, else, for an unknown form, of the provider whose address is set. */
function ownerOf(given: Given): Configured | undefined {
  const key = given.get(KEY);
  if (key === undefined) return undefined;
  const keyed = DETECTED.filter(({ environment }) => environment.key !== null);
  const byForm = keyed.find(({ environment }) => environment.key?.form.test(key));
  if (byForm !== undefined || keyOwner(key) !== null) return byForm;
  return keyed.find(({ environment: { url } }) => url !== null && given.has(url));
}

/** Another provider's compatible server, which may have the models of `teller`: its address and key are set, and those of `teller` are not. */
function gatewayFor(teller: Configured, given: Given): Configured | undefined {
  if (speakersFor(teller, given).length > 0) return undefined;
  return DETECTED.find((one) => {
    const { url, key } = one.environment;
    return one !== teller && key !== null && url !== null && given.has(url) && speakersFor(one, given).length > 0;
  });
}

function detect(given: Given, question: ModelQuestion): Picked | null {
  const variable = NAMES.find((name) => given.has(name));
  const teller = tellerOf(variable && given.get(variable));
  const candidates = DETECTED.flatMap((provider): Picked[] => {
    const [by] = speakersFor(provider, given);
    return by === undefined ? [] : [{ provider, by }];
  });
  if (teller !== undefined && variable !== undefined)
    return detectByName({ provider: teller, by: variable }, candidates, given, question);
  const own = candidates.find(({ provider }) => provider.id === 'ollama');
  if (own !== undefined) return own;
  const [first, second] = candidates;
  if (first !== undefined && second !== undefined)
    throw new InvalidInput(
      `${first.by} is for ${companyOf(first.provider)} and ${second.by} is for ${companyOf(second.provider)}: set AI_MODEL to a model of one of them, or remove a variable.`,
    );
  if (first !== undefined) return first;
  const key = given.get(KEY);
  if (key !== undefined) throw new InvalidInput(`${KEY} ${strangeKey(key)}`);
  const aws = question.withAwsCredentials === true ? AWS_VARIABLES.find((name) => given.has(name)) : undefined;
  const bedrock = DETECTED.find(({ id }) => id === 'bedrock');
  return aws === undefined || bedrock === undefined ? null : { provider: bedrock, by: aws };
}

/** The name of the model tells the provider `teller`; `candidates` are those that other variables speak for. */
function detectByName(
  { provider: teller, by: variable }: Picked,
  candidates: readonly Picked[],
  given: Given,
  { isKeyStored = false }: ModelQuestion,
): Picked {
  const gateway = gatewayFor(teller, given);
  if (gateway !== undefined) return { provider: gateway, by: gateway.environment.url ?? variable };
  const spoken = candidates.find(({ provider }) => provider === teller);
  if (spoken !== undefined) return spoken;
  const { key } = teller.environment;
  const other = candidates.find(({ provider }) => provider.environment.key !== null);
  const [mine, theirs] = [companyOf(teller), other === undefined ? undefined : companyOf(other.provider)];
  const clash = (mend: string) =>
    new InvalidInput(
      `${variable} is ${given.get(variable)}, a model of ${mine}, but ${other?.by} is a key of ${theirs}. ${mend}, or name a model of ${theirs}.`,
    );
  if (key === null) {
    if (teller.id === 'ollama' && other !== undefined) throw clash('Set OLLAMA_URL');
    return { provider: teller, by: variable };
  }
  if (other !== undefined) throw clash(`Set ${key.name}`);
  const strange = given.get(KEY);
  if (strange !== undefined) throw new InvalidInput(`${KEY} ${strangeKey(strange)}`);
  if (isKeyStored) return { provider: teller, by: variable };
  throw new MissingModelKey(
    `${variable} is ${given.get(variable)}, but its key is missing. Set ${key.name} or ${KEY}.`,
  );
}

/** What is wrong with a key that no provider here has, without the key. */
function strangeKey(key: string): string {
  const owner = keyOwner(key);
  const form = owner === null ? 'has the form of no key that is known here' : `has the form of a key of ${owner}`;
  return `${form}. Keys of Anthropic begin with sk-ant- and keys of OpenAI with sk-; for another server that speaks OpenAI's API set OPENAI_BASE_URL.`;
}

function settle(
  { provider, by, modelId }: Picked,
  given: Given,
  question: ModelQuestion,
  used: Set<string>,
): ModelChoice {
  const { environment, sample } = provider;
  const { url, model, defaults = {} } = environment;
  const use = (name: string | null | undefined): string | undefined => {
    if (name == null || !given.has(name)) return undefined;
    used.add(name);
    return given.get(name);
  };
  const address = use(url);
  if (address !== undefined) checkAddress(url ?? '', address);
  // Another provider's model is no mistake where this provider was asked for.
  const isForAnother = (name: string): boolean => {
    const teller = tellerOf(given.get(name));
    const isAsked = by.startsWith('--model') && address === undefined;
    return isAsked && teller !== undefined && teller.environment.model !== model;
  };
  const variable =
    modelId === undefined ? [...NAMES, model].find((name) => given.has(name) && !isForAnother(name)) : undefined;
  const chosen = modelId ?? use(variable) ?? String(defaults.modelId ?? sample.modelId);
  const isStrange = environment.key !== null && address === undefined && !environment.models.test(chosen);
  if (isStrange && variable !== undefined)
    throw new InvalidInput(
      `${variable} is ${chosen}, which ${companyOf(provider)} does not have (${by} is set): its models are named like ${String(sample.modelId)}.`,
    );
  const limits = modelLimitsOf({ AI_MAX_TOKENS: use('AI_MAX_TOKENS'), AI_TEMPERATURE: use('AI_TEMPERATURE') });
  const parsed = ModelSettings.safeParse({
    ...defaults,
    provider: provider.id,
    modelId: chosen,
    maxOutputTokens: DEFAULT_MAX_TOKENS,
    ...limits,
    ...(address === undefined ? {} : { baseUrl: baseUrlOf(address) }),
  });
  if (!parsed.success) {
    const [{ path, message } = { path: [], message: '' }] = parsed.error.issues;
    throw new InvalidInput(`${path[0] === 'baseUrl' ? url : (variable ?? model)}: ${message}.`);
  }
  const problem = provider.problem(parsed.data);
  if (problem !== null) throw new InvalidInput(`AI_TEMPERATURE: ${problem}`);
  return { settings: parsed.data, key: keyFor(provider, by, parsed.data, given, question, used), by };
}

/** Whose keys and models they are, without what else the provider's title says of its API. */
const companyOf = ({ title }: Pick<Configured, 'title'>): string =>
  title.replace(/ and compatible servers/, '').replace(/ \([^)]*\)$/, '');

/** The provider's key, if its form is right: at the provider's usual address only its own form, at another address every form but another provider's. */
function keyFor(
  provider: Configured,
  by: string,
  settings: ModelSettings,
  given: ReadonlyMap<string, string>,
  { isKeyStored = false }: ModelQuestion,
  used: Set<string>,
): string {
  const { environment, needsKey } = provider;
  const { key } = environment;
  if (key === null || !needsKey(settings)) return '';
  const variable = [key.name, KEY].find((name) => given.has(name));
  if (variable === undefined) {
    if (isKeyStored) return '';
    throw new MissingModelKey(`${by} needs its key in ${key.name}, or in ${KEY}.`);
  }
  used.add(variable);
  const value = given.get(variable) ?? '';
  if (!/^[\x21-\x7e]+$/.test(value))
    throw new InvalidInput(`${variable} is not a key: it contains spaces or other characters that no key has.`);
  if (key.form.test(value)) return value;
  const owner = DETECTED.find(({ environment }) => environment.key?.form.test(value));
  if (owner !== undefined)
    throw new InvalidInput(
      `${variable} has the form of a key of ${companyOf(owner)}, and would be sent to ${companyOf(provider)} (${by} is set). Set the key of ${companyOf(provider)}, or name a model of ${companyOf(owner)} in AI_MODEL.`,
    );
  // At another address an own variable is meant for it; the general one is not.
  const isMeant = settings.baseUrl !== undefined && (variable === key.name || keyOwner(value) === null);
  if (!isMeant) throw new InvalidInput(`${variable} ${strangeKey(value)}`);
  return value;
}

function checkAddress(name: string, address: string): void {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new InvalidInput(`${name} is not a URL. Set it to an address such as http://127.0.0.1:11434.`);
  if (url.username !== '' || url.password !== '')
    throw new InvalidInput(`${name} contains a user or a password. Remove it: the key has a variable of its own.`);
}

/** Without the path of one request, which guides of Ollama show as part of the address. */
const baseUrlOf = (address: string): string =>
  address.replace(/\/+$/, '').replace(/\/api(?:\/(?:chat|generate|tags))?$/, '');

function numberOf(
  name: string,
  text: string | undefined,
  { min, max }: { readonly min: number; readonly max: number },
) {
  const given = text?.trim() ?? '';
  if (given === '') return null;
  const value = Number(given);
  if (value >= min && value <= max) return value;
  throw new InvalidInput(`${name} is ${given}. Set it to a number from ${min} to ${max}.`);
}
