import { type FailureModel, parseModelFile } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import { digestOf } from '@selfheal/kernel/digest.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { productionOf } from '#shared/domain/learning/model-registry.ts';
import type { ModelArtifacts, ModelRegistryStore } from '#shared/ports/learning-stores.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';

export interface ProductionModelDeps {
  readonly registry: Pick<ModelRegistryStore, 'read'>;
  readonly artifacts: Pick<ModelArtifacts, 'get'>;
  /** The shipped model. */
  readonly shipped: FailureModel | undefined;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

/** How long a model is used before the registry is read again, so a promotion takes effect within this time. */
const KEPT_MILLISECONDS = 5 * 60_000;

/**
 * The model in production: the shipped one, unless the registry names another whose file has the registered digest. If that one cannot be
 * used, the shipped one is used, and this is counted.
 */
export function makeProductionModel(deps: ProductionModelDeps): () => Promise<FailureModel | undefined> {
  let kept: { model: FailureModel | undefined; until: number } | null = null;
  return async () => {
    const now = deps.clock.now().getTime();
    if (kept !== null && now < kept.until) return kept.model;
    const model = await chooseModel(kept?.model ?? deps.shipped, deps);
    kept = { model, until: now + KEPT_MILLISECONDS };
    return model;
  };
}

/** `held` is the model used so far; its file is not fetched again while it is in production. */
async function chooseModel(
  held: FailureModel | undefined,
  deps: ProductionModelDeps,
): Promise<FailureModel | undefined> {
  try {
    const production = productionOf(await deps.registry.read());
    if (production === null || production.id === deps.shipped?.id) return deps.shipped;
    if (production.id === held?.id) return held;
    const file = await deps.artifacts.get(production.artifact);
    if (file === null) throw new RangeError(`The file of model ${production.id} is missing: register the model again.`);
    if (digestOf(file) !== production.artifact)
      throw new RangeError('The digest of the model file differs from the registered one.');
    const model = parseModelFile(JSON.parse(file));
    if (model.id !== production.id) throw new RangeError(`The file of model ${production.id} contains another model.`);
    return model;
  } catch (error) {
    deps.meter.count('model-registry-unusable');
    deps.log.error('The model in production cannot be used; the shipped model is used instead.', {
      error: error instanceof Error ? error.name : 'unknown',
    });
    return deps.shipped;
  }
}
