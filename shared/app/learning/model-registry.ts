import { digestOf } from '@selfheal/kernel/digest.ts';
import { Retryable } from '@selfheal/kernel/errors.ts';
import {
  type Change,
  type ModelVersion,
  nextStage,
  productionOf,
  promote,
  type Registry,
  type RegistryChange,
  register,
  rollback,
} from '#shared/domain/learning/model-registry.ts';
import type { ModelArtifacts, ModelRegistryStore } from '#shared/ports/learning-stores.ts';

export interface RegistryDeps {
  readonly registry: ModelRegistryStore;
  readonly artifacts: ModelArtifacts;
  /** The shipped model, which is in production unless another was promoted. Null when it has no provenance. */
  readonly shipped: ModelVersion | null;
}

const ATTEMPTS = 5;

/** Applies a change to the registry as read; reads it again when another write came first. */
async function change<C extends { kind: string }>(
  store: ModelRegistryStore,
  decide: (registry: Registry) => Promise<C & ({ registry: Registry } | { kind: 'refused' })>,
): Promise<C> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const read = await store.read();
    const decided = await decide(read);
    if (!('registry' in decided) || decided.registry === read) return decided;
    if ((await store.write(decided.registry)) === 'written') return decided;
  }
  throw new Retryable('Could not change the model registry, because others kept changing it. Try again.');
}

/** Adds the shipped version to an empty registry, so that later versions are compared with it. */
async function seed({ registry: store, shipped }: RegistryDeps, { at }: Change): Promise<void> {
  if (shipped === null) return;
  await store.putVersion(shipped);
  await change(store, async (registry) => {
    if (registry.entries.length > 0) return { kind: 'changed', registry };
    const by = { at, by: 'shipped with the code' };
    const added = register(registry, shipped, by);
    const promoted = promote(added, { version: shipped, to: 'production', current: null }, by);
    if (promoted.kind === 'refused') return promoted;
    return { kind: 'changed', registry: { ...promoted.registry, revision: registry.revision + 1 } };
  });
}

/** Stores a trained model's file and adds the model as a candidate. Repeatable. */
export async function registerModel(
  version: ModelVersion,
  file: string,
  by: Change,
  deps: RegistryDeps,
): Promise<void> {
  await seed(deps, by);
  await deps.artifacts.put(version.artifact, file);
  await deps.registry.putVersion(version);
  await change(deps.registry, async (registry) => ({ kind: 'changed', registry: register(registry, version, by) }));
}

/** Promotes a version by one stage, or to the named one. Its file must exist and be the registered one. */
export async function promoteModel(
  order: { readonly id: string; readonly to?: 'staging' | 'production' | undefined },
  by: Change,
  deps: RegistryDeps,
): Promise<RegistryChange> {
  await seed(deps, by);
  const version = await deps.registry.getVersion(order.id);
  if (version === null) return { kind: 'refused', reasons: [`The model ${order.id} is not registered.`] };
  const isShipped = version.artifact === deps.shipped?.artifact;
  const file = isShipped ? null : await deps.artifacts.get(version.artifact);
  if (!isShipped && file === null) {
    return { kind: 'refused', reasons: [`The file of ${order.id} is missing: train and register it again.`] };
  }
  if (file !== null && digestOf(file) !== version.artifact) {
    return {
      kind: 'refused',
      reasons: [`The file of ${order.id} differs from the registered one: train and register it again.`],
    };
  }
  return await change<RegistryChange>(deps.registry, async (registry) => {
    const production = productionOf(registry);
    const current = production === null ? null : await deps.registry.getVersion(production.id);
    const stage = registry.entries.find(({ id }) => id === order.id)?.stage ?? 'candidate';
    return promote(registry, { version, to: order.to ?? nextStage(stage), current }, by);
  });
}

/** Puts the previous version into production again. */
export async function rollBackModel(by: Change, { registry: store }: RegistryDeps): Promise<RegistryChange> {
  return await change<RegistryChange>(store, async (registry) => rollback(registry, by));
}
