import { request } from 'node:http';
import type { WireCloud } from '../../../proto/agent-stream.ts';
import { cloudAnswerBytesMax, cloudAnswerMs } from '../core/limits.ts';

/**
 * Where instances of EC2 ask about themselves, by its second version: a token first, which a server-side request
 * forgery can't get since it needs a PUT (AWS, "Use the Instance Metadata Service to access instance metadata").
 */
const metadataUrl = 'http://169.254.169.254';
const tokenSeconds = '60';

type Ask = (method: string, path: string, headers: Record<string, string>) => Promise<string | null>;

const askAt =
  (base: string): Ask =>
  (method, path, headers) =>
    new Promise((resolve) => {
      // A link-local address that nobody has doesn't refuse: it is silent. So the whole exchange has one bound.
      const call = request(`${base}${path}`, {
        method,
        headers,
        agent: false,
        signal: AbortSignal.timeout(cloudAnswerMs),
      });
      call.on('error', () => resolve(null));
      call.on('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (piece: string) => {
          text += piece;
          if (text.length > cloudAnswerBytesMax) answer.destroy();
        });
        answer.on('error', () => resolve(null));
        answer.on('close', () => resolve(answer.statusCode === 200 && answer.complete ? text.trim() : null));
      });
      call.end();
    });

/**
 * What the cloud says of this machine; null where none answers in time. Asked only where the machine's owner switched it
 * on: it is one more thing that a machine tells.
 *
 * @param base where the service is, for tests.
 */
export const askCloud = async (base: string = metadataUrl): Promise<WireCloud | null> => {
  const ask = askAt(base);
  const token = await ask('PUT', '/latest/api/token', {
    'X-aws-ec2-metadata-token-ttl-seconds': tokenSeconds,
  });
  if (token === null) return null;
  const get = (what: string) =>
    ask('GET', `/latest/meta-data/${what}`, { 'X-aws-ec2-metadata-token': token });
  const [instanceId, instanceType, zone] = await Promise.all([
    get('instance-id'),
    get('instance-type'),
    get('placement/availability-zone'),
  ]);
  if (instanceId === null) return null;
  return { provider: 'aws', instanceId, instanceType: instanceType ?? '', zone: zone ?? '' };
};
