/** Why there is nothing to show. */
export type TopErrorCode =
  /** It is neither a URL nor the number of a process. */
  | 'HEDDLE_TOP_TARGET'
  /** The process has no dashboard, or is not there. */
  | 'HEDDLE_TOP_NO_DASHBOARD'
  /** Nothing answers, or not a dashboard. */
  | 'HEDDLE_TOP_UNREACHABLE'
  /** The dashboard does not answer whoever has no token, or another. */
  | 'HEDDLE_TOP_REFUSED';

/** {@link top} cannot show a program. The message says why, and what to do. */
export class TopError extends Error {
  override readonly name: string = 'TopError';
  readonly code: TopErrorCode;

  constructor(code: TopErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
