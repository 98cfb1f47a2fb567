/** What the command cannot do, said so that the user can do something about it. */
export class DoctorError extends Error {
  override readonly name = 'DoctorError';
  /** Stable, for those who call the command from a script. */
  readonly code: DoctorErrorCode;
  readonly exitCode: number;

  constructor(code: DoctorErrorCode, message: string) {
    super(message);
    this.code = code;
    this.exitCode = EXIT_CODES[code];
  }
}

/** The doctor's own exit codes; all others are the program's. */
const EXIT_CODES = {
  HEDDLE_DOCTOR_USAGE: 2,
  HEDDLE_DOCTOR_NO_COMMAND: 2,
  HEDDLE_DOCTOR_NOT_FOUND: 127,
  HEDDLE_DOCTOR_NOT_RUNNABLE: 126,
  HEDDLE_DOCTOR_NOT_WATCHED: 2,
  HEDDLE_DOCTOR_NO_SUCH_PROCESS: 2,
  HEDDLE_DOCTOR_NOT_YOURS: 2,
  HEDDLE_DOCTOR_NOT_NODE: 2,
  HEDDLE_DOCTOR_PORT_TAKEN: 2,
  HEDDLE_DOCTOR_NO_INSPECTOR: 2,
  HEDDLE_DOCTOR_CANNOT_WRITE: 2,
} as const;

export type DoctorErrorCode = keyof typeof EXIT_CODES;

/** The exit code where `--fail-over` was given and the loop was blocked for longer. */
export const FAILED_OVER = 1;
