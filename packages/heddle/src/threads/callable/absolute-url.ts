/** Whether a text is a whole URL. `C:\work.js` parses as one with the scheme `c:`, and is a path of Windows. */
export function isAbsoluteUrl(text: string): boolean {
  return URL.canParse(text) && !/^[a-z]:/i.test(text);
}
