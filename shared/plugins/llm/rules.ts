import type { ModelProvider } from './contract.ts';

/** No language model: signatures and playbooks alone. The default. */
export const rules: ModelProvider = {
  id: 'rules',
  title: 'Built-in rules',
  grants: () => [],
  needsKey: () => false,
  problem: () => null,
  connect() {
    throw new Error('The built-in rules are no model that could be asked.');
  },
  sample: { provider: 'rules' },
};
