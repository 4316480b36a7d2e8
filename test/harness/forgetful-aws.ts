import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * The emulated AWS as another emulator would be, which knows `DryRun` for some calls only.
 *
 * @param forgets whether calls of that action are carried out though they are marked
 */
export async function startForgetfulAws(
  endpoint: string,
  forgets: (action: string) => boolean,
): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const pass = async (): Promise<void> => {
      const form = new URLSearchParams(await text(request));
      if (forgets(form.get('Action') ?? '')) form.delete('DryRun');
      const { authorization = '', 'content-type': type = '' } = request.headers;
      const headers = { authorization, 'content-type': type };
      const answer = await fetch(endpoint, { method: 'POST', headers, body: form.toString() });
      response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(await answer.text());
    };
    pass().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
}
