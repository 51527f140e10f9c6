import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const MAIN = /[\\/]functions[\\/][^\\/]+[\\/]main\.ts$/;

/**
 * Puts the ports that a function's `main.ts` uses into it, in place of imports of `functions/*.ts`. A function that is split loads at its start every
 * file that any of its files imports, also for ports that it does not use; without this, those are all adapters.
 */
export function usedPorts(root: string): Plugin {
  const composed = join(root, 'functions');
  return {
    name: 'used-ports',
    setup({ onLoad }) {
      onLoad({ filter: MAIN }, async ({ path }) => {
        const { outputFiles } = await build({
          absWorkingDir: root,
          entryPoints: [path],
          outfile: path.replace(/ts$/, 'js'),
          bundle: true,
          write: false,
          format: 'esm',
          target: 'esnext',
          platform: 'node',
          sourcemap: 'inline',
          sourcesContent: false,
          treeShaking: true,
          logLevel: 'silent',
          plugins: [onlyComposition(composed)],
        });
        return { contents: outputFiles[0]?.text ?? '', resolveDir: dirname(path), loader: 'js' };
      });
    },
  };
}

/** Follows imports of files that lie in `composed` itself, and leaves all others as they are, to be dropped where they are unused. */
function onlyComposition(composed: string): Plugin {
  return {
    name: 'only-composition',
    setup({ onResolve }) {
      onResolve({ filter: /./ }, ({ path, importer, kind, resolveDir }) => {
        if (kind === 'entry-point') return null;
        const file = path.startsWith('.') ? join(resolveDir, path) : null;
        if (file !== null && dirname(file) === composed) return { path: file, sideEffects: false };
        return {
          path: file !== null && dirname(importer) === composed ? file : path,
          external: true,
          sideEffects: false,
        };
      });
    },
  };
}
