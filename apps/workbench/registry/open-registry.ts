import { dirname, join } from 'node:path';
import {
  DRY_RUN_OPTION,
  type ExitCode,
  JSON_OPTION,
  type OptionSpecs,
  type OptionValues,
  UsageError,
} from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { dataDirectoryOf, loadShippedVersion } from '#shared/adapters/archive/data-files.ts';
import { makeFileModelArtifacts, makeFileModelRegistry } from '#shared/adapters/archive/file-model-registry.ts';
import type { RegistryDeps } from '#shared/app/learning/model-registry.ts';
import type { Change, ModelVersion, Registry, RegistryChange } from '#shared/domain/learning/model-registry.ts';
import type { ModelArtifacts } from '#shared/ports/learning-stores.ts';

/** Default file of the model registry. */
const LOCAL_REGISTRY = join('.selfheal', 'models', 'registry.json');

export const REGISTRY_OPTIONS = {
  registry: { type: 'string', value: 'FILE', about: `the file of the model registry; ${LOCAL_REGISTRY} by default` },
  table: { type: 'string', value: 'NAME', about: "the deployment's Stats table instead of a file" },
  bucket: { type: 'string', value: 'NAME', about: "the deployment's evidence bucket, which stores promoted models" },
} as const satisfies OptionSpecs;

function withoutBucket(): never {
  throw new UsageError('This command needs --bucket NAME in addition to --table: the bucket with the model files.');
}

/** For commands that do not read model files, such as `model list`. */
const NO_BUCKET: ModelArtifacts = { put: withoutBucket, get: withoutBucket };

/** Opens the registry that the options name. Loads the AWS SDK only for a table. Throws `UsageError` for contradicting options. */
export async function openRegistry(options: OptionValues<typeof REGISTRY_OPTIONS>): Promise<RegistryDeps> {
  const { version: shipped } = await loadShippedVersion(dataDirectoryOf({}));
  if (options.table === undefined) {
    if (options.bucket !== undefined) throw new UsageError('--bucket needs --table: use both or neither.');
    const file = options.registry ?? LOCAL_REGISTRY;
    const artifacts = makeFileModelArtifacts(join(dirname(file), 'artifacts'));
    return { registry: makeFileModelRegistry(file), artifacts, shipped };
  }
  if (options.registry !== undefined) throw new UsageError('Use either --registry or --table, not both.');
  const [{ makeDynamoModelRegistry }, { makeS3ModelArtifacts }] = await Promise.all([
    import('#shared/adapters/aws/dynamo-model-registry.ts'),
    import('#shared/adapters/aws/s3-model-artifacts.ts'),
  ]);
  return {
    registry: makeDynamoModelRegistry({ table: options.table }),
    artifacts: options.bucket === undefined ? NO_BUCKET : makeS3ModelArtifacts({ bucket: options.bucket }),
    shipped,
  };
}

/** Of commands that change the stage of a model. */
export const STAGE_OPTIONS = { ...REGISTRY_OPTIONS, ...DRY_RUN_OPTION, ...JSON_OPTION } as const satisfies OptionSpecs;

/** The registry that the options name; with `--dry-run`, what is written stays in memory. */
export async function openForChange(options: OptionValues<typeof STAGE_OPTIONS>): Promise<RegistryDeps> {
  const opened = await openRegistry(options);
  if (options['dry-run'] !== true) return opened;
  const { registry } = opened;
  const versions = new Map<string, ModelVersion>();
  let written: Registry | null = null;
  return {
    ...opened,
    registry: {
      read: async () => written ?? (await registry.read()),
      write: async (next) => {
        written = next;
        return 'written';
      },
      getVersion: async (id) => versions.get(id) ?? (await registry.getVersion(id)),
      putVersion: async (version) => {
        versions.set(version.provenance.model, version);
        return 'added';
      },
    },
  };
}

/** Who makes a change, and when. */
export function changeBy({ environment, now }: Pick<Terminal, 'environment' | 'now'>): Change {
  return { at: new Date(now()), by: (environment.USER ?? environment.USERNAME ?? 'command line').slice(0, 200) };
}

/** Prints the result of a change of stages. A refusal prints one reason per line and returns exit code 1. */
export async function sayChange(
  changed: RegistryChange,
  done: string,
  options: OptionValues<typeof STAGE_OPTIONS>,
  terminal: Terminal,
): Promise<ExitCode> {
  const dryRun = options['dry-run'] === true;
  if (options.json === true) {
    const production = changed.kind === 'changed' ? changed.registry.history.at(-1) : undefined;
    const { kind } = changed;
    const rest =
      changed.kind === 'refused' ? { reasons: changed.reasons } : { production, comparison: changed.comparison };
    await terminal.write(`${JSON.stringify({ result: kind, ...(dryRun ? { dryRun } : {}), ...rest })}\n`);
  } else if (changed.kind === 'changed')
    await terminal.write(`${dryRun ? 'Dry run, nothing was changed. ' : ''}${done}\n`);
  if (changed.kind === 'changed') return 0;
  for (const reason of changed.reasons) terminal.say(`selfheal: refused: ${reason}`);
  return 1;
}
