const STORED_AS = 'heddle-token';

/**
 * The token that the address has after its #, or that was given before. What is after the # is not sent to any server; it
 * is taken out of the address, so that nobody copies it from there.
 */
export function tokenOfPage(): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given !== null && given !== '') {
    rememberToken(given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(STORED_AS) ?? undefined;
}

/** For this tab, as long as it is open. */
export function rememberToken(token: string): void {
  sessionStorage.setItem(STORED_AS, token);
}
