import { type Agent, get } from 'node:http';

export interface Reply {
  readonly body: Buffer;
  readonly threadId: number | undefined;
}

/** One GET; any status but 200 is an error, because a measurement of refusals would be worthless. */
export function request(agent: Agent, url: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        if (response.statusCode !== 200) {
          reject(new Error(`${url} answered ${response.statusCode}: ${body.toString('utf8', 0, 2000)}`));
          return;
        }
        const header = response.headers['x-thread-id'];
        resolve({ body, threadId: typeof header === 'string' ? Number(header) : undefined });
      });
    });
    sent.on('error', reject);
  });
}
