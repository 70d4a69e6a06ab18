import type { Alert } from './alert.ts';
import { diagnosisWordsMax } from './limits.ts';

/**
 * What alerts are called everywhere, and what a person would ask then. In order: the first that fits decides.
 * `of`: the labels in which the thing that it is about stands; without one of them the next line is tried.
 */
const meanings: readonly { says: RegExp; asks: (of: string) => string; of?: readonly string[] }[] = [
  { says: /inode/, asks: () => 'check inodes' },
  { says: /disk ?(io|latency|i\/o)|io ?wait|iops/, asks: () => 'check disk io' },
  { says: /disk|file ?system|volume|partition|storage|no space/, asks: () => 'check disk usage' },
  { says: /swap/, asks: () => 'check swap' },
  { says: /oom|out of memory|memory|\bram\b/, asks: () => 'check memory' },
  { says: /cpu|processor|\bload\b|steal/, asks: () => 'check cpu usage' },
  { says: /clock|ntp|time ?sync|chrony/, asks: () => 'check time sync' },
  { says: /nginx/, asks: () => 'nginx status' },
  {
    says: /container|docker|pod/,
    asks: (of) => `docker logs ${of}`,
    of: ['container_name', 'container', 'name'],
  },
  { says: /container|docker/, asks: () => 'docker ps' },
  {
    says: /unit|service|systemd|daemon|process/,
    asks: (of) => `status of the service ${of}`,
    of: ['unit', 'service', 'name', 'job'],
  },
  { says: /unit|service|systemd|daemon/, asks: () => 'failed services' },
  { says: /network|packet|interface|nic\b|bond/, asks: () => 'network interfaces' },
  { says: /conntrack|connection|socket|\btcp/, asks: () => 'network connections' },
  { says: /reboot|uptime|restarted/, asks: () => 'uptime' },
  { says: /update|upgrade|patch|vulnerab/, asks: () => 'available updates' },
  { says: /dns|resolv/, asks: () => 'health check' },
  { says: /down|unreachable|heartbeat|not responding|status ?check/, asks: () => 'health check' },
];

/**
 * What is asked about an alert, in words of ours: of its own text only plain words go in, so that nobody who writes an
 * alert names a file, an address or a command by it (law 5). Labels are names of things, held to the form of names.
 */
export const diagnosisRequest = ({ title, labels }: Pick<Alert, 'title' | 'labels'>): string => {
  const words = plainWords(`${labels.alertname ?? ''} ${title}`);
  const low = words.toLowerCase();
  for (const { says, asks, of } of meanings) {
    if (!says.test(low)) continue;
    if (!of) return asks('');
    const name = of.map((label) => labels[label]).find((value) => value && namePattern.test(value));
    if (name) return asks(name);
  }
  const few = plainWords(title).split(' ').slice(0, diagnosisWordsMax).join(' ');
  return few === '' ? 'health check' : few;
};

/** Of a unit, a container or a process. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/;

/** `HostOutOfDiskSpace` as people would write it, and nothing but letters and digits. */
const plainWords = (text: string): string =>
  text
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
