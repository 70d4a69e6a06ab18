import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { askCloud } from '../../../agent/src/run/cloud.ts';

const metadataService = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const facts: Record<string, string> = {
  '/latest/meta-data/instance-id': 'i-0abc',
  '/latest/meta-data/instance-type': 'm7g.large',
  '/latest/meta-data/placement/availability-zone': 'eu-central-1a',
};

it('tells what the cloud calls the machine, asked with a token of its own', async () => {
  const base = await metadataService(({ method, url, headers }, reply) => {
    if (method === 'PUT' && url === '/latest/api/token' && headers['x-aws-ec2-metadata-token-ttl-seconds']) {
      reply.end('the token');
    } else if (method === 'GET' && headers['x-aws-ec2-metadata-token'] === 'the token') {
      reply.end(facts[url ?? '']);
    } else reply.writeHead(401).end();
  });
  expect(await askCloud(base)).toEqual({
    provider: 'aws',
    instanceId: 'i-0abc',
    instanceType: 'm7g.large',
    zone: 'eu-central-1a',
  });
});

it.each<[string, RequestListener]>([
  ['answers with a fault', (_, reply) => reply.writeHead(500).end()],
  ['goes away in the middle', (request) => request.socket.destroy()],
  ['talks without end', (_, reply) => reply.write('x'.repeat(100_000))],
  ['is silent', () => {}],
])('tells nothing where the service %s', async (_, answer) => {
  expect(await askCloud(await metadataService(answer))).toBeNull();
});

it('tells nothing where there is no service', async () => {
  expect(await askCloud('http://127.0.0.1:1')).toBeNull();
});
