export * from './configuration.ts';
export * from './diagnoses.ts';
export * from './incidents.ts';
export * from './signals.ts';
