import { expect, test } from 'vitest';
import { type Backlog, createMetrics } from '../../src/http/metrics.ts';

const request = { params: {}, query: {}, headers: {}, body: Buffer.alloc(0), address: '', signal: new AbortController().signal };

test('what is owed is what is owed when it is asked, looked up once', async () => {
  let [owed, looks]: [Backlog[], number] = [[{ kind: 'post', rows: 3, waitedSeconds: 40 }], 0];
  const { route } = createMetrics(async () => {
    looks++;
    return owed;
  });
  const lines = async () =>
    String((await route.handle(request)).body)
      .split('\n')
      .filter((line) => line.startsWith('pipewarden_owed'));
  expect(await lines()).toEqual(['pipewarden_owed_rows{kind="post"} 3', 'pipewarden_owed_waited_seconds{kind="post"} 40']);
  expect(looks).toBe(1);
  owed = [{ kind: 'seal', rows: 1, waitedSeconds: 2 }];
  expect(await lines()).toEqual(['pipewarden_owed_rows{kind="seal"} 1', 'pipewarden_owed_waited_seconds{kind="seal"} 2']);
  owed = [];
  expect(await lines()).toEqual([]);
});
