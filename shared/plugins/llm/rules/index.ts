import type { ModelProvider } from '../contract.ts';

/** No language model: signatures and written advice only. The default. */
export const rules: ModelProvider = {
  id: 'rules',
  title: 'Built-in rules',
  grants: () => [],
  needsKey: () => false,
  problem: () => null,
  connect() {
    throw new Error('The provider "rules" is not a model and cannot be connected.');
  },
  environment: null,
  sample: { provider: 'rules' },
};
