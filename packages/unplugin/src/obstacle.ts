import type { Node } from './syntax.ts';

/** Why a function cannot have a module of its own. */
export interface Obstacle {
  /** The code under which the same function would be refused at run time; without one, run time may still do it. */
  readonly code?:
    | 'HEDDLE_ASSIGNS_CAPTURED'
    | 'HEDDLE_CAPTURES_THIS'
    | 'HEDDLE_CAPTURES_PRIVATE'
    | 'HEDDLE_USES_EVAL'
    | 'HEDDLE_IMPORT_META';
  readonly node: Node;
  /** The function or declaration that it stands in. */
  readonly text: Node;
  readonly message: string;
}
