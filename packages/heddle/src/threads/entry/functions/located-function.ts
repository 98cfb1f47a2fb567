import { CallableError } from '../../wire/errors/callable-error.ts';
import type { Located } from '../../wire/member.ts';

/** @throws CallableError `HEDDLE_NO_SUCH_FUNCTION` where something else was found, or nothing */
export function locatedFunction({ value, address, name, hint }: Located): Function {
  if (typeof value === 'function') return value;
  throw new CallableError({
    code: 'HEDDLE_NO_SUCH_FUNCTION',
    functionName: name,
    message: `${address} gives no function '${name}' in the thread. ${hint()}`,
  });
}
