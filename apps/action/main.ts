import process from 'node:process';
import { runAction } from './run-action.ts';

// The step ends here even when a connection is still open.
process.exit(await runAction(process.env, (text) => process.stdout.write(text)));
