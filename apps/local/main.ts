import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Before anything else is loaded, so that a second start compiles nothing.
enableCompileCache(join(import.meta.dirname, '../../dist/compile-cache'));
await import('./start.ts');
