import { becomeLean } from './lean-process.ts';

becomeLean(import.meta.filename);
await import('./serve-runtime.ts');
