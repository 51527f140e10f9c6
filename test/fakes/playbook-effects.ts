import type { AutomationRunner, EndpointCaller, ParameterStore } from '#shared/ports/playbook-effects.ts';
import { type Scripted, scripted } from './scripted.ts';

export const fakeEndpoints = (answers: Partial<EndpointCaller> = {}): Scripted<EndpointCaller> =>
  scripted('endpoints', answers);
export const fakeAutomations = (answers: Partial<AutomationRunner> = {}): Scripted<AutomationRunner> =>
  scripted('automations', answers);
export const fakeParameters = (answers: Partial<ParameterStore> = {}): Scripted<ParameterStore> =>
  scripted('parameters', answers);
