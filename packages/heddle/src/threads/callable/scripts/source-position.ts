import { readFileSync, statSync } from 'node:fs';
import { findSourceMap, SourceMap, type SourceMapPayload } from 'node:module';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FunctionLocation } from '../../wire/errors/callable-error.ts';
import { BoundedMap } from '../../wire/bounded-map.ts';
import { readablePath } from './readable-path.ts';

/** A place in what V8 compiled; line and column count from 0. */
export interface CompiledPosition {
  /** The script's URL or path. */
  readonly script: string;
  readonly line: number;
  readonly column: number;
  /** What a text that comes from no file calls itself, by its `//# sourceURL=`. */
  readonly sourceUrl?: string | undefined;
  /** What the script's `//# sourceMappingURL=` says; empty where there is none. Asked where something is to be said. */
  sourceMapUrl(): string;
}

/** A source map with `sections` has no sources of its own. */
interface Payload extends Partial<SourceMapPayload> {
  readonly sections?: readonly { readonly offset: object; readonly map: Payload }[];
}

/** A source map of that size belongs to a program of a hundred thousand lines. */
const MOST_BYTES = 8 * 2 ** 20;

/** Of texts that are compiled there may be any number. */
const MOST_MAPS = 1000;

const maps = new BoundedMap<string, SourceMap | undefined>(MOST_MAPS);

/** As V8 calls it in stacks. */
const NAMELESS = '<anonymous>';

/** Where in the source a place of a script is: what a message says. Without a source map it is the place itself. */
export function sourcePosition(position: CompiledPosition): FunctionLocation {
  const { script, line, column, sourceUrl } = position;
  const entry = sourceMapOf(position)?.findEntry(line, column);
  if (entry === undefined || !('originalSource' in entry) || entry.originalSource === undefined) {
    return { file: readablePath(script || sourceUrl || NAMELESS), line: line + 1, column: column + 1 };
  }
  const { originalSource, originalLine, originalColumn } = entry;
  return { file: readablePath(originalSource), line: originalLine + 1, column: originalColumn + 1 };
}

/** What the source map calls that which stands at a place; undefined where it has no name for it. */
export function sourceName(position: CompiledPosition): string | undefined {
  const entry = sourceMapOf(position)?.findEntry(position.line, position.column);
  return entry !== undefined && 'name' in entry && typeof entry.name === 'string' && entry.name !== ''
    ? entry.name
    : undefined;
}

/** Whether what V8 compiled was made of several files; undefined where no source map tells. */
export function hasSeveralSources(position: CompiledPosition): boolean | undefined {
  const payload = sourceMapOf(position)?.payload as Payload | undefined;
  return payload && new Set(sourcesOf(payload)).size > 1;
}

function sourcesOf({ sections, sources = [] }: Payload): readonly string[] {
  return sections === undefined ? sources : sections.flatMap(({ map }) => sourcesOf(map));
}

function sourceMapOf({ script, sourceUrl, sourceMapUrl }: CompiledPosition): SourceMap | undefined {
  const isNamed = /[\\/]/.test(script);
  // What `eval`, `vm` and `new Function` compile has one name for all of it, or none; what it calls itself, versions share.
  const key = isNamed ? script : `${sourceUrl ?? ''} ${sourceMapUrl()}`;
  if (!maps.has(key)) {
    const place = (isNamed ? undefined : placeOf(sourceUrl)) ?? script;
    maps.set(key, nodesSourceMap(script) ?? readSourceMap(place, sourceMapUrl()));
  }
  return maps.get(key);
}

/** The file that a text calls itself: sources are named relative to it. */
function placeOf(sourceUrl: string | undefined): string | undefined {
  if (sourceUrl === undefined || sourceUrl.startsWith('file:')) return sourceUrl;
  // A blank would be the end of the name, so that Vite writes it in this way, within what else is a path.
  return isAbsolute(sourceUrl) ? sourceUrl.replaceAll('%20', ' ') : undefined;
}

/** Node reads source maps itself where it was told to honour them. */
function nodesSourceMap(script: string): SourceMap | undefined {
  try {
    return findSourceMap(script);
  } catch {
    return undefined;
  }
}

// Whatever is wrong with a source map, the place in the script can be told.
function readSourceMap(script: string, sourceMapUrl: string): SourceMap | undefined {
  if (sourceMapUrl === '') return undefined;
  try {
    const scriptUrl = script.startsWith('file:') ? script : pathToFileURL(script).href;
    const url = new URL(sourceMapUrl, scriptUrl);
    const payload = JSON.parse(url.protocol === 'data:' ? textOf(url) : fileText(fileURLToPath(url))) as Payload;
    return new SourceMap(
      withAbsoluteSources(payload, url.protocol === 'data:' ? scriptUrl : url.href) as SourceMapPayload,
    );
  } catch {
    return undefined;
  }
}

/** @throws for what is no file, or so large that it would take seconds and hundreds of megabytes to read */
function fileText(file: string): string {
  const stats = statSync(file);
  if (!stats.isFile() || stats.size > MOST_BYTES) throw new Error('It is not worth to be read.');
  return readFileSync(file, 'utf8');
}

function textOf({ pathname }: URL): string {
  const [type = '', data = ''] = pathname.split(/,(.*)/s);
  return type.endsWith(';base64') ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data);
}

function withAbsoluteSources(payload: Payload, base: string): Payload {
  const { sections, sources, sourceRoot = '' } = payload;
  if (sections !== undefined) {
    return {
      ...payload,
      sections: sections.map(({ offset, map }) => ({ offset, map: withAbsoluteSources(map, base) })),
    };
  }
  const folder = sourceRoot === '' || sourceRoot.endsWith('/') ? sourceRoot : `${sourceRoot}/`;
  // Tools write paths, in which a `#` is a letter like any other.
  const absolute = (source: string): string => new URL((folder + source).replaceAll('#', '%23'), base).href;
  return { ...payload, sourceRoot: '', sources: (sources ?? []).map(absolute) };
}
