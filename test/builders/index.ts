export * from './configuration.ts';
export * from './diagnoses.ts';
export * from './incidents.ts';
export * from './model-replies.ts';
export * from './model-versions.ts';
export * from './predictions.ts';
export * from './signals.ts';
