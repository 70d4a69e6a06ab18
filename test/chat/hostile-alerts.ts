import { alertmanager } from '../../src/alerts/alertmanager.ts';
import { alertSettingsShape } from '../../src/core/alert-settings.ts';
import { incidentCardFor } from '../../src/flow/incident-card-for.ts';
import { MachineIndex } from '../../src/flow/machine-index.ts';
import { AlertReceiver } from '../../src/flow/receive-alert.ts';
import type { ChatContent } from '../../src/ports/chat.ts';
import { alertsOf } from '../alerts/told-alerts.ts';
import { aDelivery } from '../fakes/alerts.ts';
import { makeRig } from '../flow/rig.ts';

/** What somebody who can reach the monitoring may write into an alert; each is a letter or a sign of its own in the card. */
export const hostileWords = [
  '<!channel> <!here> <!subteam^S1|@ops> @everyone @here',
  '<@U0ADA> <@1> <@&1> <#C1> <#1> </nerdy ask:1>',
  '<https://evil.example|Approve> [Approve](https://evil.example) https://evil.example',
  '`code` ```fence``` *bold* **bold** _it_ ~gone~ ||spoiler||',
  '\u202Egnp.exe\u202C \u2066x\u2069 \u200Bhidden مرحبا',
  '# heading\n> quote\n- list :skull: <t:1:R> <!date^0^{date}|x>',
] as const;

/** The only address that a card leads to is the source's own page; that one is an attacker's too. */
export const hostileLink = 'https://evil.example/<!channel>|x>?a=) [y](https://evil.example/2)';

/** Each phrase in every place of two alerts of one group: read, received and stored as any alert, and what its message shows. */
export const hostileIncidents = async (): Promise<ChatContent[]> => {
  const rig = await makeRig();
  try {
    const settings = alertSettingsShape.parse({ channel: 'chat:C1' });
    const { store, clock, redactor } = rig;
    const machines = new MachineIndex({ store, clock, rules: settings.machines });
    const postingSurfaces = new Set(['chat']);
    const receiver = new AlertReceiver({ store, clock, machines, settings, redactor, postingSurfaces });
    for (const words of hostileWords) {
      const alerts = alertsOf(alertmanager, payloadOf(words));
      const outcome = await receiver.receive(alerts, aDelivery({ id: words }));
      if (outcome.kind !== 'stored') throw new Error(`it was ${outcome.kind}`);
    }
    const cards = await Promise.all(hostileWords.map((_, i) => incidentCardFor({ store, machines }, i + 1)));
    return cards.flatMap((incident) => (incident ? [{ kind: 'incident', incident, isAnew: false }] : []));
  } finally {
    await rig.dispose();
  }
};

const payloadOf = (words: string) => {
  const labels = { alertname: words, instance: words, severity: words, [words]: words };
  const alert = {
    ...{ status: 'firing', labels, annotations: { summary: words, description: words, [words]: words } },
    ...{ startsAt: '2026-01-01T00:00:00Z', endsAt: '0001-01-01T00:00:00Z', generatorURL: hostileLink },
  };
  return {
    ...{ version: '4', groupKey: words, status: 'firing', receiver: words, truncatedAlerts: 0 },
    ...{ groupLabels: labels, commonLabels: labels, commonAnnotations: alert.annotations },
    externalURL: hostileLink,
    alerts: [
      { ...alert, fingerprint: 'a' },
      { ...alert, fingerprint: 'b' },
    ],
  };
};
