import { brand } from '../../../defer/error-brand.ts';

/** Why a codec could not do its work. Stable: programs may compare these. */
export type CodecErrorCode =
  /** The receiving side has no codec for the class. */
  | 'HEDDLE_CODEC_UNKNOWN'
  /** The module that registers the codec cannot be loaded in a thread. */
  | 'HEDDLE_CODEC_MODULE'
  /** `encode`, `decode`, `create` or `fill` threw. */
  | 'HEDDLE_CODEC_FAILED'
  /** An instance is part of its own data, and its codec can only make it from all of them. */
  | 'HEDDLE_CODEC_CYCLE';

/**
 * The failure of a call among whose arguments, results or captured values is an instance whose codec
 * ({@link registerCodec}) could not do its work. The message names the class, what stands in the way, and what to do.
 *
 * @example
 * ```ts
 * import { CodecError, deferToThread } from 'heddle';
 *
 * await deferToThread(structuredClone, new Date()).catch((error) => {
 *   if (error instanceof CodecError) console.log(error.code, error.className);
 * });
 * ```
 */
export class CodecError extends TypeError {
  static {
    brand(CodecError, 'CodecError');
  }

  override readonly name: string = 'CodecError';
  readonly code: CodecErrorCode;
  /** The name of the class, as its codec is registered. */
  readonly className: string;

  constructor(code: CodecErrorCode, className: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.className = className;
  }
}
