import type { Configuration } from '#shared/domain/configuration/configuration.ts';

/** A model provider: its id in `selfheal.json` and the rights its caller needs. The client lives in adapters. */
export interface ModelProvider {
  readonly id: Configuration['model']['provider'];
  readonly title: string;
  grants(configuration: Configuration): readonly { actions: readonly string[]; resources: readonly string[] }[];
}
