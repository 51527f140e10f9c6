import type { ModelVersion, Registry } from '#shared/domain/learning/model-registry.ts';

/** Trained models, their stages, and where each stands. */
export interface ModelRegistryStore {
  /** An empty registry when there is none yet. */
  read(): Promise<Registry>;
  /** Writes over the revision before this one; `changed-meanwhile` when somebody else did. */
  write(registry: Registry): Promise<'written' | 'changed-meanwhile'>;
  getVersion(id: string): Promise<ModelVersion | null>;
  /** A version never changes: what is there already stays. */
  putVersion(version: ModelVersion): Promise<'added' | 'exists'>;
}

/** The models' files, by the SHA-256 of their bytes. */
export interface ModelArtifacts {
  put(digest: string, file: string): Promise<void>;
  get(digest: string): Promise<string | null>;
}
