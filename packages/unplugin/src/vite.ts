/**
 * The plug-in for builds with Vite for servers (`build.ssr`, and environments whose consumer is `server`). Vite's
 * development server runs modules from its own memory: there, functions are captured at run time.
 *
 * @example
 * ```ts sketch of a build configuration
 * import heddle from '@heddle/unplugin/vite';
 * export default { build: { ssr: 'src/main.ts' }, plugins: [heddle()] };
 * ```
 */
export { default, type HeddlePlugin } from './rollup.ts';
