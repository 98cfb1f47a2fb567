import { pathToFileURL } from 'node:url';

declare const __filename: string;

/**
 * The URL of the file that this code runs in: a file of the package, or of the bundle that it became a part of.
 * What esbuild bundles as CommonJS has no `import.meta.url`.
 */
export const ownUrl: string = (import.meta.url as string | undefined) ?? pathToFileURL(__filename).href;
