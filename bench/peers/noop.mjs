/** What every peer's thread runs. */
export default function noop() {}
