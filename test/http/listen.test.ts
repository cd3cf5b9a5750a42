import { expect, onTestFinished, test } from 'vitest';
import { createServer } from '../../src/http/server.ts';
import { keptLog } from '../support/samples.ts';

const serverHere = () => {
  const server = createServer({ routes: [], publicUrl: undefined, log: keptLog(), observe: () => {} });
  onTestFinished(() => server.close());
  return server;
};

test('a port that is taken is told with what to do', async () => {
  const { port } = new URL(await serverHere().listen('127.0.0.1', 0));
  await expect(serverHere().listen('127.0.0.1', Number(port))).rejects.toThrow(
    `Something listens at 127.0.0.1:${port} already. Stop it, or start with another PORT.`,
  );
});

test('an address of another machine is told with what to do', async () => {
  await expect(serverHere().listen('192.0.2.1', 0)).rejects.toThrow('This machine has no address 192.0.2.1.');
});
