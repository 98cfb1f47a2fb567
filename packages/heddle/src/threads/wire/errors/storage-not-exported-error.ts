import { brand } from '../../../defer/error-brand.ts';

const EXPORTED_BY_NONE =
  "An AsyncLocalStorage cannot be propagated to threads, since no module but the program's entry exports it. Export it from a module of its own, which threads load as well, and which a bundler leaves out of the bundle.";

/**
 * The failure of calls that were to take the store of an AsyncLocalStorage with them that threads cannot have: no module
 * exports it, or only the program's entry module, which no thread loads; or the module exports none in a thread.
 */
export class StorageNotExportedError extends Error {
  static {
    brand(StorageNotExportedError, 'StorageNotExportedError');
  }

  override readonly name: string = 'StorageNotExportedError';
  readonly code: 'HEDDLE_STORAGE_NOT_EXPORTED' = 'HEDDLE_STORAGE_NOT_EXPORTED';

  constructor(message: string = EXPORTED_BY_NONE) {
    super(message);
  }
}
