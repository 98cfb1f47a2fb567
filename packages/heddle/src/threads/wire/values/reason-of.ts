/** What an error says, which may be anything that was thrown: nothing that it does by itself goes further than here. */
export function reasonOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'what was thrown cannot be written as text';
  }
}
