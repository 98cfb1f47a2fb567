import { readFileSync } from 'node:fs';
import { codeAndImages } from './cases/code-and-images.js';
import { dataFormats } from './cases/data-formats.js';
import { documents } from './cases/documents.js';
import { hashingAndBytes } from './cases/hashing-and-bytes.js';
import { values } from './cases/values.js';

/**
 * One function of a package, and how it is called.
 *
 * @typedef {object} Case
 * @property {string} package
 * @property {string} name how the package's users write it
 * @property {(...args: never[]) => unknown} f
 * @property {unknown[]} args
 * @property {string} [refused] the code of the failure, where the call cannot be deferred
 * @property {string} [because] what stands in the way, for the table
 */

/** @type {readonly Case[]} */
export const corpus = [...hashingAndBytes, ...dataFormats, ...documents, ...values, ...codeAndImages];

/** @param {string} name */
export function versionOf(name) {
  const manifest = new URL(`./node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
