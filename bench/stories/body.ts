import assert from 'node:assert/strict';

/** What a server answers; anything but 200 is an error. */
export async function body(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  assert.equal(response.status, 200, `${url} was answered with ${response.status}: ${text.slice(0, 200)}`);
  return text;
}
