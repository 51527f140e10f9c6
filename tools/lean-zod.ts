import type { Plugin } from 'esbuild';

/**
 * Leaves zod's error messages in fifty languages out of a bundle; ours are in English. A package that imports zod as a whole would bring them
 * all (190 KB).
 */
export function leanZod(): Plugin {
  return {
    name: 'lean-zod',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
        contents: "export { default as en } from './en.js';",
        loader: 'js',
      }));
    },
  };
}
