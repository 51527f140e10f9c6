import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Before anything else is loaded: a second start compiles nothing.
enableCompileCache(join(import.meta.dirname, '../../dist/compile-cache'));
await import('./start.ts');
