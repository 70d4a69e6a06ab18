/**
 * Sends alerts to a hook as Alertmanager does, as fast as they are taken, and tells its parent how long each answer
 * took. A process of its own, as monitoring is: what it costs is not the server's.
 */
import { Agent, request } from 'node:http';

export interface Load {
  url: string;
  alerts: number;
  incidents: number;
  /** Alerts in one delivery. */
  together: number;
  /** Deliveries that wait for their answer at one time. */
  atOnce: number;
}

export interface Loaded {
  ms: number;
  latenciesMs: number[];
  refused: number;
  /** Of this process, on the same cores as the server: what monitoring costs, which usually runs elsewhere. */
  cpuMs: number;
}

const deliveryOf = (from: number, { incidents, together, alerts }: Load): string => {
  const groups = alerts / incidents;
  const incident = Math.floor(from / groups);
  const labels = { alertname: `HostOutOfDiskSpace${incident}`, job: 'node', severity: 'warning' };
  return JSON.stringify({
    version: '4',
    groupKey: `{}:{alertname="${labels.alertname}"}`,
    status: 'firing',
    receiver: 'nerdy',
    groupLabels: { alertname: labels.alertname },
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example:9093',
    alerts: Array.from({ length: together }, (_, i) => ({
      status: 'firing',
      labels: { ...labels, instance: `db${from + i}.example:9100`, mountpoint: '/' },
      annotations: {
        summary: `Host out of disk space (instance db${from + i}.example:9100)`,
        description:
          'Disk is almost full (< 10% left)\n  VALUE = 8.2\n  LABELS = map[mountpoint:/ fstype:ext4]',
      },
      startsAt: '2026-01-01T00:00:00.000Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.example:9090/graph?g0.expr=node_filesystem_avail_bytes',
      fingerprint: (from + i).toString(16).padStart(16, '0'),
    })),
  });
};

/** One request at a time on each connection, kept open: as senders do. */
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

const send = (url: string, body: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject);
    sent.end(body);
  });

const run = async (load: Load): Promise<Loaded> => {
  const bodies: string[] = [];
  for (let from = 0; from < load.alerts; from += load.together) bodies.push(deliveryOf(from, load));
  const latenciesMs: number[] = [];
  let refused = 0;
  const start = performance.now();
  const cpu = process.cpuUsage();
  const lane = async (): Promise<void> => {
    for (let body = bodies.shift(); body !== undefined; body = bodies.shift()) {
      const sentAt = performance.now();
      const status = await send(load.url, body);
      latenciesMs.push(performance.now() - sentAt);
      if (status !== 200) refused++;
    }
  };
  await Promise.all(Array.from({ length: load.atOnce }, lane));
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - start, latenciesMs, refused, cpuMs: (user + system) / 1_000 };
};

process.on('message', async (load: Load) => {
  const loaded = await run(load);
  process.send?.(loaded);
});
